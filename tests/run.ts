// `npm test`: format and lint, types, then every test, each reported on its own; the last line counts the tests.
// A skipped test is named with its reason; with CI=true a skip is a failure.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

interface Report {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  testResults: { name: string; status: string; assertionResults: { status: string; fullName: string }[] }[];
}

const root = dirname(import.meta.dirname);
const reportFile = join(root, 'node_modules/.cache/test-report.json');
const require = createRequire(import.meta.url);

/** Path of a command that a package declares as its `bin`. */
function packageCommand(name: string, command: string): string {
  const manifest = require.resolve(`${name}/package.json`);
  const { bin } = JSON.parse(readFileSync(manifest, 'utf8')) as { bin: string | Record<string, string> };
  const path = typeof bin === 'string' ? bin : bin[command];
  if (path === undefined) throw new Error(`${name} has no command ${command}`);
  return join(dirname(manifest), path);
}

function step(title: string, script: string, args: string[]): boolean {
  const started = performance.now();
  const { status } = spawnSync(process.execPath, [script, ...args], { cwd: root, stdio: 'inherit' });
  console.log(`${status === 0 ? '✓' : '✗'} ${title}  ${((performance.now() - started) / 1000).toFixed(1)} s`);
  return status === 0;
}

mkdirSync(dirname(reportFile), { recursive: true });
rmSync(reportFile, { force: true });
const only = process.argv.slice(2);
const checks = [
  step('format and lint', packageCommand('@biomejs/biome', 'biome'), ['check', '.']),
  step('types', packageCommand('typescript', 'tsc'), ['-p', '.']),
  step('types of browser scripts', packageCommand('typescript', 'tsc'), ['-p', 'app/web/browser']),
  step('tests', packageCommand('vitest', 'vitest'), [
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${reportFile}`,
    ...only,
  ]),
];

const report = JSON.parse(readFileSync(reportFile, 'utf8')) as Report;
const skipped = report.testResults.flatMap((file) =>
  file.assertionResults.filter((test) => test.status === 'skipped' || test.status === 'pending'),
);
for (const test of skipped) console.log(`skipped  ${test.fullName}`);
const brokenFiles = report.testResults.filter(
  (file) => file.status === 'failed' && file.assertionResults.every((test) => test.status !== 'failed'),
);
for (const file of brokenFiles) console.log(`failed to load  ${file.name}`);
const skipFails = process.env.CI === 'true' && skipped.length > 0;
if (skipFails) console.log('CI=true: a skipped test is a failure; install chromium and sqlite3');
const failed = report.numFailedTests + brokenFiles.length + (skipFails ? skipped.length : 0);
console.log(`${report.numPassedTests} passed, ${failed} failed`);
process.exitCode = checks.every(Boolean) && failed === 0 ? 0 : 1;
