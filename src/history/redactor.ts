/** Longest text kept of any one field, in characters. */
const maximumText = 4_096;
/** Longest text kept of diagnostics; redacting it takes some milliseconds on the editor's thread. */
export const maximumDiagnostics = 32 * 1024;
const maximumId = 256;
const maximumKeys = 64;
const maximumItems = 1_000;
const maximumDepth = 8;
const remembered = 2_000;
/** Longer texts are not worth remembering. */
const rememberedLength = 200;

/** Fields that identify something and are looked up by: shortened, but not changed otherwise. */
const identifiers = new Set(['id', 'sandboxId', 'commandId', 'fingerprint']);

/** Takes secrets out of everything that is to be kept, and cuts what is too long. */
export interface Redactor {
  /** An id from outside, shortened so that a long one cannot fill the store; equal ids stay equal. */
  id(text: string): string;
  /** At most the first 4,096 characters. */
  text(text: string): string;
  /** A short name that is looked up by, such as a command or a workspace. */
  name(text: string): string;
  /** At most the last `maximum` characters. */
  ending(text: string, maximum: number): string;
  /** The same for every text in a value of plain data. */
  value(value: unknown): unknown;
}

/** @param redact takes secrets out of one text. */
export const createRedactor = (redact: (text: string) => string): Redactor => {
  // The same few texts (process names, states, image names) come with every sample.
  const known = new Map<string, string>();

  const text = (raw: string): string => {
    // Cut in front of redacting to bound the work, with room for what redacting takes away.
    if (raw.length > rememberedLength) return redact(raw.slice(0, 2 * maximumText)).slice(0, maximumText);
    const before = known.get(raw);
    if (before !== undefined) return before;
    const after = redact(raw);
    if (known.size >= remembered) known.clear();
    known.set(raw, after);
    return after;
  };

  const ending = (raw: string, maximum: number): string => {
    if (raw.length <= maximum) return redact(raw);
    // The first word may be the second half of a secret that is not recognised any more.
    const cut = raw.slice(-1.5 * maximum).replace(/^\S{0,4096}/, '');
    return redact(cut).slice(-maximum);
  };

  /** A value whose name may say that it is secret: the two are judged together. */
  const named = (name: string, raw: string): string => {
    const start = `${name}=`;
    const both = text(start + raw.slice(0, maximumText));
    return both.startsWith(start) ? both.slice(start.length) : text(raw);
  };

  const value = (raw: unknown, depth = 0): unknown => {
    if (typeof raw === 'string') return text(raw);
    if (typeof raw !== 'object' || raw === null) return raw;
    if (depth >= maximumDepth) return null;
    if (Array.isArray(raw)) return raw.slice(0, maximumItems).map((each) => value(each, depth + 1));
    // Not by assignment: a field may be called `__proto__`.
    return Object.fromEntries(
      Object.entries(raw)
        .slice(0, maximumKeys)
        .map(([name, each]): [string, unknown] => {
          const key = name.slice(0, maximumId);
          if (typeof each !== 'string') return [key, value(each, depth + 1)];
          return [key, identifiers.has(name) ? id(each) : named(key, each)];
        }),
    );
  };

  return { id, text, name: (raw) => id(text(raw)), ending, value };
};

/** Long ids keep both ends and a checksum of the whole, so that two that differ anywhere stay different. */
const id = (raw: string): string => {
  if (raw.length <= maximumId) return raw;
  let sum = 0x811c9dc5;
  for (let i = 0; i < raw.length; i += 1) sum = Math.imul(sum ^ raw.charCodeAt(i), 0x01000193) >>> 0;
  return `${raw.slice(0, 120)}…${sum.toString(16)}…${raw.slice(-120)}`;
};
