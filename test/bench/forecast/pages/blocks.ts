/** A block of a page that is written by the benchmark: between these two lines. */
const opening = (name: string): string => `<!-- measured: ${name} -->`;
const closing = '<!-- end -->';

/** @returns the names of the blocks in a page, in their order. */
export const blockNames = (page: string): readonly string[] =>
  [...page.matchAll(/^<!-- measured: (.+) -->$/gm)].map(([, name = '']) => name);

/**
 * @returns the page with a block filled anew.
 * @throws where the page has no such block, or it does not end.
 */
export function withBlock(page: string, name: string, text: string): string {
  const from = page.indexOf(`${opening(name)}\n`);
  const begins = from + opening(name).length + 1;
  const to = from < 0 ? -1 : page.indexOf(closing, begins);
  // Without its own end it would take that of the next block, and what stands between.
  if (to < 0 || page.slice(begins, to).includes('<!-- measured:')) throw new Error(`the page has no block "${name}"`);
  return `${page.slice(0, begins)}\n${text}\n\n${page.slice(to)}`;
}
