import { type EditFacts, type EditWay, mebibyte, one } from './edit.ts';
import { jsonAt, jsonKeys, setInJson } from './json-text.ts';
import { addLines, setLine, settingIn } from './line-text.ts';
import type { TextChange } from './text-change.ts';

/** The heap of Node.js may take this share of the sandbox's memory; the rest is for what is no heap, and for other programs. */
const nodeShare = 0.75;
/** Beside the daemon of Gradle run its workers and the compiler's own daemon. */
const daemonShare = 0.5;
/** Nothing runs in less. */
const leastMebibytes = 64;

const runners = /^(?:npm|pnpm|yarn|bun)(?: (?:run|run-script))? ([\w:.-]{1,80})(?:$| )/;

/** @returns the script of package.json that a command line runs, or null. */
export const scriptOf = (commandLine: string | null): string | null =>
  runners.exec((commandLine ?? '').trim())?.[1] ?? null;

/** @returns what the script of this command is in package.json, or null. */
export const scriptLine = (
  json: string,
  commandLine: string | null,
): { readonly name: string; readonly line: string } | null => {
  const name = scriptOf(commandLine);
  const line = name === null ? undefined : jsonAt(json, ['scripts', name]);
  return name !== null && typeof line === 'string' ? { name, line } : null;
};

const share = (limitBytes: number | null, part: number): number | null => {
  const mebibytes = limitBytes === null ? 0 : Math.floor((limitBytes * part) / mebibyte);
  return mebibytes >= leastMebibytes ? mebibytes : null;
};

const heapOption = /--max[-_]old[-_]space[-_]size=(\d{1,7})/;

/** @returns the line with the limit in it; null when that can not be said without understanding the shell. */
const limited = (line: string, mebibytes: number): string | null => {
  if (heapOption.test(line)) return line.replace(heapOption, `--max-old-space-size=${mebibytes}`);
  return line.includes('NODE_OPTIONS') ? null : `NODE_OPTIONS=--max-old-space-size=${mebibytes} ${line}`;
};

const scriptHeap: EditWay = {
  label: 'A heap limit for the script',
  files: ['package.json'],
  change: (text, { commandLine, limitBytes }) => {
    const script = scriptLine(text, commandLine);
    const mebibytes = share(limitBytes, nodeShare);
    if (script === null || mebibytes === null) return null;
    const line = limited(script.line, mebibytes);
    return line === null ? null : one(setInJson(text, ['scripts', script.name], line));
  },
};

/** npm and pnpm hand it to everything they start. */
const npmrcHeap: EditWay = {
  label: 'A heap limit for what npm starts',
  files: ['.npmrc'],
  besides: ['package.json'],
  creates: true,
  change: (text, { commandLine, limitBytes }) => {
    const mebibytes = share(limitBytes, nodeShare);
    if (mebibytes === null || !/^(?:npm|npx|pnpm) /.test((commandLine ?? '').trim())) return null;
    const now = settingIn(text, 'node-options');
    if (now === null) return one(addLines(text, [`node-options=--max-old-space-size=${mebibytes}`]));
    return heapOption.test(now) ? one(setLine(text, 'node-options', limited(now, mebibytes) ?? now)) : null;
  },
};

const gradleName = 'org.gradle.jvmargs';
const gradleFiles = ['settings.gradle', 'settings.gradle.kts', 'build.gradle', 'build.gradle.kts'];

/** @returns the bytes that `-Xmx` in these arguments allows, or null. */
const heapIn = (line: string): number | null => {
  const [, digits, unit] = /-Xmx(\d{1,12})([kKmMgG]?)/.exec(line) ?? [];
  if (digits === undefined) return null;
  return Number(digits) * ({ k: 1024, m: mebibyte, g: 1024 * mebibyte }[unit?.toLowerCase() ?? ''] ?? 1);
};

/** What Gradle takes when nothing is said. */
const gradleDefault = '-Xmx512m -XX:MaxMetaspaceSize=384m';

const gradleHeap = (fits: (nowBytes: number, thenBytes: number) => boolean): EditWay => ({
  label: 'A heap limit for the daemon of Gradle',
  files: ['gradle.properties'],
  besides: gradleFiles,
  creates: true,
  change: (text, { limitBytes }) => {
    const mebibytes = share(limitBytes, daemonShare);
    if (mebibytes === null) return null;
    const now = settingIn(text, gradleName) ?? gradleDefault;
    const nowBytes = heapIn(now);
    if (nowBytes !== null && !fits(nowBytes, mebibytes * mebibyte)) return null;
    const heap = `-Xmx${mebibytes}m`;
    const then = nowBytes === null ? `${heap} ${now}`.trim() : now.replace(/-Xmx\d{1,12}[kKmMgG]?/, heap);
    return one(setLine(text, gradleName, then));
  },
});

