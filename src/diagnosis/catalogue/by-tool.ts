import type { Tool } from '../tools.ts';
import type { PatternFix } from './pattern.ts';

/** A command for these tools, and a file of a project that only they have, or null. */
type Branch = readonly [tools: readonly Tool[], file: string | null, command: string];

/** One command line for each tool that fails in the same way. */
export type ToolCommands = Pick<PatternFix, 'how' | 'byTool'>;

/**
 * The same error comes from several tools. The one that failed chooses its command; only where nothing says which one it was, the files
 * of the project do, in the order of the branches.
 * @param otherwise the command where none of the files is there either
 */
export const byTool = (branches: readonly Branch[], otherwise: string): ToolCommands => {
  const tests = branches.flatMap(([, file, command]) =>
    file === null ? [] : [`if [ -f ${file} ]; then ${command}; `],
  );
  return {
    how: tests.length === 0 ? otherwise : `${tests.join('el')}else ${otherwise}; fi`,
    byTool: Object.fromEntries(branches.flatMap(([tools, , command]) => tools.map((tool) => [tool, command]))),
  };
};
