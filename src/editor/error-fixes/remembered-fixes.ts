import * as z from 'zod/mini';
import type { RememberedFix } from '../../model/fix.ts';

const stateKey = 'rememberedFixes';
const mostKept = 200;
const mostName = 120;
const mostText = 1_000;

const kept = z.object({
  fingerprint: z.string().check(z.minLength(1), z.maxLength(200)),
  name: z.string().check(z.minLength(1), z.maxLength(mostName)),
  does: z.enum(['command', 'link']),
  text: z.string().check(z.minLength(1), z.maxLength(mostText)),
  savedAtMs: z.number(),
});

/** The innermost of a variable in braces, and of a command in parentheses. */
const inBraces = /\$\{([^{}]*)\}/g;
const inParentheses = /(\$?)\(([^()]*)\)/g;
/** `${NAME:-word}` and its kin may stand for the word. */
const withWord = /^\w+:?[-=+](.+)$/;
/** Stands for a variable or the output of a command: for a value that is not told. */
const untold = '$_';
/** A variable, and what comes from elsewhere. */
const reference = /["']?\$\w+["']?|[<>|]/g;
/** A header whose whole value is one, and a password in an address that is one. */
const untoldHeader =
  /(?<![\w-])(?:(?:proxy-)?authorization\s*[:=]\s*(?:(?:bearer|basic|token)\s+)?|cookie\s*:\s*(?:[\w-]+=)?);+(?![^\s"'])/gi;
const untoldPassword = /(?<=:\/\/[^\s/:@"']{0,100}):;+(?=@)/g;

/** Where the editor keeps values over sessions. */
export interface FixState {
  get(key: string): unknown;
  update(key: string, value: unknown): Thenable<void>;
}

/** @returns what is wrong with a fix a person typed, or null. */
export function fixTextProblem(text: string): string | null {
  const plain = text.trim();
  if (plain === '') return 'A command, or an address that begins with https://';
  if (plain.length > mostText) return `At most ${mostText} characters`;
  if (/[\p{Cc}\u2028\u2029]/u.test(plain)) return 'On one line';
  if (/^http:/i.test(plain)) return 'Only addresses that begin with https://';
  if (/^https:/i.test(plain) && !URL.canParse(plain)) return 'This is no address';
  return null;
}

/** The names and fixes a person gave to errors, kept by the editor over all workspaces. What is kept is checked when it is read. */
export class RememberedFixes {
  private readonly state: FixState;
  private readonly redact: (text: string) => string;
  private stored: unknown;
  private fixes: readonly RememberedFix[] = [];

  /** @param redact takes secrets out of a text */
  constructor(state: FixState, redact: (text: string) => string) {
    this.state = state;
    this.redact = redact;
  }

  /** Newest first, with what other windows have added. */
  get list(): readonly RememberedFix[] {
    const stored = this.state.get(stateKey);
    if (stored === this.stored) return this.fixes;
    this.stored = stored;
    const entries: readonly unknown[] = Array.isArray(stored) ? stored : [];
    this.fixes = entries.slice(0, mostKept).flatMap((entry): RememberedFix[] => {
      const parsed = kept.safeParse(entry);
      // A command that is not on one line, or an address that is none, was not written by this version.
      return parsed.success && fixTextProblem(parsed.data.text) === null ? [parsed.data] : [];
    });
    return this.fixes;
  }

  /** @returns whether a fix a person typed seems to hold a secret, which would be kept with it: without it the command would not run. */
  holdsSecret(text: string): boolean {
    let open = text;
    let inside = false;
    for (let before = ''; open !== before; ) {
      before = open;
      open = before
        .replace(inBraces, (_, variable: string) => withWord.exec(variable)?.[1] ?? untold)
        .replace(inParentheses, (_, dollar: string, command: string) => {
          if (dollar === '') return ` ${command} `;
          inside ||= this.holdsSecret(command);
          return untold;
        });
    }
    const plain = open.replace(reference, ';').replace(untoldHeader, '').replace(untoldPassword, '');
    return inside || this.redact(plain) !== plain;
  }

  /**
   * Keeps it in the place of an earlier one for the same error; the oldest beyond the bound are let go. The name goes without secrets, the text
   * stays word for word.
   */
  async add(fingerprint: string, name: string, text: string, nowMs: number): Promise<void> {
    const plain = text.trim();
    const fix = kept.parse({
      fingerprint,
      name: this.redact(name.trim()).slice(0, mostName),
      does: /^https:/i.test(plain) ? 'link' : 'command',
      text: plain,
      savedAtMs: nowMs,
    });
    const others = this.list.filter((one) => one.fingerprint !== fingerprint);
    await this.state.update(stateKey, [fix, ...others].slice(0, mostKept));
  }

  /** Takes those for these errors back. */
  async remove(fingerprints: ReadonlySet<string>): Promise<void> {
    await this.state.update(
      stateKey,
      this.list.filter(({ fingerprint }) => !fingerprints.has(fingerprint)),
    );
  }

  /** Takes all of them back. */
  async clear(): Promise<void> {
    await this.state.update(stateKey, undefined);
  }
}
