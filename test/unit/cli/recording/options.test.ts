import { describe, expect, it } from 'vitest';
import { parseOptions, parseSize, UsageError } from '../../../../src/cli/recording/options.ts';

const now = Date.UTC(2026, 0, 2, 3, 4, 5);

describe('the command line of the recorder', () => {
  it('has limits of its own accord and a name from the time', () => {
    expect(parseOptions(['--', 'node', 'x.js', '--mem'], now)).toMatchObject({
      memoryBytes: 512 * 2 ** 20,
      cpuCores: 1,
      pids: 256,
      openFiles: 4_096,
      diskBytes: null,
      id: '20260102-030405-other',
      words: ['node', 'x.js', '--mem'],
      sessionFile: null,
    });
  });

  it('takes limits, names and a session', () => {
    const args = '--mem 1.5g --cpus 0.5 --pids 40 --disk 200m --id a-1 --family build --session s.txt --seconds 30';
    expect(parseOptions(args.split(' '), now)).toMatchObject({
      memoryBytes: 1.5 * 2 ** 30,
      cpuCores: 0.5,
      pids: 40,
      diskBytes: 200 * 2 ** 20,
      id: 'a-1',
      family: 'build',
      sessionFile: 's.txt',
      seconds: 30,
    });
  });

  it.each([
    ['', /no command/],
    ['--session a -- b', /not both/],
    ['--mem many -- a', /--mem takes a size/],
    ['--mem 1k -- a', /at least 8m/],
    ['--mem 99999999t -- a', /--mem: 99999999t is more than any machine has/],
    ['--disk 1m -- a', /at least 8m/],
    ['--disk 99999999t -- a', /--disk: 99999999t is more than any machine has/],
    ['--cpus 0 -- a', /--cpus takes a number/],
    ['--pids x -- a', /--pids takes a number/],
    ['--id ../../etc/x -- a', /--id takes letters/],
    ['--color -- a', /color/],
  ])('refuses "%s"', (line, message) => {
    const args = line.split(' ').filter((word) => word !== '');
    expect(() => parseOptions(args, now)).toThrow(UsageError);
    expect(() => parseOptions(args, now)).toThrow(message);
  });

  it('reads sizes with and without units', () => {
    expect(['1048576', '64k', '2MiB', '1g'].map((size) => parseSize(size, '--mem'))).toEqual([
      1_048_576,
      65_536,
      2 ** 21,
      2 ** 30,
    ]);
  });
});
