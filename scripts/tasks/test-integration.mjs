import { tool } from '../steps.mjs';

process.exitCode = await tool('vitest', ['run', '--project', 'integration', ...process.argv.slice(2)], {
  stdout: 'inherit',
});
