import type { FixOutcome } from '../../model/fix.ts';
import { ownCores, ownLimit } from '../../model/own-limit.ts';
import { Problem } from '../../model/problem.ts';
import type { ProcessReading, Sample } from '../../model/sample.ts';
import {
  type HeapRuntime,
  heapRuntimeOf,
  heapShares,
  heapVariable,
  jobVariables,
  runtimeNames,
  type TerminalVariable,
  wholeHeap,
} from '../../model/terminal-limits.ts';
import type { TerminalEnvironment } from '../contracts.ts';
import { bytesText, percentText, shortName } from '../format.ts';
import { poll } from '../waiting.ts';
import { cannotTell, didNotWork, type Fix, type FixHost, type FixRun, worked, wrongPlan } from './fix.ts';

/** Looks at processes and samples afterwards, one a second: the list of processes comes every five. */
const looks = 30;
/** Limits read from a command line are rounded. */
const sameWithinBytes = 1024 ** 2;
/** Throttled in more than this share of its periods it is slowed; below the other one it is not. */
const slowedFrom = 0.25;
const freeBelow = 0.05;

const hereOnly = (host: FixHost): void => {
  if (!host.view().actions.includes('setHeapLimit')) {
    throw new Problem('not-supported', `The terminals of this editor do not run in ${shortName(host.sandbox().name)}.`);
  }
};

const terminalsOf = (run: FixRun): TerminalEnvironment => {
  const terminals = run.hands?.terminals;
  if (terminals === undefined) throw new Problem('unavailable-here', 'Only the editor can change its terminals.');
  return terminals;
};

/** Sets the variables and reads them back. @returns what is not as it should be, or null. */
const setAll = (run: FixRun, variables: readonly TerminalVariable[]): FixOutcome['text'] | null => {
  const terminals = terminalsOf(run);
  terminals.set(variables);
  const wrong = variables.find(({ name, value }) => terminals.get(name) !== value);
  if (wrong === undefined) return null;
  return `${wrong.name} was set for new terminals, but is ${terminals.get(wrong.name) ?? 'not set'} when it is read back.`;
};

const variableText = ({ name, value }: TerminalVariable): string => `${name}=${value.trim()}`;

const processLabel = ({ name, pid }: ProcessReading): string => `${shortName(name)} (pid ${pid})`;

/** The program that grows, else the largest one that reads a limit. */
const runtimeHere = (host: FixHost): HeapRuntime | null => {
  const { leading, processes } = host.view();
  const grower = processes.find(({ pid }) => pid === leading?.grower?.pid);
  const first = grower === undefined ? null : heapRuntimeOf(grower);
  return first ?? processes.map(heapRuntimeOf).find((runtime) => runtime !== null) ?? null;
};

const defaultHeap = (host: FixHost): { readonly runtime: HeapRuntime; readonly limitBytes: number } => {
  const runtime = runtimeHere(host);
  const limitBytes = ownLimit(host.view());
  if (runtime === null || limitBytes === null) {
    throw new Problem('invalid-request', 'Which programs the limit is for, and how high it is to be, is not known.');
  }
  return { runtime, limitBytes: wholeHeap(limitBytes * (heapShares[0] ?? 1)) };
};

