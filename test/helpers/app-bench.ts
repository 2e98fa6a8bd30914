import {
  type AppSettings,
  defaultSettings,
  type FixPlan,
  type Notice,
  type Supervisor,
} from '../../src/app/contracts.ts';
import { createSupervisor } from '../../src/app/supervisor.ts';
import type { FixOutcome, RememberedFix } from '../../src/model/fix.ts';
import type { MuteStore } from '../../src/model/mute.ts';
import type { Log, PlaceHints } from '../../src/model/ports.ts';
import type { Sandbox } from '../../src/model/sandbox.ts';
import type { AppView, Link, SandboxView } from '../../src/model/view.ts';
import { FakeClock } from './fake-clock.ts';
import { FakeProvider, type FakeProviderOptions } from './fake-provider.ts';
import { RecordingHistory } from './recording-history.ts';

/** A log that keeps what was written. */
export class KeptLog implements Log {
  readonly lines: string[] = [];
  debug(text: string): void {
    this.lines.push(`debug ${text}`);
  }
  info(text: string): void {
    this.lines.push(`info ${text}`);
  }
  warn(text: string): void {
    this.lines.push(`warn ${text}`);
  }
  error(text: string): void {
    this.lines.push(`error ${text}`);
  }
}

export const nowhere: PlaceHints = { environment: {}, hostname: 'here', workspaceNames: [], workspaceUris: [] };

/** Hours and minutes in UTC. */
export const utcTime = (atMs: number): string => new Date(atMs).toISOString().slice(11, 16);

/** A supervisor on a fake clock with one fake provider, and what it told. */
export interface AppBench {
  readonly clock: FakeClock;
  readonly provider: FakeProvider;
  readonly history: RecordingHistory;
  readonly log: KeptLog;
  readonly app: Supervisor;
  readonly views: AppView[];
  readonly notices: Notice[];
  view(sandboxId: string): SandboxView;
  link(sandboxId: string): Link;
  /** Lets half a second pass, so that everything said shows in the view. */
  show(): Promise<void>;
  /** Runs a fix while time passes, until it has an outcome. */
  fix(plan: FixPlan, signal?: AbortSignal, progress?: (text: string) => void): Promise<FixOutcome>;
}

export interface AppBenchOptions extends FakeProviderOptions {
  readonly settings?: Partial<AppSettings>;
  readonly random?: () => number;
  /** What is remembered from before. Default: nothing. */
  readonly history?: RecordingHistory;
  readonly unkept?: readonly string[];
  readonly mutes?: MuteStore;
  readonly rememberedFixes?: readonly RememberedFix[];
  readonly forgotten?: (sandboxId: string | null) => Promise<void>;
  readonly redact?: (text: string) => string;
}

export const createAppBench = (options: AppBenchOptions = {}): AppBench => {
  const clock = new FakeClock();
  const provider = new FakeProvider(clock, options);
  const history = options.history ?? new RecordingHistory();
  const log = new KeptLog();
  const app = createSupervisor({
    clock,
    log,
    history,
    random: options.random ?? (() => 0.5),
    settings: { ...defaultSettings, ...options.settings },
    formatTime: utcTime,
    peaks: history.peaks,
    unkept: options.unkept ?? [],
    ...(options.mutes === undefined ? {} : { mutes: options.mutes }),
    rememberedFixes: () => options.rememberedFixes ?? [],
    forgotten: options.forgotten ?? (() => Promise.resolve()),
    ...(options.redact === undefined ? {} : { redact: options.redact }),
  });
  const views: AppView[] = [];
  const notices: Notice[] = [];
  app.onChange((view) => views.push(view));
  app.onNotice((notice) => notices.push(notice));
  const view = (sandboxId: string): SandboxView => {
    const found = app.view.sandboxes.find((one) => one.sandbox.id === sandboxId);
    if (found === undefined) throw new Error(`${sandboxId} is not in the view`);
    return found;
  };
  return {
    clock,
    provider,
    history,
    log,
    app,
    views,
    notices,
    view,
    link: (sandboxId) => view(sandboxId).link,
    show: () => clock.advance(500),
    async fix(plan, signal = new AbortController().signal, progress = () => undefined) {
      let outcome: FixOutcome | null = null;
      const running = app.runFix(plan, { signal, progress }).then((one) => {
        outcome = one;
        return one;
      });
      for (let turn = 0; outcome === null && turn < 400; turn += 1) await clock.advance(1000);
      return running;
    },
  };
};

/** A bench whose provider is connected and has told its sandboxes. */
export const startedBench = async (sandboxes: readonly Sandbox[], options: AppBenchOptions = {}): Promise<AppBench> => {
  const bench = createAppBench(options);
  for (const sandbox of sandboxes) bench.provider.sandboxes.set(sandbox.id, sandbox);
  bench.app.setProviders([bench.provider]);
  bench.app.setPlace(nowhere, null);
  await bench.clock.advance(0);
  bench.provider.tell();
  await bench.show();
  return bench;
};
