import { join, relative } from 'node:path';
import ts from 'typescript';

/** A subpath of the package, and the file that declares it. */
export type Entry = { readonly subpath: string; readonly declarations: string };

/**
 * The public surface as text, drawn from the emitted declarations under `directory`: what a
 * consumer may import by entry, then each declaration once, without its comments. Declarations that
 * are reached and not exported stand there too, since changing them changes what is exported.
 */
export function apiReport(directory: string, entries: readonly Entry[]): string {
  const files = entries.map(({ declarations }) => join(directory, declarations));
  const program = ts.createProgram(files, {
    ...{ module: ts.ModuleKind.NodeNext, target: ts.ScriptTarget.ES2024, skipLibCheck: true },
    ...{ types: ['node'], noEmit: true },
  });
  const checker = program.getTypeChecker();
  const reached = new Map<ts.Declaration, string>();

  const target = (symbol: ts.Symbol) =>
    (symbol.flags & ts.SymbolFlags.Alias) === 0 ? symbol : checker.getAliasedSymbol(symbol);
  const reach = (symbol: ts.Symbol): void => {
    for (const declaration of target(symbol).declarations ?? []) {
      const file = declaration.getSourceFile();
      const place = relative(directory, file.fileName);
      if (place.startsWith('..') || reached.has(declaration) || !isTopLevel(declaration)) continue;
      reached.set(declaration, `// ${place}\n${textOf(declaration)}`);
      const visit = (node: ts.Node): void => {
        if (ts.isIdentifier(node)) {
          const used = checker.getSymbolAtLocation(node);
          if (used !== undefined) reach(used);
        }
        ts.forEachChild(node, visit);
      };
      visit(declaration);
    }
  };

  const lists = entries.map(({ subpath }, index) => {
    const file = program.getSourceFile(files[index] ?? '');
    const module = file && checker.getSymbolAtLocation(file);
    if (module === undefined) throw new Error(`${subpath} has no declarations`);
    const exported = checker.getExportsOfModule(module);
    for (const symbol of exported) reach(symbol);
    const names = exported.map((symbol) => {
      const isValue = (target(symbol).flags & ts.SymbolFlags.Value) !== 0;
      return `  ${isValue ? '' : 'type '}${symbol.name}`;
    });
    return [subpath, ...names.toSorted()].join('\n');
  });
  return [...lists, ...[...reached.values()].toSorted()].join('\n\n') + '\n';
}

/** What an entry can lead to stands at the top of a file; members come with it. */
function isTopLevel(declaration: ts.Declaration): boolean {
  const holder = ts.isVariableDeclaration(declaration)
    ? declaration.parent.parent.parent
    : declaration.parent;
  return ts.isSourceFile(holder);
}

const printer = ts.createPrinter({ removeComments: true });

function textOf(declaration: ts.Declaration): string {
  const node = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
  return printer.printNode(ts.EmitHint.Unspecified, node, declaration.getSourceFile());
}
