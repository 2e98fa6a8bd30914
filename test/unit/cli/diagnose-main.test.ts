import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Readable, Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { diagnoseMain } from '../../../src/cli/diagnose-main.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'diagnose-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

interface Ran {
  readonly code: number;
  readonly out: readonly { readonly id: string | number; readonly pattern: string | null }[];
  readonly said: readonly string[];
}

async function run(args: readonly string[], stdin: readonly (string | Buffer)[] = [], failure?: Error): Promise<Ran> {
  const chunks: string[] = [];
  const said: string[] = [];
  const out = new Writable({
    write(chunk, _encoding, done) {
      chunks.push(String(chunk));
      done(failure);
    },
  });
  const code = await diagnoseMain(args, Readable.from(stdin, { objectMode: false }), out, (text) => said.push(text));
  const lines = chunks.join('').split('\n').filter(Boolean);
  return { code, out: lines.map((line) => JSON.parse(line)), said };
}

const busy = (id: string): string =>
  JSON.stringify({ id, text: 'Error: listen EADDRINUSE: address already in use 127.0.0.1:3000', exitCode: 1 });

describe('npm run diagnose as a program', () => {
  it('answers each line of a file in its order, with a byte order mark, CRLF and empty lines in it', async () => {
    const file = path.join(folder, 'a.jsonl');
    await writeFile(file, `\uFEFF${busy('a')}\r\n\n   \n${busy('b')}`);
    const { code, out, said } = await run([file]);
    expect([code, out.map(({ id, pattern }) => [id, pattern]), said]).toEqual([
      0,
      [
        ['a', 'port-in-use'],
        ['b', 'port-in-use'],
      ],
      [],
    ]);
  });

  it('ends a line only at a line feed: a line separator may stand in a text of JSON', async () => {
    const line = '{"id":"a","text":"one\u2028listen EADDRINUSE: address already in use\u2029two","exitCode":1}\n';
    const { code, out } = await run(['-'], [line]);
    expect([code, out.map(({ id }) => id)]).toEqual([0, ['a']]);
  });

  it('reads a line that comes in pieces, cut within a character', async () => {
    const bytes = Buffer.from(`${JSON.stringify({ id: 'ü', text: 'x'.repeat(300_000), exitCode: 1 })}\n${busy('b')}\n`);
    const pieces = Array.from({ length: Math.ceil(bytes.length / 8) }, (_, at) => bytes.subarray(at * 8, at * 8 + 8));
    expect((await run(['-'], pieces)).out.map(({ id }) => id)).toEqual(['ü', 'b']);
  });

  it('names lines that can not be read, some of them, and nothing that a terminal would obey', async () => {
    const garbage = Array.from({ length: 50 }, () => '\u001b[31m\u0000').join('\n');
    const { code, out, said } = await run(['-'], [`${garbage}\n${busy('last')}\n`]);
    expect([code, out.map(({ id }) => id)]).toEqual([1, ['last']]);
    expect(said).toHaveLength(21);
    expect(said.join('')).not.toMatch(/\p{Cc}/u);
    expect(said.at(-1)).toBe('… and 30 more lines.');
  });

  it('says in one sentence what is wrong with the file or the arguments', async () => {
    const gone = path.join(folder, 'gone');
    expect(await run([gone])).toMatchObject({ code: 2, out: [], said: [expect.stringMatching(/gone: ENOENT/)] });
    expect(await run([folder])).toMatchObject({ code: 2, out: [], said: [expect.stringMatching(/: EISDIR/)] });
    expect((await run([])).code).toBe(2);
    expect((await run(['a', 'b'])).code).toBe(2);
    expect((await run(['--help'])).code).toBe(0);
  });

  it('is done when the reader of its answers has enough, and says so when they can not be written', async () => {
    const closed = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });
    expect(await run(['-'], [`${busy('a')}\n${busy('b')}\n`], closed)).toMatchObject({ code: 0, said: [] });
    const full = new Error('no space left on device');
    expect(await run(['-'], [`${busy('a')}\n`], full)).toMatchObject({
      code: 2,
      said: ['The results can not be written: no space left on device'],
    });
  });
});
