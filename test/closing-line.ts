import type { Reporter, TestModule } from 'vitest/node';

/** Ends a run with one line of its own, `N passed, N failed`, that any reader of logs understands. */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    let passed = 0;
    let skipped = 0;
    // A file that cannot be loaded, or a hook that fails, holds no test, yet it is a failure.
    let failed = unhandledErrors.length;
    for (const testModule of modules) {
      for (const suite of [testModule, ...testModule.children.allSuites()]) {
        if (suite.errors().length > 0) failed += 1;
      }
      for (const test of testModule.children.allTests()) {
        const { state } = test.result();
        if (state === 'passed') passed += 1;
        else if (state === 'skipped') {
          skipped += 1;
          process.stdout.write(`skipped: ${test.fullName}\n`);
        } else failed += 1;
      }
    }
    const counts = `${String(passed)} passed, ${String(failed)} failed`;
    // The default reporter writes its summary after this hook; the line must come last.
    process.on('exit', () => {
      process.stdout.write(`${counts}${skipped > 0 ? `, ${String(skipped)} skipped` : ''}\n`);
    });
  }
}
