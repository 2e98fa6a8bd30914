import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runRecord } from '../../../src/cli/record.ts';

it.each(['run.json', 'run.json.br', 'run.csv', 'run.csv.gz'])(
  'a recording writes nothing over unasked: %s',
  async (name) => {
    const folder = mkdtempSync(join(tmpdir(), 'record-'));
    try {
      writeFileSync(join(folder, name), 'what was recorded');
      const said: string[] = [];
      const output = { print: (line: string) => void said.push(line), say: (line: string) => void said.push(line) };
      const args = ['--id', 'run', '--out', folder, '--', 'true'];
      expect(await runRecord(args, AbortSignal.abort(), output), said.join('\n')).toBe(2);
      expect(said.join('\n')).toContain(`${join(folder, name)} is there already`);
      expect(readdirSync(folder)).toEqual([name]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
