// What is too slow for every run: the slow workbench tests on the newest VS Code, all of them on the oldest supported one, the history that
// is killed while it writes, and the demo. -- --history ROUNDS: only the history, killed so many times.
import { parseArgs } from 'node:util';
import { node, runSteps } from '../steps.mjs';
import { say } from '../toolchain.mjs';

const usage = 'npm run test:long [-- --history ROUNDS]';
const editor = (...args) => node(['scripts/tasks/test-editor.mjs', ...args]);
const history = (rounds) => [
  'the history survives being killed',
  () => node(['--disable-warning=ExperimentalWarning', 'test/long/history-kill.ts', rounds]),
];

/** @returns how often only the history is killed, or null when everything is to run. Throws for what cannot be understood. */
function roundsOf(args) {
  const { history: rounds } = parseArgs({ args, options: { history: { type: 'string' } } }).values;
  if (rounds === undefined) return null;
  if (!/^[1-9]\d*$/.test(rounds)) throw new Error(`"${rounds}" is no number of rounds.`);
  return rounds;
}

let rounds = null;
try {
  rounds = roundsOf(process.argv.slice(2));
} catch (error) {
  say(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
  process.exit(2);
}
await runSteps(
  rounds !== null
    ? [history(rounds)]
    : [
        ['slow tests in the real workbench', () => editor('--long')],
        ['tests in the oldest supported workbench', () => editor('--oldest')],
        ['slow tests in the oldest supported workbench', () => editor('--oldest', '--long')],
        history('40'),
        [
          'the demo warns at least 30 s before the kill',
          () => node(['scripts/tasks/demo.mjs', '--check', '--lead=30']),
        ],
      ],
);
