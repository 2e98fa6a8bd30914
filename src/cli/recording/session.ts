/** One line of a session. */
export type SessionStep =
  | { readonly kind: 'pause'; readonly seconds: number }
  /** `waits` is false for a line that ends in `&`: the next line does not wait for it. */
  | { readonly kind: 'command'; readonly line: string; readonly waits: boolean };

/**
 * Reads a session: one shell command a line, run one after the other; `sleep N` alone on a line is a pause, `#` begins a comment line,
 * a line that ends in `&` runs beside the following ones.
 * @throws Error when there is no command in it.
 */
export function parseSession(text: string): readonly SessionStep[] {
  const steps: SessionStep[] = [];
  for (const raw of text.split(/\r?\n/)) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const pause = /^sleep\s+(\d+(?:\.\d+)?)s?$/.exec(line);
    if (pause !== null) steps.push({ kind: 'pause', seconds: Number(pause[1]) });
    else if (/(?:^|[^&])&$/.test(line)) steps.push({ kind: 'command', line: line.slice(0, -1).trim(), waits: false });
    else steps.push({ kind: 'command', line, waits: true });
  }
  if (!steps.some((step) => step.kind === 'command')) throw new Error('The session has no command in it.');
  return steps;
}

/** @returns the whole session as one shell line: what a trace says its command was. */
export function describeSession(steps: readonly SessionStep[]): string {
  return steps
    .map((step) => (step.kind === 'pause' ? `sleep ${step.seconds}` : step.waits ? step.line : `(${step.line}) &`))
    .join('; ')
    .replaceAll('&;', '&');
}

/** @returns one word for the shell, in quotes when it needs them. */
const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

/** A single word is shell text already; several are the words of one command. */
export function commandLine(words: readonly string[]): string {
  const [only] = words;
  return words.length === 1 && only !== undefined ? only : words.map(quoted).join(' ');
}