/** Gives programs that are started in new terminals a heap limit, and looks whether one then runs with it. */
export const setHeapLimit: Fix = {
  async plan(host, { choices }) {
    hereOnly(host);
    const { runtime, limitBytes } = choices.heap ?? defaultHeap(host);
    const variable = heapVariable(runtime, limitBytes);
    const name = runtimeNames[runtime];
    const present = host.view().processes.filter((process) => heapRuntimeOf(process) === runtime);
    const running = present
      .slice(0, 3)
      .map((one) => `${processLabel(one)}: ${one.heapLimit === null ? 'none' : bytesText(one.heapLimit.limitBytes)}`);
    return {
      title: `Limit ${name} to ${bytesText(limitBytes)}`,
      risk: 'confirm',
      steps: [
        `Set ${variableText(variable)} for every new terminal of this editor.`,
        'Open a new terminal, to start the program in again. What runs already keeps the limit it has.',
        ...(running.length === 0 ? [] : [`Limits now: ${running.join(', ')}.`]),
      ],
      losses: [],
      check: `The setting is read back; then a program that runs with it is looked for, for ${looks} s.`,
      parameters: { kind: 'setHeapLimit', runtime, limitBytes, variable },
    };
  },

  async run(parameters, run) {
    if (parameters.kind !== 'setHeapLimit') throw wrongPlan();
    const { runtime, limitBytes, variable } = parameters;
    const name = runtimeNames[runtime];
    const limit = bytesText(limitBytes);
    const hasIt = (process: ProcessReading): boolean =>
      heapRuntimeOf(process) === runtime &&
      process.heapLimit !== null &&
      Math.abs(process.heapLimit.limitBytes - limitBytes) <= sameWithinBytes;
    const before = new Set(
      run
        .view()
        .processes.filter(hasIt)
        .map(({ pid }) => pid),
    );
    run.changing('Setting it for new terminals');
    const wrong = setAll(run, [variable]);
    if (wrong !== null) return didNotWork(wrong);
    run.done(`New terminals start ${name} with at most ${limit} in every new terminal.`);
    terminalsOf(run).open();
    run.progress(`Start the program again in the new terminal: waiting for one with ${limit}`);
    const started = await poll(run.clock, run.signal, 1000, looks, () => {
      const process = run.view().processes.find((one) => hasIt(one) && !before.has(one.pid));
      return process ?? null;
    });
    if (started !== null)
      return worked(`${processLabel(started)} runs with at most ${limit}, as set for new terminals.`);
    const old = run.view().processes.find((one) => heapRuntimeOf(one) === runtime && !hasIt(one));
    const rest =
      old === undefined
        ? `no program with it was seen within ${looks} s`
        : `${processLabel(old)} still runs with ${old.heapLimit === null ? 'no limit' : bytesText(old.heapLimit.limitBytes)} until it is started again`;
    return cannotTell(`${name} gets at most ${limit} in every new terminal; ${rest}.`);
  },
};

const throttledIn = (sample: Sample | null): number | null => sample?.cpu?.throttledRatio ?? null;

const coresText = (sample: Sample | null): string => {
  const cpu = sample?.cpu;
  if (cpu === undefined) return 'what it uses is not known';
  const limit = cpu.limitCores === null ? '' : ` of ${Number(cpu.limitCores.toFixed(2))}`;
  return `it uses ${cpu.usedCores.toFixed(1)}${limit} cores`;
};

/** Lets known tools in new terminals run fewer jobs at a time. */
export const lowerParallelism: Fix = {
  async plan(host, { choices }) {
    hereOnly(host);
    const cores = ownCores(host.view());
    const jobs = choices.jobs ?? (cores === null ? 1 : Math.max(1, Math.floor(cores / 2)));
    const variables = jobVariables(jobs);
    return {
      title: jobs === 1 ? 'Run one job at a time' : `Run ${jobs} jobs at a time`,
      risk: 'confirm',
      steps: [
        `Set ${variables.map(variableText).join(', ')} for every new terminal of this editor.`,
        'Open a new terminal, to start the work in again. What runs already goes on as it does.',
      ],
      losses: [],
      check: `The settings are read back; then it is looked whether the work goes on without being slowed, for ${looks} s.`,
      parameters: { kind: 'lowerParallelism', jobs, variables },
    };
  },

  async run(parameters, run) {
    if (parameters.kind !== 'lowerParallelism') throw wrongPlan();
    const { jobs, variables } = parameters;
    const { sample: before } = run.view();
    const slowed = throttledIn(before);
    run.changing('Setting it for new terminals');
    const wrong = setAll(run, variables);
    if (wrong !== null) return didNotWork(wrong);
    const set = `Tools run ${jobs === 1 ? 'one job' : `${jobs} jobs`} at a time in every new terminal`;
    run.done(`${set}.`);
    terminalsOf(run).open();
    if (slowed === null || slowed <= slowedFrom) {
      return cannotTell(`${set}; ${coresText(before)} now, and what runs already goes on as it does.`);
    }
    run.progress('Start the work again in the new terminal: waiting for it to go on unslowed');
    // Work that has ended is not slowed either: only what goes on counts.
    const freed = await poll(run.clock, run.signal, 1000, looks, () => {
      const { sample } = run.view();
      const share = throttledIn(sample);
      const works = (sample?.cpu?.usedCores ?? 0) >= 0.5;
      return sample !== before && share !== null && share < freeBelow && works ? { sample, share } : null;
    });
    const from = `slowed in ${percentText(slowed)} of its periods`;
    if (freed !== null) {
      return worked(
        `${set}: it was ${from} and is in ${percentText(freed.share)} now, while ${coresText(freed.sample)}.`,
      );
    }
    return cannotTell(`${set}; it was ${from}, and what runs already goes on as it does until it is started again.`);
  },
};
