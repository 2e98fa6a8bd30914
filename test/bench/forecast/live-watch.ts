import { defaultSettings } from '../../../src/app/contracts.ts';
import { localTimeText } from '../../../src/app/format.ts';
import { noticeText } from '../../../src/app/notice-text.ts';
import { createSupervisor } from '../../../src/app/supervisor.ts';
import type { Log } from '../../../src/model/ports.ts';
import { isEnded } from '../../../src/model/sandbox.ts';
import { isExhaustible, type SignalName, signalNames } from '../../../src/model/signal.ts';
import type { SandboxView } from '../../../src/model/view.ts';
import { atLeast } from '../../../src/model/warning.ts';
import { systemClock } from '../../../src/net/clock.ts';
import { createTransport } from '../../../src/net/dispatcher.ts';
import { openSandboxFactory } from '../../../src/providers/opensandbox/factory.ts';
import { RecordingHistory } from '../../helpers/recording-history.ts';
import type { SandboxServer } from '../../helpers/sandbox-server.ts';
import type { Highest } from './live-table.ts';

/** A warning as it was published. Times are epoch milliseconds of the moment at which a person could see it. */
export interface SeenAlarm {
  readonly signal: SignalName;
  readonly fromMs: number;
  readonly toMs: number | null;
  readonly said: string;
}

/** What the product showed of one sandbox. */
export interface SeenSandbox {
  readonly alarms: readonly SeenAlarm[];
  readonly highest: Highest | null;
  /** The sandbox is shown as ended. */
  readonly ended: boolean;
  /** The sentence on its end or its last break, or null. */
  readonly afterwards: string | null;
  /** The known errors that were found in it. */
  readonly recognised: readonly string[];
}

/** The product, watching a server. */
export interface LiveWatch {
  of(sandboxId: string): SeenSandbox;
  /** Lets go of the server. Twice is harmless. */
  close(): Promise<void>;
}

const nothing: SeenSandbox = { alarms: [], highest: null, ended: false, afterwards: null, recognised: [] };

/** What was seen so far, and one view more. An alarm lasts as long as its episode is open, at whatever level it is by then. */
function seenWith(before: SeenSandbox, view: SandboxView, nowMs: number): SeenSandbox {
  const { signalLevels, forecasts, sandbox } = view;
  const isOpen = ({ signal, toMs }: SeenAlarm): boolean => toMs === null && signalLevels[signal] !== undefined;
  const known = before.alarms.map((alarm) =>
    alarm.toMs === null && !isOpen(alarm) ? { ...alarm, toMs: nowMs } : alarm,
  );
  const fresh = signalNames
    .filter((signal) => atLeast(signalLevels[signal] ?? 'calm', 'warn'))
    .filter((signal) => !known.some((alarm) => alarm.signal === signal && isOpen(alarm)))
    .map((signal): SeenAlarm => {
      const forecast = forecasts.find((each) => each.signal === signal);
      const said = forecast === undefined ? '' : noticeText(sandbox, forecast, nowMs, localTimeText);
      return { signal, fromMs: nowMs, toMs: null, said };
    });
  const shares = forecasts
    .filter(({ signal }) => isExhaustible(signal) && signal !== 'expiry')
    .map(({ signal, pressure }): Highest => ({ signal, share: pressure ?? 0 }));
  return {
    alarms: [...known, ...fresh],
    highest: shares.reduce<Highest | null>(
      (best, each) => (best === null || each.share > best.share ? each : best),
      before.highest,
    ),
    ended: isEnded(sandbox.phase),
    afterwards: view.incidents[0]?.text ?? before.afterwards,
    recognised: [...new Set(view.errors.flatMap(({ pattern }) => pattern ?? []))],
  };
}

/** Builds the product as the editor does, without the editor: its own provider on the server, its supervisor, its settings. */
export function watchLive(server: SandboxServer, say: (text: string) => void): LiveWatch {
  const log: Log = { debug: () => undefined, info: () => undefined, warn: say, error: say };
  const transport = createTransport({ environment: {} });
  const provider = openSandboxFactory.create(
    { serverUrl: server.url },
    {
      clock: systemClock,
      log,
      transport,
      secret: async (name) => (name === 'apiKey' ? server.apiKey : null),
      environment: {},
      fileExists: async () => false,
    },
  );
  if (provider === null) throw new Error('The provider needs an address.');
  const history = new RecordingHistory();
  const app = createSupervisor({
    clock: systemClock,
    log,
    history,
    peaks: history.peaks,
    settings: defaultSettings,
  });
  const seen = new Map<string, SeenSandbox>();
  app.onChange(({ sandboxes }) => {
    const nowMs = systemClock.now();
    for (const view of sandboxes) {
      const { id } = view.sandbox;
      seen.set(id, seenWith(seen.get(id) ?? nothing, view, nowMs));
    }
  });
  app.setProviders([provider]);
  app.setPlace({ environment: {}, hostname: 'live', workspaceNames: [], workspaceUris: [] }, null);
  return {
    of: (sandboxId) => seen.get(sandboxId) ?? nothing,
    async close() {
      await app.dispose();
      await transport.close();
    },
  };
}
