import { isOnlyEdit } from '../../../../src/app/error-fixes/edits/edits.ts';
import type { DashboardSources, WorkspaceEdits } from '../../../../src/editor/dashboard/ports.ts';
import { type ToPage, toPageSchema } from '../../../../src/model/dashboard/messages.ts';
import type { RecognisedError } from '../../../../src/model/error-event.ts';
import type { RankedFix } from '../../../../src/model/fix.ts';
import type { FleetStats } from '../../../../src/model/fleet-stats.ts';
import type { CommandRun } from '../../../../src/model/history.ts';
import type { Incident } from '../../../../src/model/incident.ts';
import type { PostMortem } from '../../../../src/model/post-mortem.ts';
import type { Sample } from '../../../../src/model/sample.ts';
import type { AppView } from '../../../../src/model/view.ts';
import { aRankedFix } from '../../../helpers/a-ranked-fix.ts';
import { FakeClock } from '../../../helpers/fake-clock.ts';
import { appView, nowMs } from '../../../helpers/views.ts';

export const mebibyte = 2 ** 20;

export const memorySample = (atMs: number, usedMebibytes: number, part: Partial<Sample> = {}): Sample => ({
  kind: 'sample',
  sandboxId: 'any',
  atMs,
  source: 'cgroup',
  cadenceMs: 1_000,
  caveat: null,
  memory: {
    usedBytes: usedMebibytes * mebibyte,
    workingSetBytes: usedMebibytes * mebibyte,
    limitBytes: 512 * mebibyte,
    anonBytes: null,
    oomKillCount: null,
    limitHitCount: null,
    stalledPercent: null,
  },
  ...part,
});

export const incident = (part: Partial<Incident> = {}): Incident => ({
  id: 'incident-1',
  sandboxId: '0b5e0f8e-1111-4222-8333-444455556666',
  sandboxName: 'api-tests',
  provider: 'openSandbox',
  atMs: nowMs,
  cause: 'out-of-memory',
  certainty: 'certain',
  endsSandbox: true,
  exitCode: 137,
  text: 'It ran out of memory.',
  warning: null,
  leadMs: 60_000,
  timeline: [],
  samples: [],
  fixes: [],
  ...part,
});

export const run = (part: Partial<CommandRun> = {}): CommandRun => ({
  commandId: 'c1',
  sandboxId: 'any',
  commandKey: 'npm test',
  startedAtMs: nowMs - 60_000,
  endedAtMs: nowMs - 30_000,
  exitCode: 1,
  attempt: 2,
  peakBytes: null,
  ...part,
});

export const anError = (part: Partial<RecognisedError> = {}): RecognisedError => ({
  fingerprint: 'v1/port-in-use/0123456789ab',
  pattern: 'port-in-use',
  title: 'The port is taken by another process',
  cause: 'An earlier server still runs.',
  source: 'terminal',
  exitCode: 1,
  count: 1,
  firstSeenAtMs: nowMs - 5_000,
  lastSeenAtMs: nowMs - 5_000,
  ...part,
});

export const aFix = (name: string, part: Partial<RankedFix> = {}): RankedFix =>
  aRankedFix({
    pattern: 'port-in-use',
    fixId: `pattern/port-in-use/${name}`,
    fingerprint: 'v1/port-in-use/0123456789ab',
    title: `Do ${name}`,
    text: `${name} it`,
    ...part,
  });

export const postMortem = (part: Partial<PostMortem> = {}): PostMortem => ({
  incident: incident(),
  cause: 'out-of-memory',
  verdict: 'It ran out of memory. This is certain.',
  warningText: 'The warning came 60 s before.',
  courses: [
    {
      signal: 'memory',
      unit: 'bytes',
      timesMs: [nowMs - 60_000, nowMs - 30_000, nowMs],
      used: [1, null, 3],
      limit: [9, 9, Number.POSITIVE_INFINITY],
    },
  ],
  ownLimitBytes: 512 * mebibyte,
  events: [
    { atMs: nowMs - 50_000, endedAtMs: nowMs - 40_000, kind: 'command', text: 'npm test' },
    { atMs: nowMs, endedAtMs: null, kind: 'break', text: 'killed' },
    { atMs: nowMs - 60_000, endedAtMs: null, kind: 'lifecycle', text: 'running' },
  ],
  commands: [run()],
  timeline: [{ atMs: nowMs - 60_000, phase: 'running', rawState: 'Running', reason: null }],
  advice: ['Give it more memory.'],
  recurrences: [],
  diagnostics: null,
  ...part,
});

