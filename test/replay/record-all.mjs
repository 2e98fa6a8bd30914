// Records the committed set: npm run record -- --all [--only PATTERN] [--jobs N] [--out DIR] [--replace], or this file by itself.
// A case whose trace is there already is left alone unless --replace says otherwise; --only takes a regular expression over "id family".
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { brotliCompressSync, constants } from 'node:zlib';
import { ownNode, root, say } from '../../scripts/toolchain.mjs';
import { cases, defaults } from './cases.mjs';
import { traceIndex } from './trace-index.ts';

const workloads = '$PROJECT/test/replay/workloads';
/** What the program that decides is written in, by the beginning of the family's name. */
const languages = {
  node: 'node',
  cache: 'node',
  steady: 'node',
  build_bundle: 'node',
  test: 'node',
  py: 'python',
  batch: 'python',
  worker: 'python',
  report: 'python',
  fd: 'python',
  thread: 'python',
  disk: 'python',
  native: 'c',
  go: 'go',
  build_go: 'go',
  build_ts: 'go',
  java: 'java',
  perl: 'perl',
  build_cpp: 'c++',
  build_make: 'c++',
  build_rust: 'rust',
  build_java: 'java',
  rust: 'rust',
  awk: 'awk',
  tcl: 'tcl',
  shell: 'bash',
  c_: 'c',
  sqlite: 'sqlite',
  jq: 'jq',
  compress: 'c',
  sort: 'c',
};

const languageOf = (one) =>
  one.language ?? Object.entries(languages).find(([start]) => one.family.startsWith(start))?.[1] ?? 'mixed';

/** The name of a case's trace. */
export const traceId = (one) => `${one.id}-${one.family}`;

/** The recorder's command line for a case; a session's lines are written into `folder`. */
export function argumentsOf(one, folder, out) {
  const limits = { ...defaults, ...one };
  const given = ['mem', 'cpus', 'pids', 'nofile', 'disk', 'seconds', 'intended'].filter(
    (name) => limits[name] !== undefined,
  );
  const flags = given.flatMap((name) => [`--${name}`, String(limits[name])]);
  const words = [
    '--id',
    traceId(one),
    '--family',
    one.family,
    '--out',
    out,
    '--language',
    languageOf(one),
    '--workload',
    one.workload,
  ];
  if (one.seed !== undefined) words.push('--seed', String(one.seed));
  const place = (line) => line.replaceAll('$W', workloads);
  if (one.session === undefined) return [...flags, ...words, '--replace', '--', place(one.run)];
  const file = path.join(folder, `${one.id}.session`);
  writeFileSync(file, `${one.session.map(place).join('\n')}\n`);
  return [...flags, ...words, '--replace', '--session', file];
}

/** The committed set is kept packed: it is an eighth of its size then, and nobody reads sixty hours of rows as text. */
function pack(file) {
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
    [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
  };
  writeFileSync(`${file}.br`, brotliCompressSync(readFileSync(file), { params }));
  rmSync(file);
}

/** @returns whether a recorder for this case ended well. */
function recordCase(one, folder, out, signal) {
  return new Promise((resolve) => {
    const child = spawn(
      'nice',
      [
        '-n',
        '5',
        ownNode(),
        '--disable-warning=ExperimentalWarning',
        path.join(root, 'scripts/tasks/record.mjs'),
        ...argumentsOf(one, folder, out),
      ],
      { cwd: root, env: { ...process.env, ...one.env }, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    let told = '';
    child.stderr.setEncoding('utf8').on('data', (text) => {
      told = (told + text).slice(-2_000);
    });
    child.stdout.resume();
    const stop = () => child.kill('SIGINT');
    signal.addEventListener('abort', stop);
    child.once('error', () => resolve(false));
    child.once('close', (code) => {
      signal.removeEventListener('abort', stop);
      say(`${traceId(one)}: ${told.trim().split('\n').at(-1) ?? ''}`);
      for (const kind of ['csv', 'json']) {
        const file = path.join(out, `${traceId(one)}.${kind}`);
        // Half a case is none: the next time it is recorded whole.
        if (signal.aborted) rmSync(file, { force: true });
        if (existsSync(file)) pack(file);
      }
      resolve(code === 0);
    });
  });
}

/**
 * Records what is asked for, a few at a time; a heavy case takes two of the places.
 * @returns the exit code: 0 when every case was recorded
 */
export async function recordAll(args, signal, { print }) {
  const { values } = parseArgs({
    args,
    options: {
      only: { type: 'string', default: '' },
      jobs: { type: 'string', default: '1' },
      out: { type: 'string', default: 'test/replay/traces' },
      replace: { type: 'boolean', default: false },
    },
  });
  const folderOf = (one) => path.join(path.resolve(values.out), one.set);
  const pattern = new RegExp(values.only);
  const places = Math.max(1, Number(values.jobs) || 1);
  const wanted = cases.filter(
    (one) =>
      pattern.test(`${one.id} ${one.family}`) &&
      (values.replace || !existsSync(path.join(folderOf(one), `${traceId(one)}.json.br`))),
  );
  say(`${wanted.length} of ${cases.length} cases are to be recorded.`);
  const folder = mkdtempSync(path.join(tmpdir(), 'foresight-cases-'));
  const failed = [];
  let free = places;
  const running = new Set();
  try {
    const weightOf = (one) => Math.min(places, one.heavy ? 2 : 1);
    const waiting = [...wanted];
    while (waiting.length > 0 && !signal.aborted) {
      const at = waiting.findIndex((one) => weightOf(one) <= free);
      if (at < 0) {
        await Promise.race(running);
        continue;
      }
      const [one] = waiting.splice(at, 1);
      free -= weightOf(one);
      const run = recordCase(one, folder, folderOf(one), signal).then((good) => {
        free += weightOf(one);
        running.delete(run);
        if (!good) failed.push(traceId(one));
      });
      running.add(run);
    }
    await Promise.all(running);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  if (!signal.aborted) writeFileSync(path.join(values.out, 'index.csv'), traceIndex(values.out));
  if (failed.length > 0) say(`Not recorded: ${failed.join(' ')}`);
  print(path.resolve(values.out));
  return failed.length === 0 && !signal.aborted ? 0 : 1;
}

if (process.argv[1] === import.meta.filename) {
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM']) process.on(name, () => stop.abort());
  process.exitCode = await recordAll(process.argv.slice(2), stop.signal, {
    print: (line) => process.stdout.write(`${line}\n`),
  });
}
