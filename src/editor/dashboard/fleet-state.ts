import type { FleetRow, FleetServer } from '../../model/dashboard/fleet-page.ts';
import type { Tone } from '../../model/dashboard/parts.ts';
import { formatBytes } from '../../model/format.ts';
import { ownerOf } from '../../model/owner.ts';
import { isEnded, isLive } from '../../model/sandbox.ts';
import type { SignalName } from '../../model/signal.ts';
import type { AppView, SandboxView, ServerView } from '../../model/view.ts';
import { causeWords, serverWord, signalWords } from '../text/words.ts';
import { levelBadge, phaseBadge } from './badges.ts';
import { endedAtOf } from './sandbox-state.ts';

/** The sparkline keeps this many values: more than are pixels in its cell help nobody. */
const sparkValues = 40;

const forecastOf = (view: SandboxView, signal: SignalName) => view.forecasts.find((each) => each.signal === signal);

function endsOf(view: SandboxView): FleetRow['ends'] {
  if (isEnded(view.sandbox.phase)) {
    const ending = view.incidents.find(({ endsSandbox }) => endsSandbox);
    if (ending === undefined) return null;
    const word = `${ending.certainty === 'probable' ? 'probably ' : ''}${causeWords[ending.cause]}`;
    return { word, signal: null, atMs: ending.atMs };
  }
  const { leading } = view;
  if (leading === null) return null;
  const p50 = leading.timeToLimitMs?.p50;
  const atMs = p50 === undefined || !Number.isFinite(p50) ? null : leading.atMs + p50;
  return { word: signalWords[leading.signal], signal: leading.signal, atMs };
}

/** The signal worth a picture: the one that ends it, else memory, else any there is. */
function sparkOf(view: SandboxView): { word: string; values: readonly number[] } {
  const wanted = view.leading?.signal;
  const shown =
    view.history.find(({ signal }) => signal === wanted) ??
    view.history.find(({ signal }) => signal === 'memory') ??
    view.history[0];
  return shown === undefined
    ? { word: '', values: [] }
    : { word: signalWords[shown.signal], values: shown.values.slice(-sparkValues) };
}

/** One row of the fleet page. Pure, and without the time of day, so that it changes only when its sandbox does. */
export function fleetRow(view: SandboxView, current: boolean): FleetRow {
  const { sandbox, sample } = view;
  const ended = isEnded(sandbox.phase);
  const memory = ended ? undefined : forecastOf(view, 'memory');
  const cpu = ended ? undefined : forecastOf(view, 'cpu');
  const spark = sparkOf(view);
  const used = memory === undefined ? null : memory.used;
  return {
    id: sandbox.id,
    name: sandbox.name,
    phase: phaseBadge(sandbox),
    level: levelBadge(view.level),
    live: isLive(sandbox.phase) || sandbox.phase === 'creating' || sandbox.phase === 'resuming',
    ended,
    current,
    health: ended || !isLive(sandbox.phase) ? '' : view.health.state,
    ends: endsOf(view),
    memory: memory?.pressure ?? null,
    cpu: cpu?.pressure ?? null,
    memoryBytes: used,
    memoryText:
      memory === undefined
        ? 'not measured'
        : `${formatBytes(memory.used)}${memory.limit === null ? ', no limit' : ` of ${formatBytes(memory.limit)}`}${
            view.sampleSource === 'machine' ? ' (machine)' : ''
          }`,
    sparkWord: spark.word,
    // Two digits are more than a picture of sixteen pixels can show.
    spark: spark.values.map((value) => Math.round(value * 100) / 100),
    errorsPerMinute: ended ? 0 : Math.round(view.health.errorsPerMinute * 10) / 10,
    createdAtMs: sandbox.createdAtMs,
    expiresAtMs: ended ? null : (sandbox.expiry?.expiresAtMs ?? null),
    endedAtMs: endedAtOf(view),
    owner: ownerOf(sandbox.metadata) ?? '',
    searchText: [
      sandbox.id,
      sandbox.rawState,
      sandbox.image ?? '',
      sample?.source ?? '',
      ...Object.values(sandbox.metadata),
    ]
      .join(' ')
      .toLowerCase()
      .slice(0, 2_000),
    incidentId: view.incidents.find(({ endsSandbox }) => endsSandbox)?.id ?? null,
  };
}

const serverTones: Record<ServerView['state'], Tone> = {
  connecting: 'muted',
  healthy: 'good',
  degraded: 'warn',
  down: 'bad',
};
const serverIcons: Record<ServerView['state'], string> = {
  connecting: 'progress',
  healthy: 'check',
  degraded: 'warning',
  down: 'failed',
};

export const fleetServers = (view: AppView): readonly FleetServer[] =>
  view.servers.map((server) => ({
    label: server.label,
    state: { word: serverWord(server), icon: serverIcons[server.state], tone: serverTones[server.state] },
    text: [server.text ?? '', server.nextStep ?? ''].filter(Boolean).join(' '),
  }));
