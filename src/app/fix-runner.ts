import { type AnyFixId, type FixId, type FixOutcome, isPatternFixId, type ProcessTarget } from '../model/fix.ts';
import { Problem, toProblem } from '../model/problem.ts';
import { abortable } from '../model/wait.ts';
import type { FixChoices, FixParameters, FixPlan, RunFixOptions } from './contracts.ts';
import { patternFix } from './error-fixes/pattern-fix.ts';
import { clearCaches } from './fixes/clear-caches.ts';
import { endProcess } from './fixes/end-process.ts';
import { extend } from './fixes/extend.ts';
import type { Fix, FixHost, FixResult } from './fixes/fix.ts';
import { showLargestFolders } from './fixes/largest-folders.ts';
import { pause, remove, resume } from './fixes/phase-change.ts';
import { recreateLarger } from './fixes/recreate-larger.ts';
import { shortenLogs } from './fixes/shorten-logs.ts';
import { saveSnapshot } from './fixes/snapshot.ts';
import { lowerParallelism, setHeapLimit } from './fixes/terminal-limits.ts';

const fixes: Record<Exclude<FixParameters['kind'], 'pattern'>, Fix> = {
  extend,
  snapshot: saveSnapshot,
  endProcess,
  setHeapLimit,
  lowerParallelism,
  clearCaches,
  shortenLogs,
  showLargestFolders,
  recreateLarger,
  pause,
  resume,
  delete: remove,
};

const fixOf = (id: FixId): Fix => {
  if (id === 'openTerminal' || id === 'showDetails') {
    throw new Problem('not-supported', 'This is done by the editor itself.');
  }
  return fixes[id];
};

const runnerOf = (id: AnyFixId): Pick<Fix, 'run'> => (isPatternFixId(id) ? patternFix : fixOf(id));

/** Works out what a fix would do. The risk the monitor gave its offer is kept. Throws `Problem`. */
export const planFix = async (
  host: FixHost,
  fixId: FixId,
  target: ProcessTarget | null,
  choices: FixChoices,
  signal: AbortSignal,
): Promise<FixPlan> => {
  const planned = await abortable(fixOf(fixId).plan(host, { target, choices, signal }), signal);
  const offer = host.view().fixes.find((one) => one.id === fixId);
  const fingerprint = choices.fingerprint ?? null;
  return { fixId, sandboxId: host.sandbox().id, fingerprint, ...planned, risk: offer?.risk ?? planned.risk };
};

const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);

/**
 * Carries out a plan and checks what came of it. Never throws.
 * @param output is given what commands said
 */
export const runFix = async (
  host: FixHost,
  plan: FixPlan,
  options: RunFixOptions,
  output: (text: string) => void = () => undefined,
): Promise<FixOutcome> => {
  const { clock } = host;
  const startedAtMs = clock.now();
  const done: string[] = [];
  let changing: string | null = null;
  const ended = ({ result, text }: FixResult): FixOutcome => ({
    fixId: plan.fixId,
    ...(isPatternFixId(plan.fixId) ? { title: plan.title } : {}),
    sandboxId: plan.sandboxId,
    startedAtMs,
    // A clock that was set back meanwhile must not make a fix that ends before it began.
    endedAtMs: Math.max(startedAtMs, clock.now()),
    result,
    text,
  });
  const soFar = (): string => (done.length === 0 ? '' : ` Done until then: ${done.join(' ')}`);

  try {
    if (options.signal.aborted) throw new Problem('aborted', 'It was cancelled.');
    const result = await runnerOf(plan.fixId).run(plan.parameters, {
      ...host,
      signal: options.signal,
      hands: options.hands,
      output,
      progress: (text) => {
        changing = null;
        options.progress(text);
      },
      changing: (text) => {
        changing = text;
        options.progress(text);
      },
      done: (text) => {
        changing = null;
        done.push(text);
      },
    });
    return ended(result);
  } catch (error) {
    const problem = toProblem(error);
    if (options.signal.aborted) {
      const open = changing === null ? '' : ` The server may still carry out: ${changing}.`;
      const nothing = changing === null && done.length === 0 ? ' Nothing was changed.' : '';
      return ended({ result: 'cancelled', text: `It was cancelled.${open}${nothing}${soFar()}` });
    }
    const next = problem.nextStep === null ? '' : ` ${sentence(problem.nextStep)}`;
    return ended({ result: 'failed', text: `${sentence(problem.message)}${next}${soFar()}` });
  }
};
