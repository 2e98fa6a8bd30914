import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Writable } from 'node:stream';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { replayMain } from '../../../src/cli/replay-main.ts';
import { readTrace, traceFilesIn } from '../../../src/cli/trace-file.ts';
import { traceRows } from '../../../src/cli/trace-reader.ts';
import type { Sample } from '../../../src/model/sample.ts';

const mebibyte = 1024 * 1024;
let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'replay-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const put = (name: string, text: string): Promise<void> => writeFile(path.join(folder, name), text);

/** A leak of 2 MiB/s in 256 MiB, one row a second. */
const leak = (rows: number): string =>
  [
    't_ms,mem_usage_bytes,mem_limit_bytes,mem_working_set_bytes,rss,pids_current,pids_max',
    ...Array.from({ length: rows }, (_, s) => {
      const bytes = (20 + 2 * s) * mebibyte;
      return `${s * 1000},${bytes},${256 * mebibyte},${bytes},${bytes},1,64`;
    }),
  ].join('\n');

async function run(...args: string[]): Promise<{ code: number; out: string[]; said: string[] }> {
  const chunks: string[] = [];
  const said: string[] = [];
  const out = new Writable({
    write(chunk, _encoding, done) {
      chunks.push(String(chunk));
      done();
    },
  });
  const code = await replayMain(args, out, (text) => said.push(text));
  return { code, out: chunks.join('').split('\n').filter(Boolean), said };
}

