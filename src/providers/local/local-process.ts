import type { ProcessTarget } from '../../model/fix.ts';
import type { FileReader, ProcessSignal, ProcessSignalAnswer } from '../../model/ports.ts';
import { Problem } from '../../model/problem.ts';
import { kernelNames } from '../../model/process-name.ts';
import { plainName, processStat } from './figures.ts';

/** People are shown a name without what a terminal or a page could trip over. */
const isNamed = (actual: string, wanted: string): boolean => kernelNames(wanted).includes(plainName(actual));

const mostAncestors = 24;

/** This process, in which the extension runs, and everything it descends from but the first process: to end one of them is to end the editor. */
export const editorProcesses = async (files: FileReader): Promise<readonly number[]> => {
  const pids = [process.pid];
  for (let pid = process.ppid; pid > 1 && pids.length < mostAncestors && !pids.includes(pid); ) {
    pids.push(pid);
    pid = processStat(await files.text(`/proc/${pid}/stat`, 4096))?.parentPid ?? 0;
  }
  return pids;
};

/** Sends a signal; replaced in tests. */
export type Send = (pid: number, signal: 'SIGTERM' | 'SIGKILL' | 0) => void;

const sendBySystem: Send = (pid, signal) => {
  process.kill(pid, signal);
};

/**
 * Signals a process of this computer if it still is the one that was meant: pids are used again. Between the look and the signal a few
 * microseconds pass, in which the kernel would have to go once through all numbers to hit another one.
 */
export const signalLocalProcess = async (
  files: FileReader,
  target: ProcessTarget,
  kind: ProcessSignal,
  send: Send = sendBySystem,
): Promise<ProcessSignalAnswer> => {
  const { pid, name, startTicks } = target;
  if (!Number.isSafeInteger(pid) || pid <= 1) throw new Problem('invalid-request', `${pid} may not be ended.`);
  if ((await editorProcesses(files)).includes(pid)) {
    throw new Problem('invalid-request', `${name} (pid ${pid}) is the editor itself.`, {
      nextStep: 'Close the editor if that is meant.',
    });
  }
  const stat = processStat(await files.text(`/proc/${pid}/stat`, 4096));
  if (stat === null || stat.isZombie) return { kind: 'gone' };
  const isLater = startTicks !== undefined && stat.startTicks !== startTicks;
  if (isLater || !isNamed(stat.name, name)) return { kind: 'other-process', name: stat.name };
  try {
    send(pid, kind === '0' ? 0 : kind === 'TERM' ? 'SIGTERM' : 'SIGKILL');
    return { kind: 'signalled' };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === 'ESRCH') return { kind: 'gone' };
    if (code === 'EPERM') return { kind: 'not-allowed' };
    throw error;
  }
};
