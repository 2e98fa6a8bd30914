import { type ProcessTarget, withStart } from '../../model/fix.ts';
import type { ProcessSignal } from '../../model/ports.ts';
import { Problem } from '../../model/problem.ts';
import { kernelNames } from '../../model/process-name.ts';
import { abortable } from '../../model/wait.ts';
import { bytesText, shortName } from '../format.ts';
import { poll } from '../waiting.ts';
import { didNotWork, type Fix, type FixHost, type FixResult, type FixRun, need, wrongPlan } from './fix.ts';
import { checkPressure, pressureBefore, pressureCheck } from './pressure-check.ts';
import { readSignalAnswer, type SignalAnswer, signalArgv } from './process-script.ts';

const execMs = 10_000;
/** Looks at the process after TERM, one a second. */
const termLooks = 5;
const killLooks = 3;

const label = (target: ProcessTarget): string => `${shortName(target.name)} (pid ${target.pid})`;

const refuse = (target: ProcessTarget): void => {
  if (!Number.isSafeInteger(target.pid) || target.pid <= 0) {
    throw new Problem('invalid-request', `${target.pid} is not the number of a process.`);
  }
  if (target.pid === 1) {
    throw new Problem(
      'invalid-request',
      `${label(target)} is the sandbox’s main process: ending it ends the sandbox.`,
      {
        nextStep: 'Delete the sandbox if that is meant.',
      },
    );
  }
};

const send = async (run: FixRun, target: ProcessTarget, signal: ProcessSignal): Promise<SignalAnswer> => {
  const { actions } = run.provider;
  if (actions.signalProcess !== undefined) {
    return abortable(actions.signalProcess(run.sandbox().id, target, signal, run.signal), run.signal);
  }
  const exec = need(run, actions.exec, 'run commands in a sandbox');
  const argv = signalArgv(target, signal);
  const result = await abortable(exec(run.sandbox().id, argv, execMs, run.signal), run.signal);
  return readSignalAnswer(result.exitCode, result.stdout);
};

/** @returns whether the process is gone within `looks` seconds. */
const waitGone = async (run: FixRun, target: ProcessTarget, looks: number): Promise<boolean> => {
  const gone = await poll(run.clock, run.signal, 1000, looks, async () => {
    const answer = await send(run, target, '0');
    // Another process under this pid means that ours has ended.
    return answer.kind === 'gone' || answer.kind === 'other-process' ? true : null;
  });
  return gone === true;
};

/** @param name of the process that has the pid by now, as the kernel tells it; empty when it is not known. */
const takenText = (name: string, target: ProcessTarget): string =>
  kernelNames(target.name).includes(name)
    ? `Pid ${target.pid} is now another ${shortName(target.name)}, which started later`
    : `Pid ${target.pid} is now ${name === '' ? 'another program' : shortName(name)}, not ${shortName(target.name)}`;

/** The outcome when no signal was sent, or null when it was. */
const unsent = (answer: SignalAnswer, target: ProcessTarget): FixResult | null => {
  switch (answer.kind) {
    case 'signalled':
      return null;
    case 'gone':
      return didNotWork(`${label(target)} had already ended; nothing was done.`);
    case 'other-process':
      return didNotWork(`${takenText(answer.name, target)}; nothing was ended.`);
    case 'not-allowed':
      throw new Problem('forbidden', `The sandbox did not allow ${label(target)} to be ended.`, {
        nextStep: 'Open a terminal as the user it belongs to.',
      });
    case 'unclear':
      throw new Problem(
        'unavailable-here',
        `The command that ends ${label(target)} failed (exit code ${answer.exitCode ?? 'unknown'}).`,
        {
          nextStep: 'Open a terminal and end it there.',
        },
      );
  }
};

const rssOf = (host: FixHost, target: ProcessTarget): number | null =>
  host.view().processes.find((one) => one.pid === target.pid && one.name === target.name)?.rssBytes ?? null;

/** Ends one process by its pid, if it still is the one that was meant (pids are used again), and checks whether that helped. */
export const endProcess: Fix = {
  async plan(host, { target: named }) {
    const { signalProcess, exec } = host.provider.actions;
    if (signalProcess === undefined) need(host, exec, 'run commands in a sandbox');
    if (named === null) throw new Problem('invalid-request', 'No process was named.');
    refuse(named);
    const target = withStart(named, host.view().processes);
    const rssBytes = rssOf(host, target);
    const holds = rssBytes === null ? '' : `, which holds ${bytesText(rssBytes)}`;
    return {
      title: `End ${label(target)}`,
      risk: 'confirm',
      steps: [
        `Check inside ${shortName(host.sandbox().name)} that pid ${target.pid} still is ${shortName(target.name)}.`,
        `Ask ${label(target)}${holds}, to end (SIGTERM) and wait up to ${termLooks} s.`,
        'If it still runs then, end it by force (SIGKILL).',
      ],
      losses: [`What ${label(target)} has not saved is lost; nothing else is.`],
      check: pressureCheck(target),
      parameters: { kind: 'endProcess', target },
    };
  },

  async run(parameters, run) {
    if (parameters.kind !== 'endProcess') throw wrongPlan();
    const { target } = parameters;
    refuse(target);
    const before = pressureBefore(run.view(), target, rssOf(run, target));
    run.changing(`Asking ${label(target)} to end`);
    const nothingSent = unsent(await send(run, target, 'TERM'), target);
    if (nothingSent !== null) return nothingSent;
    run.done(`${label(target)} was asked to end.`);
    run.progress(`Waiting for ${label(target)} to end`);
    if (!(await waitGone(run, target, termLooks))) {
      run.changing(`Ending ${label(target)} by force`);
      const answer = await send(run, target, 'KILL');
      if (answer.kind === 'not-allowed' || answer.kind === 'unclear') unsent(answer, target);
      run.done(`${label(target)} was ended by force.`);
      run.progress(`Waiting for ${label(target)} to end`);
      if (!(await waitGone(run, target, killLooks))) {
        return didNotWork(`${label(target)} still runs ${killLooks} s after it was ended by force.`);
      }
    }
    run.progress(`Checking whether ${before.measure.name} falls`);
    return checkPressure(run, target, before);
  },
};
