import type { Tool } from '../tools.ts';
import type { PatternFix } from './pattern.ts';

/** A command for these tools, and the files of a project that only they have: one of them is there. */
type Branch = readonly [tools: readonly Tool[], files: string | readonly string[] | null, command: string];

/** The lockfile of Bun; before its version 1.2 it was binary. */
export const bunLocks = ['bun.lock', 'bun.lockb'] as const;

/** The lockfiles of npm. */
export const npmLocks = ['package-lock.json', 'npm-shrinkwrap.json'] as const;

/** One command line for each tool that fails in the same way. */
export type ToolCommands = Pick<PatternFix, 'how' | 'byTool'>;

/**
 * The same error comes from several tools. The one that failed chooses its command; only where nothing says which one it was, the files
 * of the project do, in the order of the branches.
 * @param otherwise the command where none of the files is there either
 */
export const byTool = (branches: readonly Branch[], otherwise: string): ToolCommands => {
  const tests = branches.flatMap(([, files, command]) => {
    const oneIsThere = [files ?? []].flat().map((file) => `[ -f ${file} ]`);
    return oneIsThere.length === 0 ? [] : [`if ${oneIsThere.join(' || ')}; then ${command}; `];
  });
  return {
    how: tests.length === 0 ? otherwise : `${tests.join('el')}else ${otherwise}; fi`,
    byTool: Object.fromEntries(branches.flatMap(([tools, , command]) => tools.map((tool) => [tool, command]))),
  };
};
