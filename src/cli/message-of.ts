/** @returns what anything that was thrown says. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

interface Mismatch {
  readonly issues: readonly {
    readonly path: readonly PropertyKey[];
    readonly message: string;
    readonly expected?: string;
  }[];
}

/** @returns the first thing that does not fit a schema, in one sentence. @param whole what was read, for what is wrong as a whole */
export const mismatchOf = ({ issues: [issue] }: Mismatch, whole: string): string => {
  const where = issue === undefined || issue.path.length === 0 ? whole : `"${issue.path.map(String).join('.')}"`;
  const what = issue?.expected === undefined ? issue?.message : `${issue.expected} expected`;
  return `${where}: ${what ?? 'not what is expected'}`;
};
