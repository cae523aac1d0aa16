import { appendFileSync, mkdtempSync, rmSync, writeFileSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openLogFile } from './log-file.ts';
import type { EventLog, ProposedEvent } from './log.ts';

let directory: string;
let path: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'eventstoredb-log-'));
  path = join(directory, 'log.jsonl');
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

const now = () => 1_000;

function anEvent(id: string): ProposedEvent {
  const bytes = Buffer.from([0, 255, 10, 13]);
  return {
    id,
    type: '类型',
    contentType: 'application/octet-stream',
    data: bytes,
    metadata: bytes,
  };
}

/** What shows of a log, with bytes as text. */
function shown(log: EventLog) {
  return log.all().map(({ data, metadata, ...event }) => ({
    ...event,
    data: Buffer.from(data).toString('hex'),
    metadata: Buffer.from(metadata).toString('hex'),
  }));
}

describe('a log in a file', () => {
  test('is the same in the next process', () => {
    const log = openLogFile(path, now);
    log.append('s-1', [anEvent('a'), anEvent('b')], 'no_stream');
    log.append('s-2', [anEvent('c')], 'no_stream');
    log.delete('s-1', 1n);
    log.append('s-1', [anEvent('d')], 'no_stream');
    log.tombstone('s-2', 'any');

    const next = openLogFile(path, () => 2_000);

    expect(shown(next)).toEqual(shown(log));
    expect(next.visible('s-1')?.map(({ id }) => id)).toEqual(['d']);
    expect(next.append('s-2', [anEvent('e')], 'any')).toEqual({ kind: 'stream-deleted' });
    expect(next.append('s-1', [anEvent('d')], 1n)).toMatchObject({ kind: 'idempotent', last: 2n });
  });

  test('keeps a write that was killed half-way out, and goes on after the one before', () => {
    const log = openLogFile(path, now);
    log.append('s-1', [anEvent('a')], 'no_stream');
    const whole = readFileSync(path, 'utf8');
    log.append('s-1', [anEvent('b'), anEvent('c')], 0n);
    const torn = readFileSync(path, 'utf8').slice(0, -20);
    expect(torn.length).toBeGreaterThan(whole.length);
    writeFileSync(path, torn);

    const next = openLogFile(path, now);
    next.append('s-1', [anEvent('d')], 0n);

    const ids = openLogFile(path, now)
      .events('s-1')
      .map(({ id }) => id);
    expect(ids).toEqual(['a', 'd']);
  });

  test('begins empty where there is no file, or nothing whole in it', () => {
    expect(openLogFile(path, now).all()).toEqual([]);
    appendFileSync(path, '{"kind":"ev');
    expect(openLogFile(path, now).all()).toEqual([]);
  });
});
