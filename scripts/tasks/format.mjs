import { tool } from '../steps.mjs';

process.exitCode = await tool('biome', ['check', '--write', '.']);
