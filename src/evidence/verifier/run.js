import { verify } from './verify.js';

/** @import { Answer } from './types.ts' */

const usage = 'Usage 用法: node verify.mjs DIRECTORY [--witness REVISION:HASH] [--seal SHA256]';

/** @type {Answer} */
async function answer(files, witness, seal) {
  const [, at = 'none 无', hash = ''] = /^(\d{1,9}):([0-9a-f]{64})$/.exec(witness) ?? [];
  if ((witness === '') !== (hash === '') || !/^([0-9a-f]{64})?$/.test(seal)) return [2, usage];
  const kept = { at: Number(at), hash, seal };
  const { faults, withheld, head, unchecked } = await verify(files, kept);
  const but =
    withheld === 0 ? '' : `, but for ${withheld} withheld fields 另有 ${withheld} 项未披露`;
  const lines = [
    faults.length === 0 ? `proven 核验通过${but}` : `NOT proven 核验未通过: ${faults.length}`,
    ...faults.slice(0, 100).map((fault) => `- ${fault}`),
    `head 末端: ${head}`,
    `witness or seal covers revisions up to 外部印证至版次: ${faults.length > 0 ? 'none 无' : seal === '' ? at : 'all 全部'}`,
    `unchecked 未核对: ${unchecked.join(', ') || 'none 无'}`,
  ];
  // Nothing in a name may move or hide what stands beside it.
  const hidden = /[\p{C}\p{Zl}\p{Zp}]/gu;
  const texts = lines.map((line) => line.replace(hidden, (c) => `&#${c.charCodeAt(0)};`));
  return [faults.length === 0 ? 0 : 3, texts.join('\n')];
}

/** In Node. @type {() => ReturnType<Answer>} */
async function program() {
  const { lstatSync, promises, readdirSync } = process.getBuiltinModule('node:fs');
  /** @type {{ type: 'string' }} */
  const text = { type: 'string' };
  const settings = { allowPositionals: true, options: { witness: text, seal: text } };
  const { values, positionals } = process.getBuiltinModule('node:util').parseArgs(settings);
  const [directory = '', ...others] = positionals;
  if (others.length > 0) return [2, usage];
  const files = readdirSync(directory).map((name) => {
    const path = `${directory}/${name}`;
    const size = lstatSync(path).isFile() ? lstatSync(path).size : NaN;
    return { name, size, read: () => promises.readFile(path) };
  });
  return answer(files, values.witness ?? '', values.seal ?? '');
}

/** In a browser. Nothing leaves it, and what the files say is shown as text alone. */
function page() {
  const [result] = document.querySelectorAll('pre');
  const [chosen, witness, seal] = document.querySelectorAll('input');
  let asked = 0;
  addEventListener('change', () => {
    const number = (asked += 1);
    const files = Array.from(chosen?.files ?? [], (file) => ({
      name: file.name,
      size: file.size,
      read: () => file.arrayBuffer().then((buffer) => new Uint8Array(buffer)),
    }));
    const answered = answer(files, witness?.value ?? '', seal?.value ?? '');
    void answered
      .then(([, text]) => text, String)
      .then((text) => {
        if (number === asked) result?.replaceChildren(files.length > 0 ? text : '');
      });
  });
}

if (typeof document !== 'undefined') page();
else {
  const [code, text] = await program().catch((/** @type {unknown} */ error) => [
    2,
    `${String(error)}\n${usage}`,
  ]);
  console.log(text);
  process.exitCode = code;
}