describe('replay', () => {
  it('prints one line for each row before the break, in file order, and nothing else', async () => {
    await put('a.csv', leak(110));
    await put('a.json', JSON.stringify({ id: 'leak-1', break: { kind: 'oom_kill', t_ms: 100_500 }, notes: 'x' }));
    const { code, out, said } = await run(path.join(folder, 'a.csv'));
    expect(code).toBe(0);
    expect(said).toEqual([]);
    const lines = out.map((line) => JSON.parse(line));
    expect(lines.map((line) => line.tMs)).toEqual(Array.from({ length: 101 }, (_, s) => s * 1000));
    expect(lines.every((line) => line.trace === 'leak-1')).toBe(true);
    expect(Object.keys(lines[50])).toEqual(['trace', 'tMs', 'signals', 'level', 'leading', 'evidence']);
    expect(Object.keys(lines[50].signals)).toEqual(['memory', 'pids']);
    expect(Object.keys(lines[50].signals.memory)).toEqual([
      'pressure',
      'pBreak60',
      'pBreak120',
      'pBreak300',
      'timeToLimitMs',
    ]);
    expect(lines[50].signals.memory.pressure).toBeCloseTo(120 / 256, 9);
    expect(lines[0]).toMatchObject({ level: 'calm', leading: null });
    const warned = lines.findIndex((line) => line.level === 'warn' || line.level === 'critical');
    expect(warned).toBeGreaterThan(20);
    expect(118 - warned).toBeGreaterThanOrEqual(30);
    expect(lines[90]).toMatchObject({ leading: 'memory' });
    expect(lines[90].evidence).toContain('floor rises 2 MiB/s');
  });

  it('writes to a file, takes folders, and gives the same bytes each time', async () => {
    await put('b.csv', leak(40));
    await put('a.csv', leak(30));
    await put('index.csv', 'id,family\n');
    const file = path.join(folder, 'out.jsonl');
    expect((await run(folder, '--out', file)).out).toEqual([]);
    const first = await readFile(file, 'utf8');
    const ids = first
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).trace);
    expect(ids).toEqual([...Array<string>(30).fill('a'), ...Array<string>(40).fill('b')]);
    await run(folder, '--out', file);
    expect(await readFile(file, 'utf8')).toBe(first);
  });

  it('never prints what is no JSON: a 90 % quantile without end becomes a large number, and without a median there is no time', async () => {
    await put('a.csv', leak(110));
    const { out } = await run(folder);
    expect(out.join('\n')).not.toMatch(/:null,"p|p90":null|NaN|Infinity/);
    const times = out.map((line) => JSON.parse(line).signals.memory.timeToLimitMs).filter((time) => time !== null);
    expect(times.length).toBeGreaterThan(0);
    expect(times.filter(({ p50 }) => p50 >= 1e12)).toEqual([]);
  });

  it('takes only every fifth row where the source reports so seldom, and still prints one line for each', async () => {
    await put('a.csv', leak(110));
    const { out } = await run(folder, '--every', '5');
    const lines = out.map((line) => JSON.parse(line));
    expect(lines).toHaveLength(110);
    const used = lines.map((line) => line.signals.memory.pressure * 256);
    expect(used.slice(0, 11).map(Math.round)).toEqual([20, 20, 20, 20, 20, 30, 30, 30, 30, 30, 40]);
    expect(lines.some((line) => line.level === 'warn')).toBe(true);
    expect((await run(folder, '--every', '0')).code).toBe(2);
    expect((await run(folder, '--every', 'x')).code).toBe(2);
  });

  it('goes on after a file that cannot be read, and says so', async () => {
    await put('a.csv', 'x,y\n1,2\n');
    await put('b.csv', leak(5));
    await put('b.json', '{"id": 5}');
    await put('c.csv', leak(5));
    const { code, out, said } = await run(folder);
    expect(code).toBe(1);
    expect(said).toHaveLength(2);
    expect(said[0]).toContain('no column t_ms');
    expect(out).toHaveLength(5);
    expect((await run(path.join(folder, 'gone.csv'))).code).toBe(1);
    expect((await run()).code).toBe(2);
    expect((await run(folder, '--sensitivity', 'wild')).code).toBe(2);
  });

  it('reads a table with the line ends of old computers', async () => {
    await put('a.csv', leak(5).replaceAll('\n', '\r'));
    const { code, out } = await run(folder);
    expect([code, out.length]).toEqual([0, 5]);
  });

  it('says of a table that there is nothing in it to replay', async () => {
    await put('header.csv', `${leak(0)}\n`);
    await put('late.csv', leak(5));
    await put('late.json', '{"break": {"kind": "exit", "t_ms": -1}}');
    await put('timeless.csv', leak(2).replace(/^\d+,/gm, ','));
    const { code, out, said } = await run(folder);
    expect([code, out]).toEqual([1, []]);
    expect(said.map((line) => path.basename(line.split(':')[0] ?? ''))).toEqual([
      'header.csv',
      'late.csv',
      'timeless.csv',
    ]);
    expect(said[0]).toContain('no row with a time');
  });

  it('writes a long run in parts, because no text may be as long as the whole', async () => {
    await put('long.csv', leak(1_500));
    const sizes: number[] = [];
    const out = new Writable({
      write(chunk, _encoding, done) {
        sizes.push(String(chunk).length);
        done();
      },
    });
    expect(await replayMain([path.join(folder, 'long.csv')], out, () => undefined)).toBe(0);
    const total = sizes.reduce((sum, size) => sum + size, 0);
    expect(total).toBeGreaterThan(300_000);
    expect(Math.max(...sizes)).toBeLessThan(200_000);
  });

  it('finds tables in folders below', async () => {
    await put('a.csv', leak(1));
    await mkdir(path.join(folder, 'below'));
    await put('below/b.csv', leak(1));
    expect(await traceFilesIn([folder])).toEqual({
      files: [path.join(folder, 'a.csv'), path.join(folder, 'below', 'b.csv')],
      problems: [],
    });
  });

  it('reads a packed table and a packed description as the same unpacked, by the name of either', async () => {
    await put('a.csv', leak(40));
    await put('a.json', '{"id": "one"}');
    const plain = await run(folder);
    await rm(path.join(folder, 'a.csv'));
    for (const [ending, pack] of [
      ['gz', gzipSync],
      ['br', brotliCompressSync],
    ] as const) {
      const packed = path.join(folder, `a.csv.${ending}`);
      await writeFile(packed, pack(leak(40)));
      for (const each of [folder, packed, path.join(folder, 'a.json')]) expect(await run(each)).toEqual(plain);
      const description = path.join(folder, `a.json.${ending}`);
      await writeFile(description, pack('{"id": "one"}'));
      await rm(path.join(folder, 'a.json'));
      for (const each of [folder, packed, description]) expect(await run(each)).toEqual(plain);
      expect((await run(folder, '--out', description)).said).toEqual([expect.stringContaining('belongs to a run')]);
      await rm(description);
      await put('a.json', '{"id": "one"}');
      await rm(packed);
    }
    expect(plain.out).toHaveLength(40);
  });

  it('names a packed table that is none', async () => {
    await put('a.csv.gz', 't_ms\n1\n');
    await put('b.csv.br', 't_ms\n1\n');
    const { code, said } = await run(folder);
    expect(code).toBe(1);
    expect(said).toEqual([
      expect.stringContaining('a.csv.gz: incorrect header check'),
      expect.stringContaining('b.csv.br: '),
    ]);
  });
});

