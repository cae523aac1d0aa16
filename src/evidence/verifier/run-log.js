import { trustIn } from '../../report/page/log.js';
import { textIn, verifyLog } from './verify-log.js';

/** @import { ChosenFile, FileAt, FilesOf, LogAnswer, PlaceLines } from './types.ts' */

const usage = 'Usage 用法: node verify-log.mjs DIRECTORY [--trust FILE]';

/** @type {LogAnswer} */
async function answer(files, trustFile) {
  if (trustFile !== null && !(trustFile.size <= 64 * 1024)) throw new Error('trust file 信任文件?');
  const trust = trustFile && (await trustIn(textIn(await trustFile.read())));
  const { faults, places } = await verifyLog(files, trust);
  const best = places.findLast(({ standing }) => trust === null || standing?.isEnough);
  const isSound = faults.length === 0 && best !== undefined;
  const lines = [
    faults.length > 0
      ? `NOT verified 核验未通过: ${faults.length}`
      : trust === null
        ? 'consistent in itself, nobody vouches 自身前后一致，但没有外部印证'
        : `${isSound ? 'vouched 已达到' : 'NOT vouched 未达到'}: what the trust file asks 信任文件的要求`,
    ...faults.map((fault) => `- ${fault}`),
    ...places.flatMap((place) => placeLines(place, trust !== null)),
  ];
  if (isSound) {
    const { revision, hash, standing } = best;
    const which = standing?.witnesses[0] ? `after revision 晚于版次 ${revision}` : 'all 全部';
    lines.push(`unwitnessed events 未经见证的事件: ${which}`);
    const at = `${revision}:${hash}`;
    lines.push(`events up to it 截至该版次: to be proven by 还须用 verify.mjs --witness ${at}`);
  }
  // Nothing in a name may move or hide what stands beside it.
  const hidden = /[\p{C}\p{Zl}\p{Zp}]/gu;
  const texts = lines.map((line) => line.replace(hidden, (c) => `&#${c.charCodeAt(0)};`));
  return [isSound ? 0 : 3, texts.join('\n')];
}

/** @type {PlaceLines} */
function placeLines({ revision, hash, proof, standing }, isTrustGiven) {
  const { origin, size, signatures } = proof;
  const place = `${revision}:${hash} in checkpoint 载于检查点: ${origin}, size 大小 ${size}`;
  const names = signatures.map(({ name }) => name).join(', ');
  const why = isTrustGiven ? 'no Ed25519 here 此处不支持 Ed25519' : 'no trust file 无信任文件';
  if (standing === null) return [place, `  NOT checked 签名未核对 (${why}): ${names}`];
  const { logs, witnesses, wrong, isMet } = standing;
  return [
    place,
    `  signed by the log's owner 日志所有者签名: ${logs.join(', ') || 'none 无'}`,
    ...witnesses.map(({ vkey, at }) => `  cosigned 见证方联署: ${vkey}, ${at}`),
    ...wrong.map((vkey) => `  WRONG signature 签名错误: ${vkey}`),
    `  quorum 对见证方的要求: ${isMet ? 'met 已满足' : 'NOT met 未满足'}`,
  ];
}

/** @type {() => ReturnType<LogAnswer>} */
async function program() {
  const { lstatSync, promises, readdirSync, statSync } = process.getBuiltinModule('node:fs');
  /** @type {{ options: { trust: { type: 'string' } }, allowPositionals: true }} */
  const settings = { options: { trust: { type: 'string' } }, allowPositionals: true };
  const { values, positionals } = process.getBuiltinModule('node:util').parseArgs(settings);
  const [directory = '', ...others] = positionals;
  if (others.length > 0) return [2, usage];
  /** @type {FileAt} */
  const fileAt = (path, name, stats) => {
    return { name, size: stats.isFile() ? stats.size : NaN, read: () => promises.readFile(path) };
  };
  const files = readdirSync(directory).map((name) => {
    return fileAt(`${directory}/${name}`, name, lstatSync(`${directory}/${name}`));
  });
  const { trust } = values;
  return answer(files, trust === undefined ? null : fileAt(trust, trust, statSync(trust)));
}

/** In a browser. Nothing leaves it, and what the files say is shown as text alone. */
function page() {
  const [result] = document.querySelectorAll('pre');
  if (result) Object.assign(result.style, { whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' });
  let asked = 0;
  addEventListener('change', () => {
    const number = (asked += 1);
    const [files = [], trust = []] = Array.from(document.querySelectorAll('input'), filesOf);
    void answer(files, trust[0] ?? null)
      .then(([, text]) => text, String)
      .then((text) => {
        if (number === asked) result?.replaceChildren(files.length > 0 ? text : '');
      });
  });
}

/** @type {FilesOf} */
function filesOf({ files }) {
  const read = (/** @type {ChosenFile} */ it) => async () => new Uint8Array(await it.arrayBuffer());
  return Array.from(files ?? [], (it) => ({ name: it.name, size: it.size, read: read(it) }));
}

if (typeof document !== 'undefined') page();
else {
  /** @type {(error: unknown) => [code: 2, text: string]} */
  const misused = (error) => [2, `${String(error)}\n${usage}`];
  const [code, text] = await program().catch(misused);
  console.log(text);
  process.exitCode = code;
}
