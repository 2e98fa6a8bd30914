import type { RecognisedError } from '../model/error-event.ts';
import type { FixOutcome } from '../model/fix.ts';
import type {
  CommandPeaks,
  CommandRun,
  DiagnosticsNote,
  ErrorCount,
  ErrorDay,
  FixRecord,
  ForgetOutcome,
  HistoryBounds,
  HistoryQuery,
  HistoryStatus,
  HistoryStore,
  RememberedSandbox,
} from '../model/history.ts';
import type { Incident, LifecycleTransition } from '../model/incident.ts';
import type { Log } from '../model/ports.ts';
import type { Sample } from '../model/sample.ts';
import type { Sandbox } from '../model/sandbox.ts';
import type { Warning } from '../model/warning.ts';
import { createBreath } from './breath.ts';
import { Courier } from './courier.ts';
import {
  encodeCommand,
  encodeDiagnostics,
  encodeFix,
  encodeIncident,
  encodeSandbox,
  encodeTransition,
  encodeWarning,
} from './encode.ts';
import type { Entry } from './entries.ts';
import { parseJson } from './json.ts';
import type { HistoryOptions } from './options.ts';
import type { Question } from './protocol.ts';
import type { Redactor } from './redactor.ts';
import { sampleOrder } from './sample-order.ts';
import { eachSample } from './sample-pack.ts';
import {
  answeredError,
  answeredErrorDay,
  answeredFix,
  answeredSandbox,
  storedCommand,
  storedDiagnostics,
  storedIncident,
  storedTransition,
  storedWarning,
} from './stored.ts';

export type { HistoryOptions } from './options.ts';

/** The store, with what commands took before. */
export interface History extends HistoryStore {
  readonly peaks: CommandPeaks;
}

const mostRows = 100_000;

/**
 * Opens the history. Returns at once: no file is touched and no thread started before the next turn of the event loop, and all reading
 * and writing is done in a worker thread.
 */
export const openHistory = (options: HistoryOptions): History => new WorkerHistory(options);

class WorkerHistory implements History {
  readonly peaks: CommandPeaks;
  readonly #courier: Courier;
  readonly #redactor: Redactor;
  readonly #log: Log;

  constructor(options: HistoryOptions) {
    this.#courier = new Courier(options);
    this.#redactor = this.#courier.redactor;
    this.peaks = this.#courier.peaks;
    this.#log = options.log;
  }

  recordSandbox(sandbox: Sandbox, atMs: number, place: string | null = null, workspace: string | null = null): void {
    this.#record(() => encodeSandbox(this.#redactor, sandbox, atMs, { place, workspace }));
  }

  recordTransition(sandbox: Sandbox, transition: LifecycleTransition): void {
    this.#record(() => encodeTransition(this.#redactor, sandbox.id, transition));
  }

  recordWarning(warning: Warning): void {
    this.#record(() => encodeWarning(this.#redactor, warning));
  }

  recordIncident(incident: Incident): void {
    this.#courier.add(() => encodeIncident(this.#redactor, incident));
  }

  withdrawIncident(incidentId: string): void {
    this.#record(() => ({ k: 'withdraw', id: this.#redactor.id(incidentId) }));
  }

  recordFix(outcome: FixOutcome, fingerprint: string | null, workspace: string | null = null): void {
    this.#record(() => encodeFix(this.#redactor, outcome, fingerprint, workspace));
  }

  recordError(sandboxId: string, error: RecognisedError, workspace: string | null = null): void {
    this.#courier.addError(sandboxId, error, workspace);
  }

  recordCommand(run: CommandRun): void {
    this.#record(() => encodeCommand(this.#redactor, run));
  }

  recordSample(sample: Sample): void {
    this.#courier.addSample(sample);
  }

  recordDiagnostics(note: DiagnosticsNote): void {
    this.#record(() => encodeDiagnostics(this.#redactor, note));
  }

  sandboxes(query: HistoryQuery): Promise<readonly RememberedSandbox[]> {
    return this.#collect({ ask: 'sandboxes', query: this.#clean(query) }, (text) => readAs(answeredSandbox, text));
  }

  transitions(query: HistoryQuery): Promise<readonly (LifecycleTransition & { readonly sandboxId: string })[]> {
    return this.#collect({ ask: 'transitions', query: this.#clean(query) }, (text) => readAs(storedTransition, text));
  }

  warnings(query: HistoryQuery): Promise<readonly Warning[]> {
    return this.#collect({ ask: 'warnings', query: this.#clean(query) }, (text) => readAs(storedWarning, text));
  }

  async incidents(query: HistoryQuery & { readonly withoutSamples?: boolean }): Promise<readonly Incident[]> {
    const question: Question = {
      ask: 'incidents',
      query: this.#clean(query),
      withSamples: query.withoutSamples !== true,
    };
    const incidents: (Incident & { readonly samples: Sample[] })[] = [];
    let current: { readonly samples: Sample[] } | null = null;
    const breath = createBreath();
    for await (const text of this.#texts(question)) {
      if (text.startsWith('{"v":')) {
        for (const sample of eachSample(text)) {
          current?.samples.push(sample);
          await breath();
        }
        continue;
      }
      const head = readAs(storedIncident, text);
      current = null;
      if (head === null) continue;
      const incident = { ...head, samples: [] };
      incidents.push(incident);
      current = incident;
    }
    return incidents;
  }

