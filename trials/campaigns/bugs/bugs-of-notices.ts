import type { Bug, Detector } from './bugs.ts';

const inbox: Detector = { by: 'level', level: 'inbox', scale: 0.03 };

/** What an inbox could do wrong with a notice. */
export const bugsOfNotices: readonly Bug[] = [
  {
    name: 'a notice is acknowledged before it is stored',
    file: 'src/inbox/receive.ts',
    from: '  const first = await appendToNotice(dependencies, noticeId, received, actor);',
    to:
      '  const first = await Promise.race([\n' +
      '    appendToNotice(dependencies, noticeId, received, actor).catch(() => null),\n' +
      "    Promise.resolve('early' as const),\n  ]);\n" +
      "  if (first === 'early') {\n" +
      "    return { kind: 'accepted', noticeId, status: 'waiting', code: null, problem: null, " +
      'orderNo: null, type: null, vouchedBy: null, applied: null };\n  }',
    detector: inbox,
  },
  {
    name: 'a notice is applied though nothing vouches for it',
    file: 'src/inbox/settle.ts',
    from: '  const vouchedBy = voucherOf(state, translated.signed);',
    to: "  const vouchedBy = voucherOf(state, translated.signed) ?? 'nobody';",
    detector: inbox,
  },
  {
    name: 'a notice is applied again where its mark is missing',
    file: 'src/inbox/settle.ts',
    from:
      '        found?.deduplication.notice(noticeId) === undefined\n' +
      '          ? decideFact(found, orderNo, fact)',
    to:
      '        found === null || fact !== null\n' +
      '          ? found === null\n' +
      '            ? decideFact(found, orderNo, fact)\n' +
      "            : { kind: 'append', event: { ...fact, factId: noticeId }, answer: { kind: 'accepted' } }",
    detector: inbox,
  },
  {
    name: 'a waiting notice is forgotten when its order is created',
    file: 'src/inbox/deliver.ts',
    from: '    for (const id of ids) applied += await delivered(dependencies, id);',
    to: '    for (const id of ids.slice(ids.length)) applied += await delivered(dependencies, id);',
    detector: inbox,
  },
  {
    name: 'an order is not looked for again after its notice was listed',
    file: 'src/inbox/settle.ts',
    from:
      '    // It may have been created since, by somebody who read the list before this.\n' +
      '    result = await record();',
    to: '',
    detector: inbox,
  },
];
