import { afterEach, describe, expect, it, vi } from 'vitest';
import { signalProcess } from '../../../../src/cli/recording/group-files.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

const refusing = (code: string): void => {
  vi.spyOn(process, 'kill').mockImplementation(() => {
    throw Object.assign(new Error(code), { code });
  });
};

describe('a signal', () => {
  it('finds a process that is there', () => {
    expect(signalProcess(process.pid, 0)).toBe(true);
  });

  it('takes one of another user for one that is there: its recording is not to be cleared away', () => {
    refusing('EPERM');
    expect(signalProcess(7, 0)).toBe(true);
  });

  it('knows one that ended', () => {
    refusing('ESRCH');
    expect(signalProcess(7, 0)).toBe(false);
  });
});
