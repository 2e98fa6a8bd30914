import { errorLine, speaksOfError } from '../diagnosis/error-line.ts';
import { fingerprintOf } from '../diagnosis/fingerprint.ts';
import { withoutQuotations } from '../diagnosis/quotations.ts';
import { visibleLines, withoutPrefix } from '../diagnosis/text.ts';

/** So many lines, from the end, are compared with the fingerprint; each comparison takes some ten microseconds. */
const comparedLines = 12;
/** Of a longer output only beginning and end are looked at. */
const headLines = 40;
const tailLines = 160;
const mostRead = 1_000;
const mostShown = 160;

/**
 * Finds the line that says what went wrong, as the program wrote it.
 * @param slug the recognised pattern, or null
 * @param fingerprint of the recognised error: the line it was made of is the one that is meant
 * @returns the line, the lines that were looked at, and where it stands among them; an empty line when there is none.
 */
export const tellingLine = (
  text: string,
  slug: string | null,
  fingerprint: string,
): { readonly line: string; readonly lines: readonly string[]; readonly at: number } => {
  const visible = visibleLines(text);
  const read =
    visible.length <= headLines + tailLines ? visible : [...visible.slice(0, headLines), ...visible.slice(-tailLines)];
  const lines = read.map(withoutPrefix);
  const own = withoutQuotations(lines);
  // Of an unknown error it is made of the same line that is found here, or of its stack trace.
  const speaking = slug === null ? [] : own.filter(speaksOfError).slice(-comparedLines);
  const line = speaking.findLast((each) => fingerprintOf(slug, each) === fingerprint) ?? errorLine(own);
  return { line, lines, at: lines.findLastIndex((each) => each.trim() === line.trim()) };
};

/**
 * @param redact takes secrets out; it sees more than is shown, so that no half of one is left at the cut
 * @returns a line from outside fit to be shown: on one line, without marks that change the direction of writing, cut.
 */
export const shownLine = (line: string, redact: (text: string) => string): string => {
  const flat = redact(line.slice(0, mostRead))
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ')
    .replace(/ {2,1000}/g, ' ')
    .trim();
  return flat.length > mostShown ? `${flat.slice(0, mostShown - 1)}…` : flat;
};
