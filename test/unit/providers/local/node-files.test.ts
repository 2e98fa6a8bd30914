import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createNodeFiles } from '../../../../src/providers/local/node-files.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'node-files-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the files of this computer', () => {
  it('come as bytes too, untouched by what is read later', async () => {
    const files = createNodeFiles();
    const at = (name: string): string => join(folder, name);
    writeFileSync(at('a'), Uint8Array.of(0xca, 0xfe, 0, 0xff));
    writeFileSync(at('b'), 'other');
    const bytes = await files.bytes(at('a'), 99);
    expect(await files.text(at('b'))).toBe('other');
    expect([...(bytes ?? [])]).toEqual([0xca, 0xfe, 0, 0xff]);
    expect([...((await files.bytes(at('a'), 2)) ?? [])]).toEqual([0xca, 0xfe]);
  });

  it('do not hold up the editor when somebody put a pipe in their place', () => {
    const pipe = join(folder, 'pipe');
    execFileSync('sh', ['-c', 'mkfifo "$1"', 'sh', pipe]);
    const module = new URL('../../../../src/providers/local/node-files.ts', import.meta.url);
    const code = `import { createNodeFiles } from '${module}';
      console.log((await createNodeFiles().bytes('${pipe}', 9))?.length ?? null);`;
    const run = spawnSync(process.execPath, ['--input-type=module', '--eval', code], {
      encoding: 'utf8',
      timeout: 20_000,
    });
    expect([run.status, run.stdout.trim()]).toEqual([0, '0']);
  });

  it('that are not there, or are folders, are null', async () => {
    const files = createNodeFiles();
    expect(await files.bytes(join(folder, 'none'), 9)).toBeNull();
    expect(await files.bytes(folder, 9)).toBeNull();
    expect(await files.text(folder)).toBeNull();
  });
});