describe('what may lie in a folder or beside a table', () => {
  const idsOf = (out: readonly string[]): readonly string[] => [...new Set(out.map((line) => JSON.parse(line).trace))];

  it('is left alone when it is no table: folders, links to nowhere are named, a packed copy of a table is not replayed again', async () => {
    await mkdir(path.join(folder, 'folder.csv'));
    await put('a.csv', leak(3));
    await writeFile(path.join(folder, 'a.csv.gz'), gzipSync(leak(3)));
    await put('notes.txt', 'x');
    const { code, out, said } = await run(folder);
    expect([code, out.length, said]).toEqual([0, 3, []]);
  });

  it('does not stop at a path that leads nowhere', async () => {
    await put('a.csv', leak(3));
    await mkdir(path.join(folder, 'empty'));
    const gone = path.join(folder, 'gone');
    const { code, out, said } = await run(gone, path.join(folder, 'empty'), path.join(folder, 'a.csv'));
    expect([code, out.length]).toEqual([1, 3]);
    expect(said).toEqual([expect.stringMatching(/gone: ENOENT/), expect.stringMatching(/empty: there is no table/)]);
  });

  it('of a description only needs its name and its break to be right', async () => {
    await put('a.csv', leak(5));
    for (const odd of [
      { id: null, limits: null, command: null, env: null, break: null },
      { limits: { mem_bytes: '512m', cpus: [], disk: 7 }, command: 5, env: 'x', break: { kind: 'none', t_ms: null } },
    ]) {
      await put('a.json', `\uFEFF${JSON.stringify(odd)}`);
      const { code, out } = await run(folder);
      expect([code, out.length, idsOf(out)]).toEqual([0, 5, ['a']]);
    }
    for (const wrong of ['{"break": {"t_ms": "3000"}}', '{"break": true}', '{"id": 5}', '[', 'null']) {
      await put('a.json', wrong);
      const { code, out, said } = await run(folder);
      expect([code, out, said], wrong).toEqual([1, [], [expect.stringMatching(/^\S+a\.json: .+$/)]]);
    }
  });

  it('is not overwritten by the results', async () => {
    await put('a.csv', leak(3));
    await put('a.json', '{"id": "one"}');
    for (const name of ['a.csv', 'a.json']) {
      const before = await readFile(path.join(folder, name), 'utf8');
      const { code, said } = await run(folder, '--out', path.join(folder, name));
      expect([code, said]).toEqual([2, [expect.stringContaining('belongs to a run')]]);
      expect(await readFile(path.join(folder, name), 'utf8')).toBe(before);
    }
  });
});

describe('a table', () => {
  const linesFor = async (csv: string, json = '{"id": "x"}'): Promise<readonly string[]> => {
    await put('t.csv', csv);
    await put('t.json', json);
    return (await run(path.join(folder, 't.csv'))).out;
  };

  it('means the same with its columns in another order, with unknown ones, CRLF, a byte order mark and quotes', async () => {
    const rows = leak(40)
      .split('\n')
      .map((line) => line.split(','));
    const plain = await linesFor(leak(40));
    const turned = rows.map((row) => [...row.toReversed(), 'unknown']);
    expect(await linesFor(turned.map((row) => row.join(',')).join('\r\n'))).toEqual(plain);
    expect(await linesFor(`\uFEFF${leak(40)}\n\n`)).toEqual(plain);
    const quoted = rows.map((row) => [...row, 'a, "b"'].map((cell) => `"${cell.replaceAll('"', '""')}"`).join(','));
    expect(await linesFor(quoted.join('\n'))).toEqual(plain);
    expect(await linesFor(rows.map((row) => [...row, '"open'].join(',')).join('\n'))).toEqual(plain);
  });

  it('gives no line for a row without a time, which may be behind the break as well', async () => {
    const csv = `${leak(3)}\n,1,2,3,4,5,6\nNaN,1\n!!\n3000,44040192`;
    const out = await linesFor(csv, '{"break": {"t_ms": 5000}}');
    expect(out.map((line) => JSON.parse(line).tMs)).toEqual([0, 1000, 2000, 3000]);
  });

  it('gives the same first lines when it ends earlier', async () => {
    const whole = await linesFor(leak(90));
    for (const rows of [1, 20, 75]) expect(await linesFor(leak(rows))).toEqual(whole.slice(0, rows));
  });

  it('gives the same lines whatever else its description says', async () => {
    const known = { id: 'x', limits: { mem_bytes: 2 ** 28 }, command: 'node a.js', env: { NODE_OPTIONS: '' } };
    const told = { ...known, break: { kind: 'oom_kill', t_ms: 80_000 } };
    const plain = await linesFor(leak(90), JSON.stringify(told));
    const poison = { family: 'leak', intended: 'oom', kind: 1, ended: 'break', duration_ms: -1, stderr_tail: 'Killed' };
    expect(
      await linesFor(leak(90), JSON.stringify({ ...poison, ...told, break: { kind: 'no', t_ms: 80_000 } })),
    ).toEqual(plain);
    expect(plain).toHaveLength(80);
  });
});

