import type { RankedFix } from '../../model/fix.ts';
import { argvIn } from '../../monitor/error-fixes.ts';

/** @returns a fix whose error told of no folder, as one that runs, is checked and is repeated in this one. */
export const inFolder = (fix: RankedFix, folder: string): RankedFix => {
  const { argv, checkArgv, again } = fix;
  return {
    ...fix,
    cwd: folder,
    argv: argv === null ? null : argvIn(argv, folder),
    checkArgv: checkArgv === null ? null : argvIn(checkArgv, folder),
    again: again === null ? null : { ...again, argv: argvIn(again.argv, folder) },
  };
};
