import { describe, expect, it } from 'vitest';
import { kernelNames, processName } from '../../../src/model/process-name.ts';

describe('names of processes', () => {
  it('calls Node by its name whatever its main thread is called', () => {
    expect(processName('MainThread')).toBe('node');
    expect(processName('node-MainThread')).toBe('node');
    expect(processName('node')).toBe('node');
    expect(processName('python3')).toBe('python3');
    expect(processName('toString')).toBe('toString');
  });

  it('knows every name the kernel may show for one', () => {
    for (const kernelName of kernelNames('node')) expect(processName(kernelName)).toBe('node');
    expect(kernelNames('node')).toContain('MainThread');
    expect(kernelNames('python3')).toEqual(['python3']);
    expect(kernelNames('constructor')).toEqual(['constructor']);
  });

  it('cuts a name where the kernel does, in bytes', () => {
    expect(kernelNames('a-very-long-process-name')).toEqual(['a-very-long-pro']);
    expect(kernelNames('ééééééé')).toEqual(['ééééééé']);
  });
});
