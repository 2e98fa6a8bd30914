// What is too slow for every run: the workbench tests on the oldest supported VS Code, the slow ones on the newest, the demo.
import { node, runSteps } from '../steps.mjs';

const editor = (...args) => node(['scripts/tasks/test-editor.mjs', ...args]);

await runSteps([
  ['slow tests in the real workbench', () => editor('--long')],
  ['tests in the oldest supported workbench', () => editor('--oldest')],
  ['slow tests in the oldest supported workbench', () => editor('--oldest', '--long')],
  ['the history survives being killed', () => node(['test/long/history-kill.ts', '40'])],
  ['the demo warns at least 30 s before the kill', () => node(['scripts/tasks/demo.mjs', '--check', '--lead=30'])],
]);
