import type { FixId, FixOutcome, ProcessTarget, RankedFix } from '../model/fix.ts';
import { fixTitles } from '../model/fix-title.ts';
import type { Clock, Log } from '../model/ports.ts';
import { Problem, toProblem } from '../model/problem.ts';
import type { FixChoices, FixPlan, RunFixOptions } from './contracts.ts';
import { planPatternFix } from './error-fixes/pattern-fix.ts';
import { planFix, runFix } from './fix-runner.ts';
import type { FixHost } from './fixes/fix.ts';
import type { Fleet } from './fleet.ts';
import { shortName } from './format.ts';
import type { SandboxRecord } from './sandbox-record.ts';

export interface FixDeskHost {
  readonly clock: Clock;
  /** Takes secrets out of what is written. */
  readonly log: Log;
  readonly formatTime: (atMs: number) => string;
  readonly fleet: Fleet;
  /** A fix has ended, whatever came of it. */
  fixDone(outcome: FixOutcome): void;
}

/** @param title what was asked for: the message may be read long after the button was pressed. */
const notNow = (title: string, { sandbox, phase }: SandboxRecord): Problem =>
  new Problem('conflict', `“${title}” is not possible while ${shortName(sandbox.name)} is ${phase}.`);

/** Connects the fixes to the sandboxes they are meant for. */
export class FixDesk {
  readonly #host: FixDeskHost;
  readonly #running = new Set<string>();

  constructor(host: FixDeskHost) {
    this.#host = host;
  }

  /** See `Supervisor.planFix`. */
  async plan(
    sandboxId: string,
    fixId: FixId,
    target: ProcessTarget | null,
    choices: FixChoices,
    signal?: AbortSignal,
  ): Promise<FixPlan> {
    const { clock, fleet } = this.#host;
    const record = fleet.record(sandboxId);
    if (record === null) throw new Problem('not-found', 'This sandbox is not known.');
    const { provider } = record;
    if (!record.supports.includes(fixId)) {
      throw new Problem('not-supported', `${provider.label} cannot do this.`);
    }
    if (!record.monitor.view(clock.now()).actions.includes(fixId)) {
      throw notNow(fixTitles[fixId], record);
    }
    const life = fleet.lifeOf(record);
    const both = signal === undefined ? life : AbortSignal.any([life, signal]);
    return planFix(this.#fixHost(record), fixId, target, choices, both);
  }

  /** See `Supervisor.planErrorFix`. */
  planFor(sandboxId: string, fix: RankedFix): FixPlan {
    const record = this.#host.fleet.record(sandboxId);
    if (record === null) throw new Problem('not-found', 'This sandbox is not known.');
    if (record.phase !== 'running') {
      throw notNow(fix.title, record);
    }
    return planPatternFix(this.#fixHost(record), fix);
  }

  /** See `Supervisor.runFix`. */
  async run(plan: FixPlan, options: RunFixOptions): Promise<FixOutcome> {
    const { clock, log, fleet, fixDone } = this.#host;
    const record = fleet.record(plan.sandboxId);
    const refusal = (text: string): FixOutcome => ({
      fixId: plan.fixId,
      sandboxId: plan.sandboxId,
      startedAtMs: clock.now(),
      endedAtMs: clock.now(),
      result: 'failed',
      text,
    });
    if (record === null) return refusal('This sandbox is not known any more. Refresh to see what there is.');
    const key = `${plan.fixId} ${plan.sandboxId}`;
    if (this.#running.has(key))
      return refusal('The same action is still under way for this sandbox. Wait for its end.');
    this.#running.add(key);
    try {
      const signal = AbortSignal.any([options.signal, fleet.lifeOf(record)]);
      if (plan.fixId === 'delete') {
        await record.keepLastWords(signal);
        record.deletionBegins();
      }
      const outcome = await runFix(this.#fixHost(record, options.adopted), plan, { ...options, signal }, (text) =>
        log.info(text),
      );
      fixDone(outcome);
      record.fixDone(outcome, plan.fingerprint);
      return outcome;
    } catch (error) {
      return refusal(toProblem(error).message);
    } finally {
      this.#running.delete(key);
    }
  }

  #fixHost(record: SandboxRecord, adopted?: RunFixOptions['adopted']): FixHost {
    const { clock, formatTime, fleet } = this.#host;
    return {
      clock,
      formatTime,
      provider: record.provider,
      sandbox: () => record.sandbox,
      view: () => record.monitor.view(clock.now()),
      look: async (signal) => {
        const phase = await record.look(signal);
        return phase === null || phase === 'gone' ? phase : record.sandbox;
      },
      adopt: (sandbox) => fleet.adopt(record, sandbox),
      isCurrent: () => fleet.current.id === record.id,
      handOverTo: (sandboxId) => {
        if (fleet.handOver(record, sandboxId)) adopted?.(sandboxId);
      },
      viewOf: (sandboxId) => fleet.record(sandboxId)?.monitor.view(clock.now()) ?? null,
    };
  }
}
