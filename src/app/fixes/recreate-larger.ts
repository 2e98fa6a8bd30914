import { ownLimit, ownSample } from '../../model/own-limit.ts';
import { Problem, toProblem } from '../../model/problem.ts';
import { isEnded, type Sandbox, type SandboxLimits } from '../../model/sandbox.ts';
import { abortable, within } from '../../model/wait.ts';
import type { FixChoices, FixParameters } from '../contracts.ts';
import { bytesText, durationText, shortName } from '../format.ts';
import { poll } from '../waiting.ts';
import {
  cannotTell,
  didNotWork,
  type Fix,
  type FixHost,
  type FixResult,
  type FixRun,
  need,
  worked,
  wrongPlan,
} from './fix.ts';
import { snapshotName, takeSnapshot } from './snapshot.ts';

const limitsMs = 10_000;
/** Looks at the new sandbox until it runs, one a second. */
const startLooks = 180;
/** Looks at the new sandbox's first samples, one a second. */
const sampleLooks = 20;
const leastLifetimeMs = 60_000;

const noLimits: SandboxLimits = { memoryBytes: null, cpuCores: null, pids: null };

/** The limits the system reports, or none where it cannot or does not answer. */
const reportedLimits = async (host: FixHost, sandboxId: string, signal: AbortSignal): Promise<SandboxLimits> => {
  const { actions } = host.provider;
  if (actions.limits === undefined) return noLimits;
  const read = need(host, actions.limits, 'tell the limits of a sandbox');
  try {
    return await within(host.clock, limitsMs, signal, (inner) => read(sandboxId, inner));
  } catch (error) {
    if (signal.aborted) throw error;
    // The samples know the limit too; without either, the caller says that it is not known.
    return noLimits;
  }
};

const wantedMemory = (present: number, choices: FixChoices): number => {
  const wanted = choices.memoryBytes ?? present * (choices.memoryFactor ?? 2);
  if (!(wanted > present)) {
    throw new Problem('invalid-request', `${bytesText(wanted)} is not more than the present ${bytesText(present)}.`);
  }
  return wanted;
};

/** The time the old one was given in all, so that the new one gets as much. */
const lifetime = ({ expiry, createdAtMs }: Sandbox): number | null =>
  expiry === null || createdAtMs === null ? null : Math.max(leastLifetimeMs, expiry.expiresAtMs - createdAtMs);

type Parameters = Extract<FixParameters, { kind: 'recreateLarger' }>;

const waitRunning = async (run: FixRun, made: Sandbox): Promise<Sandbox | null> => {
  if (made.phase === 'running') return made;
  return poll(run.clock, run.signal, 1000, startLooks, async () => {
    let found: Sandbox | null;
    try {
      found = await abortable(run.provider.find(made.id, run.signal), run.signal);
    } catch (error) {
      const problem = toProblem(error);
      if (problem.kind === 'aborted' || problem.kind === 'unauthorized') throw problem;
      return null;
    }
    if (found === null) return null;
    if (isEnded(found.phase)) {
      throw new Problem(
        'server-error',
        `The new sandbox ${shortName(found.name)} ended at once (${found.reason ?? found.rawState}).`,
      );
    }
    return found.phase === 'running' ? found : null;
  });
};

const checkLimit = async (run: FixRun, made: Sandbox, parameters: Parameters): Promise<FixResult> => {
  const from = bytesText(parameters.previousMemoryBytes);
  const runs = `The new sandbox ${shortName(made.name)} runs`;
  const kept = 'the old one is kept';
  run.progress('Checking the limit of the new sandbox');
  const { memoryBytes } = await reportedLimits(run, made.id, run.signal);
  const limit =
    memoryBytes ??
    (await poll(run.clock, run.signal, 1000, sampleLooks, () => {
      const view = run.viewOf(made.id);
      return view === null ? null : ownLimit(view);
    }));
  if (limit === null) return cannotTell(`${runs}, but its memory limit could not be read; ${kept}.`);
  // Kernels round a limit down to whole pages.
  if (limit <= parameters.previousMemoryBytes || limit < parameters.memoryBytes * 0.99) {
    return didNotWork(
      `${runs}, but with ${bytesText(limit)} instead of ${bytesText(parameters.memoryBytes)}; ${kept}.`,
    );
  }
  return worked(`${runs} with ${bytesText(limit)} of memory instead of ${from}; ${kept}.`);
};

