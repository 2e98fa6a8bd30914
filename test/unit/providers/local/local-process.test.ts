import { describe, expect, it } from 'vitest';
import { signalLocalProcess } from '../../../../src/providers/local/local-process.ts';
import { filesOf } from './fixture-files.ts';

describe('ending a process', () => {
  const stat = (name: string, state = 'S') => `412 (${name}) ${state} 1 1 1 0\n`;
  const at = (text: string) => filesOf({ '/proc/412/stat': text });
  const target = { pid: 412, name: 'node' };

  it('signals the one that was meant, also under the name of its main thread', async () => {
    const sent: unknown[] = [];
    for (const name of ['node', 'MainThread', 'node-MainThread']) {
      expect(await signalLocalProcess(at(stat(name)), target, 'TERM', (...args) => void sent.push(args))).toEqual({
        kind: 'signalled',
      });
    }
    await signalLocalProcess(at(stat('node')), target, 'KILL', (...args) => void sent.push(args));
    await signalLocalProcess(at(stat('node')), target, '0', (...args) => void sent.push(args));
    expect(sent).toEqual([...Array(3).fill([412, 'SIGTERM']), [412, 'SIGKILL'], [412, 0]]);
  });

  it('leaves one alone that took the pid and has the same name, but started later', async () => {
    const started = (ticks: number) => at(`412 (node) S 1 ${'0 '.repeat(17)}${ticks} 0\n`);
    const sent: unknown[] = [];
    const send = (ticks: number) =>
      signalLocalProcess(started(ticks), { ...target, startTicks: 900 }, 'TERM', (...args) => void sent.push(args));
    expect(await send(901)).toEqual({ kind: 'other-process', name: 'node' });
    expect(sent).toEqual([]);
    expect(await send(900)).toEqual({ kind: 'signalled' });
    expect(sent).toEqual([[412, 'SIGTERM']]);
  });

  it('leaves another one alone, and tells an end from a refusal', async () => {
    const never = (): void => {
      throw new Error('a signal was sent');
    };
    expect(await signalLocalProcess(at(stat('java')), target, 'TERM', never)).toEqual({
      kind: 'other-process',
      name: 'java',
    });
    expect(await signalLocalProcess(at(stat('node', 'Z')), target, 'TERM', never)).toEqual({ kind: 'gone' });
    expect(await signalLocalProcess(filesOf({}), target, 'TERM', never)).toEqual({ kind: 'gone' });
    const failing = (code: string) => (): never => {
      throw Object.assign(new Error(code), { code });
    };
    expect(await signalLocalProcess(at(stat('node')), target, 'TERM', failing('ESRCH'))).toEqual({ kind: 'gone' });
    expect(await signalLocalProcess(at(stat('node')), target, 'TERM', failing('EPERM'))).toEqual({
      kind: 'not-allowed',
    });
    await expect(signalLocalProcess(at(stat('node')), target, 'TERM', failing('EINVAL'))).rejects.toThrow('EINVAL');
  });

  it('never ends the first process, the editor, or a group', async () => {
    for (const pid of [1, 0, -1, process.pid, process.ppid, 1.5]) {
      const meant = { pid, name: 'node' };
      await expect(signalLocalProcess(at(''), meant, 'KILL')).rejects.toMatchObject({ kind: 'invalid-request' });
    }
  });
});