/** Killed for memory: less. */
const smallerGradleHeap = gradleHeap((now, then) => then < now);
/** Out of its own heap: more, as far as the sandbox has it. */
const largerGradleHeap = gradleHeap((now, then) => then > now);

const testFiles = ['jest.config.json', 'package.json'] as const;
const jestScripts = ['jest.config.ts', 'jest.config.js', 'jest.config.mjs', 'jest.config.cjs'];
const vitestConfigs = [
  'vitest.config.ts',
  'vitest.config.mts',
  'vitest.config.js',
  'vitest.config.mjs',
  'vite.config.ts',
  'vite.config.js',
];

const jestJson = (label: string, name: string, valueFor: (facts: EditFacts) => unknown): readonly EditWay[] =>
  testFiles.map((file) => {
    const path = file === 'package.json' ? ['jest'] : [];
    return {
      label,
      files: [file],
      change: (text, facts) => {
        const value = valueFor(facts);
        // A file of its own is meant for Jest; in package.json there must be something of it.
        return value === null || jsonKeys(text, path) === null ? null : one(setInJson(text, [...path, name], value));
      },
    };
  });

/** A property of the object a configuration exports; only for a file that begins it in one of the usual ways. */
const jestScript = (label: string, name: string, valueFor: (facts: EditFacts) => unknown): EditWay => ({
  label,
  files: jestScripts,
  change: (text, facts) => {
    const value = valueFor(facts);
    if (value === null || text.includes(name)) return null;
    const begin =
      /(?:module\.exports\s*=|export default|const (?:config|jestConfig)(?:\s*:\s*[\w.]{1,40})?\s*=)\s*(?:defineConfig\()?\{[ \t]*(?=\r?\n)/.exec(
        text,
      );
    if (begin === null) return null;
    return [propertyAfter(text, begin.index + begin[0].length, `${name}: ${literal(value)},`)];
  },
});

const literal = (value: unknown): string => (typeof value === 'string' ? `'${value}'` : JSON.stringify(value));

/** A line behind the end of the one at `offset`, as far in as the one that follows. */
const propertyAfter = (text: string, offset: number, property: string): TextChange => {
  const [, lineEnd = '\n', indent = '  '] = /^(\r?\n)([ \t]+)/.exec(text.slice(offset)) ?? [];
  return { offset, length: 0, text: `${lineEnd}${indent}${property}` };
};

const workerShare = 0.25;
const workerMemory = ({ limitBytes }: EditFacts): string | null => {
  const mebibytes = share(limitBytes, workerShare);
  return mebibytes === null ? null : `${mebibytes}MB`;
};
const jestCap = 'A memory cap for the workers of Jest';
const jestCaps: readonly EditWay[] = [
  ...jestJson(jestCap, 'workerIdleMemoryLimit', workerMemory),
  jestScript(jestCap, 'workerIdleMemoryLimit', workerMemory),
];

const vitestOneByOne: EditWay = {
  label: 'Vitest runs one test file at a time',
  files: vitestConfigs,
  change: (text) => {
    const begin = /\btest\s*:\s*\{[ \t]*(?=\r?\n)/.exec(text);
    if (begin === null || /\bfileParallelism\b/.test(text)) return null;
    return [propertyAfter(text, begin.index + begin[0].length, 'fileParallelism: false,')];
  },
};

const fewWorkers = 2;

/** `-n auto` of pytest-xdist, where the project says it. */
const pytestWorkers: EditWay = {
  label: 'Two workers for pytest',
  files: ['pytest.ini', 'pyproject.toml', 'tox.ini', 'setup.cfg'],
  change: (text) => {
    const line = /^[ \t]*addopts[ \t]*=.{0,500}?(?:-n[ =]?|--numprocesses[ =])(auto|logical|\d{1,3})(?![\w])/m.exec(
      text,
    );
    const [all, workers] = line ?? [];
    if (line === null || all === undefined || workers === undefined) return null;
    if (/^\d/.test(workers) && Number(workers) <= fewWorkers) return null;
    const offset = line.index + all.length - workers.length;
    return [{ offset, length: workers.length, text: String(fewWorkers) }];
  },
};

const two = 'Two workers for Jest';
const fewerWorkers: readonly EditWay[] = [
  ...jestJson(two, 'maxWorkers', () => fewWorkers),
  jestScript(two, 'maxWorkers', () => fewWorkers),
  vitestOneByOne,
  pytestWorkers,
];

/** Edits against too little memory, by fix. */
export const heapEdits: Readonly<Record<string, readonly EditWay[]>> = {
  'v8-heap-oom/keep-heap-setting': [scriptHeap, npmrcHeap],
  'jvm-heap-oom/keep-gradle-heap': [largerGradleHeap],
  'build-daemon-killed/keep-gradle-heap': [smallerGradleHeap],
  'test-worker-killed/cap-worker-memory': jestCaps,
  'test-worker-killed/keep-fewer-workers': fewerWorkers,
};