async function samplesOf(csv: string, meta: unknown = {}): Promise<readonly Sample[]> {
  await put('t.csv', csv);
  await put('t.json', typeof meta === 'string' ? meta : JSON.stringify(meta));
  const trace = await readTrace(path.join(folder, 't.csv'));
  return [...traceRows(trace)].flatMap(({ events }) =>
    events.filter((event): event is Sample => event.kind === 'sample'),
  );
}

describe('a trace as samples', () => {
  it('counts what lies in no file list as held: tmpfs is in the cache and cannot be given back', async () => {
    const [sample] = await samplesOf(
      't_ms,mem_usage_bytes,mem_limit_bytes,mem_working_set_bytes,rss,cache,inactive_file,active_file\n' +
        '0,1000,4000,700,200,800,300,150\n',
    );
    expect(sample?.memory).toMatchObject({
      workingSetBytes: 700,
      anonBytes: 200,
      unreclaimableBytes: 550,
      limitBytes: 4000,
    });
  });

  it('takes the limits of the description where the table has none', async () => {
    const [sample] = await samplesOf(
      't_ms,mem_usage_bytes,mem_limit_bytes,mem_working_set_bytes,pids_current,pids_max,max_proc_fds\n0,10,,10,3,,7\n',
      '{"limits": {"mem_bytes": 500, "cpus": NaN, "pids_max": 64, "nofile": 256}}',
    );
    expect(sample?.memory?.limitBytes).toBe(500);
    expect(sample?.pids).toEqual({ used: 3, limit: 64 });
    expect(sample?.fds).toMatchObject({ used: 7, limit: 256 });
    expect(sample?.cpu).toBeUndefined();
    expect(sample?.disk).toBeUndefined();
  });

  it('reads processes and commands, with the heap limit of the program', async () => {
    await put(
      'p.csv',
      't_ms,mem_usage_bytes,mem_limit_bytes,mem_working_set_bytes,top_processes,command_events\n' +
        '0,10,500,10,7:1:node:2000:4096;8:1:sh::12,start:c1:npm%20run%20build;end:c0:\n' +
        '1000,10,500,10,,end:c1:137\n',
    );
    await put(
      'p.json',
      JSON.stringify({ command: 'npm run build', env: { NODE_OPTIONS: '--max-old-space-size=100' } }),
    );
    const rows = [...traceRows(await readTrace(path.join(folder, 'p.csv')))];
    expect(rows[0]?.events.map((event) => event.kind)).toEqual(['command-started', 'command-ended', 'sample']);
    expect(rows[0]?.events[0]).toMatchObject({ commandId: 'c1', commandLine: 'npm run build' });
    expect(rows[0]?.events[1]).toMatchObject({ commandId: 'c0', exitCode: null });
    expect(rows[0]?.events[2]).toMatchObject({
      processes: [
        { pid: 7, name: 'node', ageMs: 2000, rssBytes: 4096, heapLimit: { limitBytes: 100 * mebibyte } },
        { pid: 8, name: 'sh', ageMs: null, heapLimit: null },
      ],
    });
    expect(rows[1]?.events.map((event) => event.kind)).toEqual(['command-ended', 'sample']);
    expect(rows[1]?.events[1]).not.toHaveProperty('processes');
  });

  it('passes on what is no number, for the engine to count', async () => {
    const [sample] = await samplesOf('t_ms,mem_usage_bytes,mem_limit_bytes,mem_working_set_bytes\n0,1,2,NaN\n');
    expect(sample?.memory?.workingSetBytes).toBeNaN();
  });
});

describe('results that can not be written', () => {
  it('are one clear message and the exit code 2', async () => {
    await put('a.csv', leak(20));
    const missing = path.join(folder, 'not-there', 'x.jsonl');
    const { code, out, said } = await run(path.join(folder, 'a.csv'), '--out', missing);
    expect([code, out]).toEqual([2, []]);
    expect(said).toEqual([expect.stringMatching(/^The results can not be written: ENOENT.*not-there/)]);
  });

  it('are no failure when their reader has enough', async () => {
    await put('a.csv', leak(20));
    const closed = new Writable({
      write(_chunk, _encoding, done) {
        done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
      },
    });
    const said: string[] = [];
    expect([await replayMain([folder], closed, (text) => said.push(text)), said]).toEqual([0, []]);
  });

  it('are told as well when it is found out late', async () => {
    await put('a.csv', leak(20));
    const full = new Writable({
      write(_chunk, _encoding, done) {
        done(new Error('no space left on device'));
      },
    });
    const said: string[] = [];
    const code = await replayMain([path.join(folder, 'a.csv')], full, (text) => said.push(text));
    expect([code, said]).toEqual([2, ['The results can not be written: no space left on device']]);
  });
});