  errors(query: HistoryQuery, nowMs: number): Promise<readonly ErrorCount[]> {
    return this.#collect({ ask: 'errors', query: this.#clean(query), nowMs }, (text) => readAs(answeredError, text));
  }

  errorDays(query: HistoryQuery): Promise<readonly ErrorDay[]> {
    return this.#collect({ ask: 'error-days', query: this.#clean(query) }, (text) => readAs(answeredErrorDay, text));
  }

  fixes(query: HistoryQuery): Promise<readonly FixRecord[]> {
    return this.#collect({ ask: 'fixes', query: this.#clean(query) }, (text) => readAs(answeredFix, text));
  }

  commands(query: HistoryQuery): Promise<readonly CommandRun[]> {
    return this.#collect({ ask: 'commands', query: this.#clean(query) }, (text) => readAs(storedCommand, text));
  }

  diagnostics(query: HistoryQuery): Promise<readonly DiagnosticsNote[]> {
    return this.#collect({ ask: 'diagnostics', query: this.#clean(query) }, (text) => readAs(storedDiagnostics, text));
  }

  async samples(sandboxId: string, fromMs: number, toMs: number): Promise<readonly Sample[]> {
    const order = sampleOrder(fromMs, toMs);
    const breath = createBreath();
    for await (const text of this.#texts({
      ask: 'samples',
      sandboxId: this.#redactor.id(sandboxId),
      fromMs,
      toMs,
    })) {
      for (const sample of eachSample(text)) {
        order.add(sample);
        await breath();
      }
    }
    return order.samples();
  }

  forgetSandbox(sandboxId: string): Promise<ForgetOutcome> {
    return this.#courier.forget({ ask: 'forget-sandbox', sandboxId: this.#redactor.id(sandboxId) });
  }

  async forgetEverything(): Promise<ForgetOutcome> {
    const outcome = await this.#courier.forget({ ask: 'forget-everything' });
    this.#courier.peaks.clear();
    return outcome;
  }

  export(): AsyncIterable<string> {
    return this.#texts({ ask: 'export' });
  }

  setBounds(bounds: HistoryBounds): void {
    this.#courier.setBounds(bounds);
  }

  status(): HistoryStatus {
    return this.#courier.status;
  }

  onProblem(listener: (problem: string | null) => void): () => void {
    return this.#courier.troubles.listen(listener);
  }

  flush(): Promise<void> {
    return this.#command({ ask: 'flush' });
  }

  dispose(): Promise<void> {
    return this.#courier.dispose();
  }

  #record(encode: () => Entry): void {
    this.#courier.add(() => [encode()]);
  }

  /** A query with its ids as they are stored and a limit that makes sense. */
  #clean(query: HistoryQuery): HistoryQuery {
    const { sandboxId, fingerprint, workspace, sinceMs, limit } = query;
    return {
      ...(sandboxId !== undefined && { sandboxId: this.#redactor.id(sandboxId) }),
      ...(fingerprint !== undefined && { fingerprint: this.#redactor.id(fingerprint) }),
      ...(workspace !== undefined && { workspace: this.#redactor.name(workspace) }),
      ...(sinceMs !== undefined && !Number.isNaN(sinceMs) && { sinceMs }),
      limit: Number.isNaN(limit) ? 0 : Math.floor(Math.min(mostRows, Math.max(0, limit))),
    };
  }

  async #collect<T>(question: Question, read: (text: string) => T | null): Promise<readonly T[]> {
    const found: T[] = [];
    const breath = createBreath();
    for await (const texts of this.#courier.ask(question)) {
      for (const text of texts) {
        const one = read(text);
        if (one !== null) found.push(one);
        const rest = breath();
        // Only where there is one: of answers with tens of thousands of texts the waiting would be most of the work.
        if (rest !== null) await rest;
      }
    }
    return found;
  }

  /** The texts of an answer one by one, with pauses in between. */
  async *#texts(question: Question): AsyncGenerator<string> {
    const breath = createBreath();
    for await (const texts of this.#courier.ask(question)) {
      for (const text of texts) {
        yield text;
        await breath();
      }
    }
  }

  async #command(question: Question): Promise<void> {
    for await (const text of this.#texts(question)) this.#log.debug(`history: unexpected answer ${text.length}`);
  }
}

/** One text of an answer, or null when it is not understood: it may come from a later version. */
const readAs = <T>(
  schema: { safeParse(value: unknown): { success: true; data: T } | { success: false } },
  text: string,
): T | null => {
  const parsed = schema.safeParse(parseJson(text));
  return parsed.success ? parsed.data : null;
};
