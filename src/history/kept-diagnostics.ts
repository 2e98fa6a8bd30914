/** A part of what a server tells: state of the container, its events, its output (`providers/opensandbox/diagnostics.ts`). */
const part = /^(?:INSPECT|EVENTS|LOGS)(?: \(.*\))?$/;
/** What stands around the title of a part. */
const rule = /^[-=]{8,}$/;
/** A heading over what a sandbox was started with, on the same line or below. */
const start = /^(\s*(Command|Cmd|Entrypoint|Args|Arguments|Environment|Env|Environment Variables)):/i;
const indent = /^\s*/;

const indentOf = (line: string): number => indent.exec(line)?.[0].length ?? 0;

/**
 * Diagnostics as they are kept: without the command line and the environment a sandbox was started with, which are nobody's business after
 * its end. What its programs wrote stays as it is.
 *
 * A value may have lines of its own, which look like anything. So of an environment, which stands last where servers tell it, everything is
 * left out up to the end of its part.
 */
export const keptDiagnostics = (text: string): string => {
  const kept: string[] = [];
  let isOutput = false;
  /** Lines that are indented further than this are left out; -1: all of them; null: none. */
  let leftOut: number | null = null;
  for (const line of text.split(/\r?\n/)) {
    if (part.test(line) || rule.test(line)) {
      if (part.test(line)) isOutput = line.startsWith('LOGS');
      leftOut = null;
    }
    if (leftOut !== null && (leftOut < 0 || (line.trim() !== '' && indentOf(line) > leftOut))) continue;
    leftOut = null;
    const found = isOutput ? null : start.exec(line);
    if (found === null) {
      kept.push(line);
      continue;
    }
    const [, heading = '', name = ''] = found;
    kept.push(`${heading}: (not kept)`);
    leftOut = /^env/i.test(name) ? -1 : indentOf(line);
  }
  return kept.join('\n');
};
