import * as z from 'zod/mini';

const manifest = z.object({ scripts: z.record(z.string(), z.string()) });

const runners = /^(?:npm|pnpm|yarn|bun)(?: (?:run|run-script))? ([\w:.-]{1,80})(?:$| )/;

/** @returns the script of package.json that a command line runs, or null. */
export const scriptOf = (commandLine: string): string | null => runners.exec(commandLine.trim())?.[1] ?? null;

/** A text to be put in at an offset. */
export interface Insertion {
  readonly offset: number;
  readonly text: string;
}

/** The heap may take this share of the sandbox's memory; the rest is for what is no heap, and for other programs. */
const heapShare = 0.75;

/**
 * The edit that gives a script of package.json a heap limit below that of the sandbox.
 * @param json the text of package.json
 * @returns null when it is no package.json, has no such script, or the script sets one already.
 */
export function heapLimitEdit(json: string, script: string, limitBytes: number): Insertion | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch {
    // With comments or half written: nothing is proposed for what is not understood.
    return null;
  }
  const read = manifest.safeParse(parsed);
  const value = read.success && Object.hasOwn(read.data.scripts, script) ? read.data.scripts[script] : undefined;
  if (value === undefined || /max-old-space-size|NODE_OPTIONS/.test(value)) return null;
  const scriptsAt = json.indexOf('"scripts"');
  const nameAt = scriptsAt < 0 ? -1 : json.indexOf(JSON.stringify(script), scriptsAt + '"scripts"'.length);
  const written = JSON.stringify(value);
  const valueAt = nameAt < 0 ? -1 : json.indexOf(written, nameAt + script.length + 2);
  if (valueAt < 0 || !/^\s*:\s*$/.test(json.slice(nameAt + script.length + 2, valueAt))) return null;
  const mebibytes = Math.floor((limitBytes * heapShare) / 1024 ** 2);
  return { offset: valueAt + 1, text: `NODE_OPTIONS=--max-old-space-size=${mebibytes} ` };
}
