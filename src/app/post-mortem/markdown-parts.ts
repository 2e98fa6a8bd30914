const encoder = new TextEncoder();

/** Length in UTF-8. */
export const bytesOf = (text: string): number => encoder.encode(text).length;

const longestCell = 240;

/** Cut between characters, at most `most` UTF-16 units. */
const shortened = (text: string, most: number): string => {
  if (text.length <= most) return text;
  const cut = text.slice(0, most - 1);
  return `${/[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut}…`;
};

/** Characters that are not seen and change what is: control characters, and those that turn the direction of writing. */
const unseen = /[\p{Cc}\p{Zl}\p{Zp}\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+/gu;

/** @returns the words of `text` on one line of bounded length. */
export const oneLine = (text: string, most = longestCell): string =>
  shortened(text.replace(unseen, ' ').replace(/ {2,}/g, ' ').trim(), most);

/** A command in backticks, and a setting of the environment with its value. */
const codes = /((?<!`)`[^`]+`(?!`)|\b[A-Z][A-Z0-9_]*=(?:[\w=-]|[.:/](?=\w))+)/;

/** What means something inside a line, and what issue trackers make links and mentions of. */
const escaped = (text: string): string =>
  text
    .replace(/[\\`*_[\]|<>~&$]/g, (character) => `\\${character}`)
    .replace(/:\/\//g, '\\://')
    .replace(/www\./gi, (found) => `${found.slice(0, 3)}\\.`)
    .replace(/@(?=\w)/g, '@\u200b')
    .replace(/#(?=\d)/g, '#\u200b');

/** What means something at the beginning of a line only. */
const begun = (text: string): string => text.replace(/^(\d*)([#+\-=.):])/, '$1\\$2');

/** A sentence of ours to stand in an issue: what is to be copied from it is shown as code and not changed, all else as `issueText` does. */
export const issueSentence = (text: string, most = longestCell): string =>
  oneLine(text, most)
    .split(codes)
    .map((part, index) => {
      if (index % 2 === 1) return `\`${part.replaceAll('`', '')}\``;
      return index === 0 ? begun(escaped(part)) : escaped(part);
    })
    .join('');

/**
 * Text of others, to stand in an issue: it shows as it is, on one line, and is no Markdown, HTML or link. Names after `@` and numbers after
 * `#` are broken with a space of no width, because issue trackers make mentions and references even of escaped ones. What means nothing
 * inside a line stays as it is, so that the text can be read before it is rendered too.
 */
export const issueText = (text: string, most = longestCell): string => begun(escaped(oneLine(text, most)));

/** A fenced block, whatever it holds; of a longer text the end, which is nearest to the break. */
export const fenced = (text: string, mostBytes: number): readonly string[] => {
  const clean = text.replace(/\r\n?/g, '\n').replace(/[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069]/gu, '');
  let end = clean.trimEnd();
  if (bytesOf(end) > mostBytes) {
    // A character has at most three bytes per UTF-16 unit; the line that is cut is left out.
    end = end.slice(-Math.floor(mostBytes / 3)).replace(/^(?:[^\n]*\n|[\udc00-\udfff])/, '');
    end = `…\n${end}`;
  }
  const longest = Math.max(2, ...[...end.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return [`${fence}text`, end, fence, ''];
};

/**
 * A table of at most `mostBytes`; what does not fit is counted in a line below.
 * @param rows cells that are escaped already.
 */
export const table = (
  head: readonly string[],
  rows: readonly (readonly string[])[],
  mostBytes: number,
): readonly string[] => {
  if (rows.length === 0) return [];
  const lines = [`| ${head.join(' | ')} |`, `|${' --- |'.repeat(head.length)}`];
  let left = mostBytes - bytesOf(lines.join('\n'));
  let shown = 0;
  for (const row of rows) {
    const line = `| ${row.join(' | ')} |`;
    left -= bytesOf(line) + 1;
    if (left < 0) break;
    lines.push(line);
    shown += 1;
  }
  return [...lines, '', ...more(rows.length - shown)];
};

const more = (count: number): readonly string[] =>
  count === 0 ? [] : [`${count} more ${count === 1 ? 'is' : 'are'} left out.`, ''];

/** A list of at most `mostBytes`. @param items escaped already. */
export const list = (items: readonly string[], mostBytes: number): readonly string[] => {
  let left = mostBytes;
  const shown = items.filter((item) => {
    left -= bytesOf(item) + 3;
    return left >= 0;
  });
  return items.length === 0 ? [] : [...shown.map((item) => `- ${item}`), '', ...more(items.length - shown.length)];
};

/** Date and time in UTC, `2026-01-05 12:00:03`; the same for everybody who reads the issue. */
export const utcText = (atMs: number): string =>
  Math.abs(atMs) <= 8.64e15 ? new Date(atMs).toISOString().slice(0, 19).replace('T', ' ') : 'unknown';
