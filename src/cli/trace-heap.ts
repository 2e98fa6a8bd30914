import { defaultHeap } from '../model/heap-defaults.ts';
import type { HeapLimit } from '../model/sample.ts';

/** A limit that the programs named by `program` keep by themselves. */
export interface ProgramHeap {
  /** Matches the process name it belongs to. */
  readonly program: RegExp;
  /** Name of that program where no process list tells it. */
  readonly name: string;
  readonly limit: HeapLimit;
}

const mebibyte = 1024 * 1024;
const javaUnits: Readonly<Record<string, number>> = { '': 1, k: 1024, m: mebibyte, g: 1024 * mebibyte, t: 1024 ** 4 };
const goUnits: Readonly<Record<string, number>> = { '': 1, K: 1024, M: mebibyte, G: 1024 * mebibyte, T: 1024 ** 4 };

const node = /^(?:node|nodejs|npm|npx|tsc|jest|vitest|webpack|vite|MainThread)\b/i;
const java = /^(?:java|gradle|mvn|kotlinc|scala)\b/i;

/** The largest match counts: of several commands on a line the largest is the one that gets far. */
function largest(text: string, pattern: RegExp, bytesOf: (match: RegExpMatchArray) => number): number | null {
  let found: number | null = null;
  for (const match of text.matchAll(pattern)) {
    const bytes = bytesOf(match);
    if (Number.isFinite(bytes) && bytes > 0) found = Math.max(found ?? 0, bytes);
  }
  return found;
}

const words = (command: string, program: string): boolean =>
  new RegExp(`(?:^|[\\s/;&|(])${program}(?:\\s|$)`).test(command);

function nodeHeap(command: string, options: string, memoryBytes: number | null): HeapLimit | null {
  const flagged = largest(
    `${command} ${options}`,
    /--max[-_]old[-_]space[-_]size[= ](\d+(?:\.\d+)?)/g,
    ([, mebibytes = '']) => Number(mebibytes) * mebibyte,
  );
  if (flagged !== null) return { limitBytes: flagged, source: '--max-old-space-size' };
  if (memoryBytes === null || !words(command, '(?:node|npm|npx|tsc|yarn|pnpm)')) return null;
  return defaultHeap('node', memoryBytes);
}

function javaHeap(command: string, options: string, memoryBytes: number | null): HeapLimit | null {
  const text = `${command} ${options}`;
  const flagged = largest(
    text,
    /(?:-Xmx|-XX:MaxHeapSize=)(\d+)([kmgt]?)\b/gi,
    ([, number = '', unit = '']) => Number(number) * (javaUnits[unit.toLowerCase()] ?? 1),
  );
  if (flagged !== null) return { limitBytes: flagged, source: '-Xmx' };
  if (memoryBytes === null) return null;
  const percent = largest(text, /-XX:MaxRAMPercentage=(\d+(?:\.\d+)?)/g, ([, number = '']) => Number(number));
  if (percent !== null) return { limitBytes: (memoryBytes * percent) / 100, source: '-XX:MaxRAMPercentage' };
  return words(command, 'java') ? defaultHeap('java', memoryBytes) : null;
}

/**
 * Finds the heap limits that a command line and its environment set, or that its programs set by default.
 * @param memoryBytes the sandbox's memory limit, of which the defaults are a share.
 */
export function heapLimitsOf(
  command: string,
  env: Readonly<Record<string, string>>,
  memoryBytes: number | null,
): readonly ProgramHeap[] {
  const found: ProgramHeap[] = [];
  const forNode = nodeHeap(command, env['NODE_OPTIONS'] ?? '', memoryBytes);
  if (forNode !== null) found.push({ program: node, name: 'node', limit: forNode });
  const javaOptions = [env['JAVA_TOOL_OPTIONS'], env['JDK_JAVA_OPTIONS'], env['_JAVA_OPTIONS']].join(' ');
  const forJava = javaHeap(command, javaOptions, memoryBytes);
  if (forJava !== null) found.push({ program: java, name: 'java', limit: forJava });
  const soft = largest(
    `${command} GOMEMLIMIT=${env['GOMEMLIMIT'] ?? ''}`,
    /GOMEMLIMIT=(\d+)([KMGT]?)i?B?/g,
    ([, number = '', unit = '']) => Number(number) * (goUnits[unit] ?? 1),
  );
  if (soft !== null) found.push({ program: /./, name: 'go', limit: { limitBytes: soft, source: 'GOMEMLIMIT' } });
  const virtual = largest(
    command,
    /ulimit\s+(?:-[SH]\s*)?-v\s+(\d+)/g,
    ([, kibibytes = '']) => Number(kibibytes) * 1024,
  );
  if (virtual !== null) {
    found.push({ program: /./, name: 'process', limit: { limitBytes: virtual, source: 'ulimit -v' } });
  }
  return found;
}
