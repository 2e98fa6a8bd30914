/** Text from servers and sandboxes is untrusted: it is shown as text, never as Markdown, HTML or a link. */

/** @returns `text` so that Markdown shows it literally, on one line. */
export function escapeMarkdown(text: string): string {
  return (
    text
      .replace(/[\r\n\u2028\u2029]+/g, ' ')
      // biome's control character rule is satisfied by naming the class: escape sequences have no place in a tooltip.
      .replace(/\p{Cc}/gu, '')
      .replace(/[\\`*_{}[\]()#+\-.!|<>~&$:@]/g, (character) => `\\${character}`)
  );
}

/**
 * The editor turns `[text](command:…)` in a message into a link that runs a command, and names, error texts and process names
 * come from places nobody vouches for.
 * @returns `text`, looking the same, with no such link in it.
 */
export const withoutLinks = (text: string): string => text.replaceAll('](', ']\u200b(');

/** @returns `text` in a code span, whatever it holds. */
export function codeSpan(text: string): string {
  // Two backticks with nothing in between are no span but the beginning of one.
  const flat = text.replace(/\p{Cc}+/gu, ' ') || ' ';
  const longestRun = Math.max(0, ...[...flat.matchAll(/`+/g)].map((run) => run[0].length));
  const fence = '`'.repeat(longestRun + 1);
  const pad = flat.startsWith('`') || flat.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${flat}${pad}${fence}`;
}

/** @returns `text` in a code span that stays within its cell of a table, where a bar ends the cell even in a code span. */
export const codeCell = (text: string): string => codeSpan(text.replaceAll('|', '¦'));

/** @returns a link that runs a command when clicked, in a Markdown string whose trusted commands include it. */
export function commandLink(label: string, command: string, argument?: unknown): string {
  const query = argument === undefined ? '' : `?${encodeURIComponent(JSON.stringify([argument]))}`;
  return `[${label}](command:${command}${query})`;
}
