import { isEnded, type Phase, type Sandbox } from '../../model/sandbox.ts';
import { abortable } from '../../model/wait.ts';
import type { FixPlan } from '../contracts.ts';
import { durationText, shortName } from '../format.ts';
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

/** Looks at the sandbox after the request, one a second. */
const looks = 60;

/** Asks until the sandbox is as wanted. @returns the phase it has at the end, or null when the server did not answer any more. */
const waitFor = async (
  run: FixRun,
  wanted: (seen: Sandbox | 'gone') => boolean,
): Promise<{ reached: boolean; seen: Phase | 'gone' | null }> => {
  const answers: (Sandbox | 'gone' | null)[] = [];
  const look = async (): Promise<true | null> => {
    const seen = await run.look(run.signal);
    answers.push(seen);
    return seen !== null && wanted(seen) ? true : null;
  };
  const reached = (await look()) ?? (await poll(run.clock, run.signal, 1000, looks, look));
  const last = answers.at(-1) ?? null;
  return { reached: reached === true, seen: last === null || last === 'gone' ? last : last.phase };
};

const outcome = (
  { reached, seen }: { reached: boolean; seen: Phase | 'gone' | null },
  good: string,
  name: string,
): FixResult => {
  if (reached) return worked(good);
  if (seen === null)
    return cannotTell(`The server accepted it, but did not say within ${looks} s what became of ${name}.`);
  return didNotWork(`After ${looks} s ${name} is ${seen === 'gone' ? 'gone' : seen}.`);
};

type Step = Pick<FixPlan, 'title' | 'risk' | 'steps' | 'losses' | 'check'>;

const simple = (
  kind: 'pause' | 'resume' | 'delete',
  what: string,
  doing: string,
  words: (host: FixHost, name: string) => Step,
  finished: (run: FixRun, name: string) => Promise<FixResult>,
): Fix => ({
  async plan(host) {
    need(host, host.provider.actions[kind], what);
    return { ...words(host, shortName(host.sandbox().name)), parameters: { kind } };
  },
  async run(parameters, run) {
    if (parameters.kind !== kind) throw wrongPlan();
    const act = need(run, run.provider.actions[kind], what);
    const { id } = run.sandbox();
    const name = shortName(run.sandbox().name);
    run.changing(`${doing} ${name}`);
    await abortable(act(id, run.signal), run.signal);
    run.done('The server accepted the request.');
    run.progress('Waiting until it is done');
    return finished(run, name);
  },
});

/** Stops the sandbox's processes for now. */
export const pause = simple(
  'pause',
  'pause sandboxes',
  'Pausing',
  (host, name) => {
    const { pauseKeepsMemory, expiresWhilePaused } = host.provider.capabilities;
    const { expiry } = host.sandbox();
    const clock =
      expiresWhilePaused && expiry !== null
        ? [
            `Its clock runs on: it still ends at ${host.formatTime(expiry.expiresAtMs)}, in ${durationText(expiry.expiresAtMs - host.clock.now())}.`,
          ]
        : [];
    return {
      title: `Pause ${name}`,
      risk: 'confirm',
      steps: [`Ask ${host.provider.label} to pause ${name}: nothing in it runs until it is resumed.`, ...clock],
      losses: pauseKeepsMemory ? [] : ['Running processes and memory are lost; the files are kept.'],
      check: 'The server is asked until it reports the sandbox as paused.',
    };
  },
  async (run, name) =>
    outcome(await waitFor(run, (seen) => seen !== 'gone' && seen.phase === 'paused'), `${name} is paused.`, name),
);

/** Lets a paused sandbox go on. */
export const resume = simple(
  'resume',
  'resume sandboxes',
  'Resuming',
  (host, name) => ({
    title: `Resume ${name}`,
    risk: 'safe',
    steps: [`Ask ${host.provider.label} to let ${name} go on.`],
    losses: [],
    check: 'The server is asked until it reports the sandbox as running.',
  }),
  async (run, name) =>
    outcome(await waitFor(run, (seen) => seen !== 'gone' && seen.phase === 'running'), `${name} runs again.`, name),
);

/** Ends the sandbox for good. */
export const remove = simple(
  'delete',
  'delete sandboxes',
  'Deleting',
  (host, name) => ({
    title: `Delete ${name}`,
    risk: 'destructive',
    steps: [`Ask ${host.provider.label} to delete ${name}.`],
    losses: ['All its files, running processes and memory are lost; only snapshots stay.'],
    check: 'The server is asked until it does not know the sandbox any more.',
  }),
  async (run, name) => {
    const result = await waitFor(run, (seen) => seen === 'gone' || isEnded(seen.phase));
    return outcome(result, `${name} is deleted.`, name);
  },
);
