import { keptLogBytes } from '../../model/fix.ts';
import { isLogName, knownCaches, leastCacheBytes } from '../../model/known-caches.ts';
import { largestFolders } from '../../model/largest-folders.ts';
import type { CacheFolder, ExecResult, FolderSize, Housekeeping } from '../../model/ports.ts';
import { Problem } from '../../model/problem.ts';

/*
 * Housekeeping by commands inside a sandbox, for systems that can run one. Constant texts for `sh`: paths arrive as arguments. They use
 * what busybox has, too. Paths with a line break are left out, because sizes and paths are told in lines.
 */

/** Sizes of the folders given that may be emptied; those without a leading slash lie below the home folder. */
export const cachesScript = [
  'home=$HOME',
  '[ -n "$home" ] || home=/root',
  'for path; do',
  '  case $path in /*) full=$path ;; *) full=$home/$path ;; esac',
  '  [ -d "$full" ] && [ ! -L "$full" ] && [ -w "$full" ] && du -skx "$full" 2>/dev/null',
  'done',
  'exit 0',
].join('\n');

/**
 * Empties the cache `$2` below `$1` (`~`: the home folder), if no link on the way leads elsewhere, and prints the KiB that were freed.
 * Exit codes: 3 not there, 4 it lies elsewhere.
 */
export const clearScript = [
  'root=$1 cache=$2',
  '[ "$root" = "~" ] && root=$HOME',
  '[ -n "$root" ] || root=/root',
  'base=$(cd -- "$root" 2>/dev/null && pwd -P) || exit 3',
  '[ "$base" = / ] && base=',
  'cd -- "$base/$cache" 2>/dev/null || exit 3',
  '[ "$(pwd -P)" = "$base/$cache" ] || exit 4',
  'set -- $(du -skx . 2>/dev/null)',
  'before=$1',
  'rm -rf -- ./* ./.[!.]* ./..?* 2>/dev/null',
  'set -- $(du -skx . 2>/dev/null)',
  'echo $((before - $1))',
].join('\n');

/** The largest folders of the whole disk. */
export const largestScript = 'du -xk -d 6 / 2>/dev/null | sort -rn | head -n 300; exit 0';

/** Large log files below `$1` that are text, with their sizes. */
export const logsScript = [
  'text() { [ "$("$@" | wc -c)" -eq "$("$@" | tr -d "\\000" | wc -c)" ]; }',
  'line="',
  '"',
  'find "$1" -xdev -type f -links 1 -size +20479 ! -path "*$line*" \\',
  '  \\( -name "*.log" -o -name "*.log.[0-9]*" -o -name nohup.out \\) 2>/dev/null | head -n 50 |',
  'while IFS= read -r file; do',
  '  [ -w "$file" ] && text head -c 4096 "$file" && text tail -c 4096 "$file" && du -k "$file" 2>/dev/null',
  'done',
  'exit 0',
].join('\n');

/** Cuts the file `$1` down to its last `$2` bytes in place and prints the KiB that were freed. Exit code 3: not there, or not ours. */
export const shortenScript = [
  '[ -f "$1" ] && [ ! -L "$1" ] && [ -w "$1" ] || exit 3',
  'file=$1 keep=$2',
  'set -- $(du -k "$file")',
  'before=$1',
  'last=$(tail -c "$keep" "$file") || exit 3',
  'printf "%s\\n" "$last" >"$file" || exit 3',
  'set -- $(du -k "$file")',
  'echo $((before - $1))',
].join('\n');

/** Runs argv inside the sandbox. */
type Exec = (argv: readonly string[], timeoutMs: number, signal: AbortSignal) => Promise<ExecResult>;

const lookMs = 60_000;
const clearMs = 5 * 60_000;
const told = 20;

/** Lines of a size in KiB and a path, as `du` prints them; everything else is passed over. */
const sizesIn = (stdout: string): readonly FolderSize[] =>
  stdout.split('\n').flatMap((line) => {
    const [, kibibytes, path] = /^(\d{1,12})\s+(\/.*)$/.exec(line) ?? [];
    return kibibytes === undefined || path === undefined ? [] : [{ path, bytes: Number(kibibytes) * 1024 }];
  });

const freedIn = ({ exitCode, stdout }: ExecResult, path: string): number => {
  const kibibytes = /^-?\d{1,12}$/.exec(stdout.trim())?.[0];
  if (exitCode === 0 && kibibytes !== undefined) return Math.max(0, Number(kibibytes) * 1024);
  if (exitCode === 4) throw new Problem('invalid-request', `${path} is a link to somewhere else; it was left alone.`);
  if (exitCode === 3) throw new Problem('conflict', `${path} is not there, or can not be changed.`);
  throw new Problem('unavailable-here', `${path} could not be changed (exit code ${exitCode ?? 'unknown'}).`, {
    nextStep: 'Open a terminal and look there.',
  });
};

const bySize = (a: FolderSize, b: FolderSize): number => b.bytes - a.bytes;
const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
const ofAnyPlace = knownCaches.filter(({ below }) => below !== 'workspace');
const cacheOf = (path: string) => ofAnyPlace.find((one) => path === one.path || path.endsWith(`/${one.path}`));

/** @returns housekeeping that runs commands; `on` is not looked at, because the sizes of one command are those of one disk. */
export const execHousekeeping = (exec: Exec): Housekeeping => {
  const sh = (script: string, args: readonly string[], timeoutMs: number, signal: AbortSignal): Promise<ExecResult> =>
    exec(['sh', '-c', script, 'sh', ...args], timeoutMs, signal);
  return {
    caches: async (_on, signal) => {
      const paths = ofAnyPlace.map(({ path }) => path);
      const { stdout } = await sh(cachesScript, paths, lookMs, signal);
      return sizesIn(stdout)
        .flatMap(({ path, bytes }): readonly CacheFolder[] => {
          const known = cacheOf(path);
          return known === undefined || bytes < leastCacheBytes
            ? []
            : [{ tool: known.tool, path, bytes, inMemory: false }];
        })
        .toSorted(bySize);
    },
    clear: async ({ path }, signal) => {
      const known = cacheOf(path);
      if (known === undefined) throw new Problem('invalid-request', `${path} is not a cache that can be cleared.`);
      const args = known.below === 'system' ? ['/', known.path.slice(1)] : ['~', known.path];
      return freedIn(await sh(clearScript, args, clearMs, signal), path);
    },
    logs: async (_on, signal) => {
      const { stdout } = await sh(logsScript, ['/'], lookMs, signal);
      return sizesIn(stdout)
        .filter(({ path }) => isLogName(nameOf(path)))
        .toSorted(bySize)
        .slice(0, told);
    },
    shorten: async ({ path }, signal) => {
      if (!(path.startsWith('/') && isLogName(nameOf(path)))) {
        throw new Problem('invalid-request', `${path} is not a log that can be shortened.`);
      }
      return freedIn(await sh(shortenScript, [path, String(keptLogBytes)], clearMs, signal), path);
    },
    largest: async (_on, signal) => {
      const { stdout, truncated } = await sh(largestScript, [], lookMs, signal);
      return { folders: largestFolders(sizesIn(stdout)), complete: !truncated };
    },
  };
};
