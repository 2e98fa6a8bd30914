// The static checks: format and lint with the walls between the rooms, types, unused code and unused packages.
import { tool } from './steps.mjs';

export const checks = [
  ['format and lint', () => tool('biome', ['ci', '--error-on-warnings', '.'])],
  ['types', () => tool('tsc', ['-p', 'tsconfig.json'])],
  ['types of the dashboard page', () => tool('tsc', ['-p', 'tsconfig.dashboard.json'])],
  ['unused code and packages', () => tool('knip', ['--no-progress'])],
];
