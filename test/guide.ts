/** A shell snippet of a guide, and the output that is shown right below it. */
export type Snippet = { readonly shell: string; readonly shown: string };

/** The shell snippets of a guide, in their order. */
export function snippetsOf(guide: string): readonly Snippet[] {
  const found = guide.matchAll(/```sh\n([\s\S]*?)```(?:\s+```text\n([\s\S]*?)```)?/g);
  return [...found].map(([, shell = '', shown = '']) => ({ shell, shown }));
}

/** The variables that a snippet exports, for all that come after it. */
export function exportedBy(shell: string): Readonly<Record<string, string>> {
  const found = shell.matchAll(/^export (\w+)=(\S+)$/gm);
  return Object.fromEntries([...found].map(([, name = '', value = '']) => [name, value]));
}

/** What the output of a snippet must match: `…` is anything, and columns may be wider. */
export function patternsOf(shown: string): readonly RegExp[] {
  const lines = shown.split('\n').filter((line) => line !== '');
  return lines.map((line) => {
    const escaped = line.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
    return new RegExp(
      escaped.replaceAll(/\s*…\s*/g, '.*').replaceAll(/\s+/g, String.raw`\s+`),
      'u',
    );
  });
}
