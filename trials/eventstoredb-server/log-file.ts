import { closeSync, existsSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs';
import { EventLog, type LogEntry } from './log.ts';

/**
 * A log whose writes are lines of a file, so that it outlives its process. A write is in the file
 * before it is answered; that the machine keeps running is assumed, and nothing is forced to disk.
 */
export function openLogFile(path: string, now: () => number): EventLog {
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  // What was being written when the process was killed was never answered.
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  if (whole.length < text.length) truncateSync(path, Buffer.byteLength(whole));
  const file = openSync(path, 'a');
  process.once('exit', () => {
    closeSync(file);
  });
  const log = new EventLog(now, (entry) => writeSync(file, `${lineOf(entry)}\n`));
  for (const line of whole.split('\n')) if (line !== '') log.apply(entryOf(line));
  return log;
}

/** Bytes as Base64. */
function lineOf(entry: LogEntry): string {
  const events = entry.events.map(({ data, metadata, ...event }) => ({
    ...event,
    data: Buffer.from(data).toString('base64'),
    metadata: Buffer.from(metadata).toString('base64'),
  }));
  return JSON.stringify({ ...entry, events });
}

function entryOf(line: string): LogEntry {
  // `lineOf` wrote it.
  const entry = JSON.parse(line) as LogEntry;
  const events = entry.events.map(({ data, metadata, ...event }) => ({
    ...event,
    data: Buffer.from(String(data), 'base64'),
    metadata: Buffer.from(String(metadata), 'base64'),
  }));
  return { ...entry, events };
}
