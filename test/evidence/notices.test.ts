import { describe, expect, test } from 'vitest';
import { bundleOf, verifyBundle } from '../../src/dispute.ts';
import { sha256 } from '../../src/text.ts';
import { aHistory } from '../timeline/histories.ts';
import { bytesOf, forged, moduleVersion, packed } from './support.ts';

const body = '{"api_callback_code":"create_order","biz_amt":"128.00","msg":"CANARY-payer"}';
const noticeId = sha256(body);
const file = `notice-${noticeId}.txt`;
const notices = new Map([[noticeId, body]]);

const events = aHistory([
  ['PaymentOrderCreated', { orderNo: 'O1', processBillNo: 'F1' }, 'created'],
  ['PaymentStarted', {}, 'paying'],
  [
    'PaymentFailed',
    { factId: 'f-1', message: 'call 138 0013 8000' },
    'failed',
    { metadata: { noticeId, vouchedBy: 'mTLS CANARY-clerk' } },
  ],
]);

const everything = (files: ReadonlyMap<string, string>) => [...files.values()].join('\n');

describe('a package of facts that came by notices', () => {
  test('names each notice and what vouches for it, and withholds the body', async () => {
    const files = await packed(events);
    expect([...files.keys()]).not.toContain(file);
    expect(everything(files)).not.toContain('CANARY-payer');
    const timeline = files.get('timeline.csv') ?? '';
    expect(timeline.split('\r\n')[0]).toContain(`"notice_id","vouched_by"`);
    expect(timeline).toContain(noticeId);
    expect(timeline).toContain('mTLS CANARY-clerk');
    expect(files.get('README.txt')).toMatch(/\n1 event came by notices\.[^]*noticeId[^]*withheld/);
    expect(files.get('README.txt')).toMatch(/noticeId[^]*未收入本包/);
  });

  test('holds the body where it is asked for, in a file that its own digest names', async () => {
    const files = await packed(events, [], { notices });
    expect(files.get(file)).toBe(body);
    expect(files.get('SHA256SUMS')).toContain(`${noticeId}  ${file}\n`);
    const verification = await verifyBundle(bytesOf(files), { moduleVersion });
    expect(verification).toMatchObject({ ok: true, faults: [], notices: [noticeId] });
  });

  test('proves the body also where another version made the package', async () => {
    const files = await packed(events, [], { notices, version: '9.9.9' });
    const {
      ok,
      notices: proven,
      unchecked,
    } = await verifyBundle(bytesOf(files), { moduleVersion });
    expect({ ok, proven }).toEqual({ ok: true, proven: [noticeId] });
    expect(unchecked).not.toContain(file);
  });

  test('holds a body that is not text byte for byte', async () => {
    const bytes = Uint8Array.from([0xd6, 0xa7, 0x00, 0xff]);
    const id = sha256(bytes);
    const [created, started] = aHistory([
      ['PaymentOrderCreated', { orderNo: 'O1', processBillNo: 'F1' }, 'created'],
      ['PaymentStarted', {}, 'paying', { metadata: { noticeId: id } }],
    ]);
    if (created === undefined || started === undefined) throw new Error('there are two events');
    const files = await bundleOf([created, started], {
      ...{ exporter: 'a', exportedAt: '2026-11-24T00:00:00.000Z', faults: [] },
      module: { name: 'payment-order-machine', version: moduleVersion },
      notices: new Map([[id, bytes]]),
    });
    const given = new Map([...files].map(([name, content]) => [name, Buffer.from(content)]));
    const verification = await verifyBundle(given, { moduleVersion });
    expect(verification).toMatchObject({ ok: true, notices: [id] });
  });

  test('names a body that was exchanged and one that no event names', async () => {
    const files = await packed(events, [], { notices });
    const exchanged = await verifyBundle(bytesOf(forged(files, { [file]: `${body} ` })), {
      moduleVersion,
    });
    expect(exchanged.faults).toEqual([
      expect.objectContaining({ file, code: 'notice-altered', revision: null }),
    ]);
    const other = `notice-${sha256('other')}.txt`;
    const added = await verifyBundle(bytesOf(forged(files, { [other]: 'other' })), {
      moduleVersion,
    });
    expect(added.faults).toEqual([
      expect.objectContaining({ file: other, code: 'notice-unnamed' }),
    ]);
    expect(added.notices).toEqual([noticeId]);
  });

  test.each([
    ['another body', new Map([[noticeId, 'other']])],
    ['a body that no event names', new Map([[sha256('other'), 'other']])],
    ['more than 900', new Map(Array.from({ length: 901 }, (_, n) => [sha256(`${n}`), `${n}`]))],
  ])('refuses %s by name', async (_, given) => {
    const packing = packed(events, [], { notices: given });
    await expect(packing).rejects.toMatchObject({ code: 'invalid-input', field: 'notices' });
  });

  test('refuses bodies together with a rule, because no rule can withhold a part of them', async () => {
    const packing = packed(events, ['phone'], { notices });
    await expect(packing).rejects.toMatchObject({ code: 'invalid-input', field: 'notices' });
  });
});

describe('a rule of a package', () => {
  test('withholds what vouches for a notice as it withholds actors', async () => {
    const files = await packed(events, ['actor']);
    expect(everything(files)).not.toContain('CANARY-clerk');
    const verification = await verifyBundle(bytesOf(files), { moduleVersion });
    expect(verification).toMatchObject({ ok: true, faults: [] });
  });

  test('withholds numbers in the message of a fact, and the digest that would confirm a guess', async () => {
    const files = await packed(events, ['phone']);
    expect(everything(files)).not.toContain('138 0013 8000');
    expect(everything(files)).not.toContain(noticeId);
    expect(everything(files)).toContain('mTLS CANARY-clerk');
    const verification = await verifyBundle(bytesOf(files), { moduleVersion });
    expect(verification).toMatchObject({ ok: true, faults: [] });
  });
});
