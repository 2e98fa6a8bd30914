import { describe, expect, it } from 'vitest';
import { formatCpuLimit, formatMemoryLimit, parseLimits } from '../../../../src/providers/opensandbox/limits.ts';

const mebibyte = 1024 ** 2;

describe('parseLimits', () => {
  it('reads what Docker prints', () => {
    const text = [
      'Container ID:   e3bf817de39b',
      'Memory:         1 MiB',
      '',
      'Resources:',
      '  CPU:          0.50 cores',
      '  Memory:       256 MiB',
      '  PIDs Limit:   4096',
      '',
      'Environment:',
      '  Memory:       9 GiB',
    ].join('\n');
    expect(parseLimits(text)).toEqual({ memoryBytes: 256 * mebibyte, cpuCores: 0.5, pids: 4096 });
  });

  it('takes an absent line as no limit', () => {
    expect(parseLimits('Resources:\r\n  PIDs Limit:   4096\r\n')).toEqual({
      memoryBytes: null,
      cpuCores: null,
      pids: 4096,
    });
    expect(parseLimits('Status: running')).toEqual({ memoryBytes: null, cpuCores: null, pids: null });
  });

  it('reads what Kubernetes prints, of the container that is the sandbox', () => {
    const text = [
      'Labels:',
      '  opensandbox.io/id=x',
      '',
      'Resources:',
      '  egress:',
      "    Limits:   {'cpu': '100m', 'memory': '64Mi'}",
      '  sandbox:',
      "    Requests: {'cpu': '250m', 'memory': '128Mi'}",
      "    Limits:   {'cpu': '1500m', 'memory': '512Mi', 'nvidia.com/gpu': '1'}",
    ].join('\n');
    expect(parseLimits(text)).toEqual({ memoryBytes: 512 * mebibyte, cpuCores: 1.5, pids: null });
    const first = text.replace('  sandbox:', '  main:');
    expect(parseLimits(first)).toEqual({ memoryBytes: 64 * mebibyte, cpuCores: 0.1, pids: null });
  });
});

describe('a quantity among the limits', () => {
  const quantity = (text: string): number | null => parseLimits(`Resources:\n  Memory:  ${text}\n`).memoryBytes;
  it.each([
    ['256 MiB', 256 * mebibyte],
    ['512Mi', 512 * mebibyte],
    ['1.5 GiB', 1.5 * 1024 ** 3],
    ['2G', 2e9],
    ['1k', 1000],
    ['100 B', 100],
    ['500m', 0.5],
    ['4096', 4096],
  ])('%s', (text, value) => {
    expect(quantity(text)).toBe(value);
  });

  it.each(['', '0', 'lots', '-1', '5 parsecs', '1e9', 'constructor', '1constructor'])('not %s', (text) => {
    expect(quantity(text)).toBeNull();
  });
});

describe('limits for a new sandbox', () => {
  it.each([
    [512 * mebibyte, '512Mi'],
    [512 * mebibyte + 1, '513Mi'],
    [1, '1Mi'],
  ])('%d bytes are %s', (bytes, text) => {
    expect(formatMemoryLimit(bytes)).toBe(text);
  });
  it.each([
    [2, '2'],
    [0.5, '500m'],
    [0.0001, '1m'],
  ])('%d cores are %s', (cores, text) => {
    expect(formatCpuLimit(cores)).toBe(text);
  });
});
