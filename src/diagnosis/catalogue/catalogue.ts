import { diskPatterns } from './disk.ts';
import { lifecyclePatterns } from './lifecycle.ts';
import { limitPatterns } from './limits.ts';
import { memoryPatterns } from './memory.ts';
import { networkPatterns } from './network.ts';
import type { ErrorPattern } from './pattern.ts';
import { programPatterns } from './programs.ts';

/** All known patterns. A new category is a new file and one line here. */
export const catalogue: readonly ErrorPattern[] = [
  ...lifecyclePatterns,
  ...memoryPatterns,
  ...diskPatterns,
  ...limitPatterns,
  ...networkPatterns,
  ...programPatterns,
];