/** Makes a new sandbox with more memory from a snapshot of the old one, which is kept. */
export const recreateLarger: Fix = {
  async plan(host, { choices, signal }) {
    need(host, host.provider.actions.snapshot, 'take snapshots');
    need(host, host.provider.actions.recreate, 'make a sandbox from a snapshot');
    const sandbox = host.sandbox();
    const limits = await reportedLimits(host, sandbox.id, signal);
    const present = limits.memoryBytes ?? ownLimit(host.view());
    if (present === null) {
      if (ownSample(host.view())?.memory?.limitBytes === null) {
        throw new Problem('unavailable-here', `${shortName(sandbox.name)} has no memory limit that could be raised.`, {
          nextStep: 'It may take all the memory of the machine it runs on; only a larger machine has more.',
        });
      }
      throw new Problem('unavailable-here', `The memory limit of ${shortName(sandbox.name)} is not known.`, {
        nextStep: 'Wait until its numbers arrive, then try again.',
      });
    }
    const memoryBytes = wantedMemory(present, choices);
    const lifetimeMs = lifetime(sandbox);
    const becomesCurrent = host.isCurrent();
    const until = lifetimeMs === null ? '' : `, for ${durationText(lifetimeMs)}`;
    return {
      title: `Recreate with ${bytesText(memoryBytes)}`,
      risk: 'destructive',
      steps: [
        `Ask ${host.provider.label} to save the files of ${shortName(sandbox.name)} as a snapshot.`,
        `Make a new sandbox from it with ${bytesText(memoryBytes)} of memory instead of ${bytesText(present)}${until}.`,
        `Wait until it runs${becomesCurrent ? ' and make it the current sandbox' : ''}. The old one is kept and goes on.`,
      ],
      losses: [
        'The new sandbox starts without the running processes and their memory; the files are kept.',
        'The new sandbox gets a new id and new addresses.',
      ],
      check: 'The limit of the new sandbox is read back.',
      parameters: {
        kind: 'recreateLarger',
        snapshotName: snapshotName(host),
        memoryBytes,
        previousMemoryBytes: present,
        cpuCores: limits.cpuCores,
        lifetimeMs,
        becomesCurrent,
      },
    };
  },

  async run(parameters, run) {
    if (parameters.kind !== 'recreateLarger') throw wrongPlan();
    const recreate = need(run, run.provider.actions.recreate, 'make a sandbox from a snapshot');
    const { metadata } = run.sandbox();
    const taken = await takeSnapshot(run, parameters.snapshotName);
    if (taken.state !== 'ready') {
      throw new Problem(
        'conflict',
        `The snapshot is ${taken.rawState}, not ready${taken.message === null ? '' : `: ${taken.message}`}.`,
      );
    }
    run.changing(`Making a sandbox with ${bytesText(parameters.memoryBytes)}`);
    const { memoryBytes, cpuCores, lifetimeMs } = parameters;
    const request = { snapshotId: taken.id, memoryBytes, cpuCores, lifetimeMs, metadata };
    const made = await abortable(recreate(request, run.signal), run.signal);
    run.done(`The new sandbox ${made.id} was made.`);
    run.adopt(made);
    run.progress('Waiting until the new sandbox runs');
    const running = await waitRunning(run, made);
    if (running === null) {
      return cannotTell(
        `The new sandbox ${shortName(made.name)} did not run within ${startLooks} s; the old one is kept.`,
      );
    }
    run.adopt(running);
    if (parameters.becomesCurrent) run.handOverTo(running.id);
    return checkLimit(run, running, parameters);
  },
};
