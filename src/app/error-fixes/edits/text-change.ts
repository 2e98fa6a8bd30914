/** One change of a text: what is at `offset` for `length` characters is replaced. */
export interface TextChange {
  readonly offset: number;
  readonly length: number;
  readonly text: string;
}

/** @returns the text after changes that do not overlap. */
export const changed = (text: string, changes: readonly TextChange[]): string =>
  changes
    .toSorted((a, b) => b.offset - a.offset)
    .reduce((all, { offset, length, text: put }) => all.slice(0, offset) + put + all.slice(offset + length), text);

/** @returns the line end a text uses. */
export const lineEndOf = (text: string): string => (text.includes('\r\n') ? '\r\n' : '\n');
