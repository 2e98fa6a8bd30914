/**
 * One command line for several package managers: the same error comes from all of them, and the files of the project say which one
 * it is.
 * @param commands a file that only one of them has, and the command for it; the first that is there counts
 * @param otherwise the command where none of the files is there
 */
export const byProject = (commands: readonly (readonly [file: string, command: string])[], otherwise: string): string =>
  `${commands.map(([file, command], index) => `${index === 0 ? 'if' : 'elif'} [ -f ${file} ]; then ${command}; `).join('')}else ${otherwise}; fi`;
