// What the workloads share: exact control over touched anonymous memory.
import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

export const mib = 1024 * 1024;
const pageBytes = 4096;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc');

/** Options of the form --name=number. */
export function readOptions(defaults) {
  const options = { ...defaults };
  for (const argument of process.argv.slice(2)) {
    const match = /^--([a-z-]+)=(.+)$/.exec(argument);
    if (match === null || !(match[1] in defaults)) throw new Error(`unknown option ${argument}`);
    options[match[1]] = Number(match[2]);
  }
  return options;
}

/** Anonymous resident memory of this process, in bytes. */
export function anonymousBytes() {
  const kib = /^RssAnon:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  return kib === undefined ? process.memoryUsage.rss() : Number(kib) * 1024;
}

/**
 * A region of memory of which the first part is in use.
 * The region is reserved in one piece of at least 64 MiB, which the allocator maps on its own: pages count only
 * once they are touched, and all of them go back to the system when the region is dropped.
 */
export class Region {
  #buffer;
  #usedBytes = 0;

  constructor(maxBytes) {
    this.#buffer = Buffer.allocUnsafeSlow(Math.max(64 * mib, Math.ceil(maxBytes)));
  }

  get usedBytes() {
    return this.#usedBytes;
  }

  /** Touches more pages, up to the size of the region. */
  growTo(bytes) {
    const end = Math.min(Math.floor(bytes), this.#buffer.length);
    for (let at = this.#usedBytes; at < end; at += pageBytes) this.#buffer[at] = 1 + (at % 251);
    this.#usedBytes = Math.max(this.#usedBytes, end);
  }

  /** Gives everything back. */
  drop() {
    this.#buffer = undefined;
    this.#usedBytes = 0;
    collectGarbage();
  }
}

/** Calls back about four times a second with the seconds passed, never more than one at a time (after a pause). */
export function everyQuarter(callback) {
  let previousMs = performance.now();
  setInterval(() => {
    const nowMs = performance.now();
    callback(Math.min((nowMs - previousMs) / 1000, 1));
    previousMs = nowMs;
  }, 250);
}
