import { describe, expect, it } from 'vitest';
import {
  amount,
  flatKeyed,
  limitAmount,
  listedCpus,
  machineCpuUs,
  machineMemory,
  openFilesLimit,
  processStat,
  quotaCores,
  stalls,
  uptimeSeconds,
} from '../../../../src/providers/local/figures.ts';

describe('numbers', () => {
  it.each([
    ['0', 0],
    ['42\n', 42],
    ['007', 7],
    ['9007199254740991', 9007199254740991],
    ['9007199254740993', null],
    ['9223372036854771712', null],
    ['max', null],
    ['-1', null],
    ['1e9', null],
    ['0x10', null],
    ['1 2', null],
    ['', null],
    [null, null],
    [undefined, null],
  ])('reads %j as %j', (text, value) => {
    expect(amount(text)).toBe(value);
  });

  it('takes a limit of nothing for none', () => {
    expect([limitAmount('0'), limitAmount('1')]).toEqual([null, 1]);
  });

  it.each([
    ['0,2-3', 3],
    ['0-63\n', 64],
    ['3-1', null],
    ['', null],
    ['a', null],
    ['1,,2', null],
    [null, null],
  ])('counts the processors of %j', (text, cpus) => {
    expect(listedCpus(text)).toBe(cpus);
  });

  it('takes cores from a quota and a period', () => {
    expect(quotaCores('50000', '100000')).toBe(0.5);
    expect([quotaCores('max', '100000'), quotaCores('-1', '100000'), quotaCores('1', '0')]).toEqual([null, null, null]);
  });
});

describe('texts of the kernel', () => {
  it('takes the wanted keys, the first of each', () => {
    const text = 'anon 5\nanonymous 6\nfile x\nanon 7\nno value\nshmem 8\n';
    expect([...flatKeyed(text, ['anon', 'file', 'shmem'])]).toEqual([
      ['anon', 5],
      ['shmem', 8],
    ]);
    expect(flatKeyed(null, ['anon']).size).toBe(0);
  });

  it('estimates what is available on kernels that do not tell', () => {
    const text = 'MemTotal: 100 kB\nMemFree: 20 kB\nBuffers: 5 kB\nCached: 15 kB\n';
    expect(machineMemory(text)).toEqual({
      totalBytes: 102_400,
      availableBytes: 40_960,
      swapTotalBytes: null,
      swapFreeBytes: null,
      slabReclaimableBytes: null,
    });
    expect(machineMemory(`${text}SReclaimable: 3 kB\n`)?.slabReclaimableBytes).toBe(3 * 1024);
    // lxcfs, of what it does not know.
    expect(machineMemory(`${text}SReclaimable: 0 kB\n`)?.slabReclaimableBytes).toBeNull();
    expect(machineMemory('MemTotal: 0 kB\nMemFree: 1 kB')).toBeNull();
    expect(machineMemory('MemTotal: 9 kB')).toBeNull();
    expect(machineMemory('MemTotal: 9 kB\nMemAvailable: 12 kB')?.availableBytes).toBe(9 * 1024);
  });

  it('reads stalls, with and without a line of "full"', () => {
    expect(stalls('some avg10=1.50 avg60=0.00\nfull avg10=0.75 avg60=0.00\n')).toEqual({ some: 1.5, full: 0.75 });
    expect(stalls('some avg10=40.00 avg60=0.00\n')).toEqual({ some: 40, full: null });
    expect(stalls('some avg10=..5')).toBeNull();
    expect(stalls('')).toBeNull();
  });

  it('reads a process whose name holds brackets and line ends', () => {
    expect(processStat('412 (a) b\n(c) S 7 1 1 0 -1 4 1 2 3 4 5 6 7 8 20 0 1 0 777 1\n')).toEqual({
      name: 'a) b\n(c',
      parentPid: 7,
      threads: 1,
      startTicks: 777,
      isZombie: false,
    });
    expect(processStat('412 (a) Z 7 1')?.isZombie).toBe(true);
    expect(processStat('412 no brackets')).toBeNull();
    expect(processStat(')(')).toBeNull();
  });

  it('reads uptime, machine time and limits of open files', () => {
    expect([uptimeSeconds('5000.25 9000.00\n'), uptimeSeconds('soon')]).toEqual([5000.25, null]);
    expect(machineCpuUs('cpu  100 20 30 4000 5 6 7 0 0 0\n')).toBe(1_630_000);
    expect([machineCpuUs('cpu x'), machineCpuUs('intr 1 2 3')]).toEqual([null, null]);
    expect(openFilesLimit('Max open files            1024                 1048576              files\n')).toBe(1024);
    expect(openFilesLimit('Max open files            unlimited            unlimited            files\n')).toBeNull();
  });
});
