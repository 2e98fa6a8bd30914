import { describe, expect, it } from 'vitest';
import { fullestOpenFiles } from '../../../../src/providers/local/open-files.ts';

/** Processes with so many open files of so many. */
const scene = (processes: Readonly<Record<number, readonly [open: number, most: number, name: string]>>) => {
  const asked: string[] = [];
  const of = (path: string) => processes[Number(path.split('/')[2])];
  const files = {
    text: (path: string): Promise<string | null> => {
      asked.push(path);
      const [, most, name] = of(path) ?? [];
      return Promise.resolve(
        path.endsWith('/limits')
          ? `Max open files            ${most}                 ${most}                 files\n`
          : `1 (${name}) S 0 ${'0 '.repeat(48)}`,
      );
    },
    names: (path: string) => Promise.resolve(Array.from({ length: of(path)?.[0] ?? 0 }, (_, index) => String(index))),
    bytes: () => Promise.resolve(null),
    link: () => Promise.resolve(null),
  };
  return { files, asked, fullest: () => fullestOpenFiles(files, Object.keys(processes).map(Number)) };
};

describe('the process that is nearest to its own limit of open files', () => {
  it('is the one with the highest share, also where none has many open', async () => {
    const { fullest } = scene({ 1: [3, 100, 'docker-init'], 7: [22, 200, 'node'], 9: [4, 100, 'sh'] });
    expect(await fullest()).toEqual({ used: 22, limit: 200, pid: 7, name: 'node' });
    expect(await scene({ 1: [40, 1024, 'a'], 2: [60, 4096, 'b'] }).fullest()).toMatchObject({ pid: 1 });
  });

  it('is found without the limits of every small process', async () => {
    const { asked, fullest } = scene({ 1: [40, 1024, 'a'], 2: [4, 1024, 'b'], 3: [31, 1024, 'c'], 4: [33, 64, 'd'] });
    expect(await fullest()).toMatchObject({ pid: 4 });
    expect(asked.filter((path) => path.endsWith('/limits'))).toEqual(['/proc/1/limits', '/proc/4/limits']);
  });
});