export const fleetStats: FleetStats = {
  sinceMs: nowMs - 86_400_000,
  untilMs: nowMs,
  spinUp: { count: 3, p50Ms: 4_000, p95Ms: 12_000 },
  spinUpPerHourMs: [null, 4_000],
  startsPer5Min: [0, 2, 1],
  commands: [],
  editToResult: null,
  failureShares: { environment: 1, code: 0, unknown: 0, count: 1 },
  patterns: [],
};

/** Sources of a page that a test drives by hand; everything told is parsed as the page would. */
export class Stand {
  readonly clock = new FakeClock(nowMs);
  readonly told: ToPage[] = [];
  readonly warnings: string[] = [];
  readonly listeners = new Set<(view: AppView) => void>();
  view: AppView = appView([]);
  samples: readonly Sample[] = [];
  runs: readonly CommandRun[] = [];
  story: PostMortem | null = postMortem();
  stats: () => Promise<FleetStats> = () => Promise.resolve(fleetStats);
  askedForSamples = 0;
  askedForFixes = 0;
  /** What helps, by sandbox and fingerprint. */
  readonly errorFixes = new Map<string, readonly RankedFix[]>();
  /** Ids of the edits that are possible in the workspace. */
  readonly possible = new Set<string>();
  readonly edits: WorkspaceEdits = {
    applicable: (fixes) => Promise.resolve(fixes.filter((fix) => !isOnlyEdit(fix) || this.possible.has(fix.fixId))),
    canPropose: (fix) => Promise.resolve(this.possible.has(fix.fixId)),
    isOpen: (workspace) => workspace === 'here',
  };

  readonly post = (message: ToPage): void => {
    this.told.push(toPageSchema.parse(structuredClone(message)));
  };

  get sources(): DashboardSources {
    const stand = this;
    return {
      app: {
        get view() {
          return stand.view;
        },
        onChange: (listener) => {
          stand.listeners.add(listener);
          return () => stand.listeners.delete(listener);
        },
        postMortem: () => Promise.resolve(stand.story),
        fleetStats: () => stand.stats(),
        errorFixes: (sandboxId, fingerprint) => {
          stand.askedForFixes += 1;
          return Promise.resolve(stand.errorFixes.get(`${sandboxId} ${fingerprint}`) ?? []);
        },
      },
      history: {
        samples: () => {
          stand.askedForSamples += 1;
          return Promise.resolve(stand.samples);
        },
        commands: () => Promise.resolve(stand.runs),
        warnings: () => Promise.resolve([]),
        fixes: () =>
          Promise.resolve([{ fixId: 'endProcess', tried: 4, worked: 3, didNotWork: 1, lastTriedAtMs: nowMs }]),
      },
      clock: this.clock,
      log: {
        debug: () => undefined,
        info: () => undefined,
        warn: (text) => this.warnings.push(text),
        error: (text) => this.warnings.push(text),
      },
    };
  }

  /** The application shows something else now. */
  show(view: AppView): void {
    this.view = view;
    for (const listener of [...this.listeners]) listener(view);
  }

  /** What was told since the last time this was asked. */
  take(): readonly ToPage[] {
    return this.told.splice(0);
  }
}

/** The messages of one kind among `messages`. */
export const ofKind = <Kind extends ToPage['kind']>(
  messages: readonly ToPage[],
  kind: Kind,
): readonly Extract<ToPage, { kind: Kind }>[] =>
  messages.filter((message): message is Extract<ToPage, { kind: Kind }> => message.kind === kind);
