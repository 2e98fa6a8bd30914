import { createHash } from 'node:crypto';

/** What starts a program and is none itself. */
const starters = new Set(['bootstrap.sh', 'tini', 'dumb-init', 'catatonit', 'env', 'exec', 'nohup']);
/** What only keeps a sandbox open, for commands that come later. */
const idle = new Set(['tail', 'sleep', 'pause', 'cat', 'true', 'init']);
const shells = new Set(['sh', 'bash', 'ash', 'dash', 'zsh']);
/** A script that only waits, as the word behind a shell's `-c`. */
const waits =
  /^\s*(?:exec\s+)?(?:\S*\/)?(?:tail\s+-f\s+\S+|sleep\s+\S+|while\s+(?:true|:)\s*;\s*do\s+sleep\s+\S+\s*;\s*done)[\s;&]*(?:wait\s*)?$/;

const baseName = (file: string): string => file.slice(file.lastIndexOf('/') + 1);

/** Whether it does any work by itself. */
function isIdle(entrypoint: readonly string[]): boolean {
  const at = entrypoint.findIndex(
    (word) => !starters.has(baseName(word)) && !word.startsWith('-') && !word.includes('='),
  );
  const program = baseName(entrypoint[at] ?? '');
  if (program === '' || idle.has(program)) return true;
  if (!shells.has(program)) return false;
  const [flag, script] = entrypoint.slice(at + 1);
  if (flag === undefined) return true;
  return /^-[a-z]*c$/.test(flag) && (script === undefined || waits.test(script));
}

/**
 * What a sandbox was made from and started with, for `Sandbox.origin`: the image (or the snapshot) as it is called, and a check sum of the whole
 * start command, which may hold secrets. Sandboxes that only wait for commands have none: what fills them is another thing each time.
 */
export function originOf(image: string | null, entrypoint: readonly string[] | undefined): string | null {
  // Of sandboxes out of a pool the server knows no image.
  if (image === null || image === 'unknown' || entrypoint === undefined || isIdle(entrypoint)) return null;
  const sum = createHash('sha256')
    .update(JSON.stringify([image, entrypoint]))
    .digest('hex')
    .slice(0, 12);
  return `${image.slice(-60)} #${sum}`;
}
