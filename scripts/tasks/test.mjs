// Everything that must hold: static checks, unit and property tests, integration tests, and tests in the real workbench.
import { checks } from '../checks.mjs';
import { node, runSteps, tool } from '../steps.mjs';

await runSteps([
  ...checks,
  ['unit and property tests', () => tool('vitest', ['run', '--project', 'unit'])],
  ['integration tests', () => tool('vitest', ['run', '--project', 'integration'])],
  ['tests in the real workbench', () => node(['scripts/tasks/test-editor.mjs'])],
]);
