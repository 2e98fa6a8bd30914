import { plainName } from '../../app/format.ts';
import { fullText } from '../../app/notice-text.ts';
import type { Forecast } from '../../model/forecast.ts';
import { isFull } from '../../model/full.ts';
import { isEnded } from '../../model/sandbox.ts';
import type { AppView, SandboxView } from '../../model/view.ts';
import { formatDuration, formatEstimate, formatPercent } from './format.ts';
import { comingText, peaksText } from './signal-text.ts';
import { timeLeftMs, timeLeftWords } from './time-left.ts';
import { causeWords, isOfMachine, phaseIcons, phaseWords, serverWord, signalShortWords, signalWords } from './words.ts';

/** What the status bar item shows. */
export interface StatusText {
  /** With `$(icon)`. */
  readonly text: string;
  readonly background: 'none' | 'warning' | 'error';
  /** For screen readers: whole words, no icon. */
  readonly label: string;
}

const longestName = 24;
/** Below this, no other signal takes the place of memory. */
const worthNamingPressure = 0.7;
/** Numbers up to this age stand in for fresh ones while the connection is made again. */
const bridgeMs = 15_000;

/** Icons are written as `$(name)`; a sandbox whose name looks like one must not become one. */
const plain = (name: string): string => plainName(name, longestName).replace(/\$\(/g, '$\u200b(');

/**
 * The signal to name: what ends the sandbox first; else memory, because that is what ends most of them, unless
 * another one is much fuller.
 */
function namedSignal(view: SandboxView): Forecast | null {
  if (view.leading) return view.leading;
  const shown = view.forecasts.filter(
    ({ signal, pressure, guessed }) => signal !== 'expiry' && signal !== 'cpu' && pressure !== null && !guessed,
  );
  const memory = shown.find(({ signal }) => signal === 'memory');
  const fullest = shown.toSorted((a, b) => (b.pressure ?? 0) - (a.pressure ?? 0))[0] ?? null;
  return memory && (fullest?.pressure ?? 0) < worthNamingPressure ? memory : fullest;
}

/** The colour and the word of the level, and its icon; null where the level has none. */
function levelSigns({ level }: SandboxView): {
  readonly background: StatusText['background'];
  readonly icon: string | null;
  readonly word: string;
} {
  if (level === 'critical') return { background: 'error', icon: 'flame', word: 'critical, ' };
  if (level === 'warn') return { background: 'warning', icon: 'warning', word: 'warning, ' };
  return { background: 'none', icon: null, word: '' };
}

/** What the clock is about to do, where nothing else tells: `ends in 2 min`; empty while that is far off. */
function endsText({ forecasts, level }: SandboxView, nowMs: number): string {
  const expiry = forecasts.find(({ signal }) => signal === 'expiry');
  const leftMs = expiry === undefined || level === 'calm' ? null : timeLeftMs(expiry, nowMs);
  return leftMs === null ? '' : `ends in ${formatDuration(leftMs)}`;
}

/** Neither running nor over. Its clock may go on all the same. */
function waitingText(view: SandboxView, nowMs: number): StatusText {
  const { sandbox } = view;
  const { phase } = sandbox;
  const { background, icon, word } = levelSigns(view);
  const words = phaseWords[phase];
  const ends = endsText(view, nowMs);
  return {
    text: `$(${icon ?? phaseIcons[phase]}) ${plain(sandbox.name)} ${words}${ends === '' ? '' : ` · ${ends}`}`,
    background,
    label: `Sandbox ${sandbox.name}: ${word}${words}${ends === '' ? '' : `, ${ends}`}`,
  };
}

/**
 * Running, and not measured. What was forecast from numbers that are old counts no more; the clock does.
 * @param otherwise what is shown while the clock threatens nothing
 */
function unmeasuredText(
  view: SandboxView,
  words: string,
  otherwise: { readonly icon: string; readonly background: StatusText['background']; readonly label: string },
  nowMs: number,
): StatusText {
  const { name } = view.sandbox;
  const ends = view.leading?.signal === 'expiry' ? endsText(view, nowMs) : '';
  if (ends === '') {
    return {
      text: `$(${otherwise.icon}) ${plain(name)} ${words}`,
      background: otherwise.background,
      label: `Sandbox ${name}: ${otherwise.label}`,
    };
  }
  const { background, icon, word } = levelSigns(view);
  return {
    text: `$(${icon ?? otherwise.icon}) ${plain(name)} ${words} · ${ends}`,
    background: background === 'none' ? otherwise.background : background,
    label: `Sandbox ${name}: ${word}${otherwise.label}, ${ends}`,
  };
}

function liveText(view: SandboxView, nowMs: number): StatusText {
  const name = plain(view.sandbox.name);
  const stale = view.link.state === 'live' ? '' : '~';
  const forecast = namedSignal(view);
  const { background, icon: levelIcon, word: levelWord } = levelSigns(view);
  const icon = levelIcon ?? (stale ? 'sync-ignored' : forecast && isFull(forecast) ? 'warning' : 'pulse');
  if (!forecast) {
    return { text: `$(${icon}) ${name}`, background, label: `Sandbox ${view.sandbox.name}: ${levelWord}running` };
  }
  const left = timeLeftMs(forecast, nowMs);
  if (forecast.signal === 'expiry') {
    const time = left === null ? '' : `ends in ${formatDuration(left)}`;
    return {
      text: `$(${icon}) ${name}  ${time}`,
      background,
      label: `Sandbox ${view.sandbox.name}: ${levelWord}${time}`,
    };
  }
  const state = stale ? ', no fresh data' : '';
  if (isFull(forecast)) {
    const { signal, place } = forecast;
    const what = signal === 'disk' && place !== undefined ? plain(place) : signalShortWords[signal];
    return {
      text: `$(${icon}) ${name}  ${what} ${stale}full`,
      background,
      label: `Sandbox ${view.sandbox.name}: ${levelWord}${fullText(forecast)}${state}`,
    };
  }
  const machine = isOfMachine(view, forecast.signal) ? ' (machine)' : '';
  // What keeps the width stands before the sign, so that sign and number stay together.
  const percent =
    forecast.pressure === null ? '' : formatPercent(forecast.pressure, { pad: true }).replace(/(?=\d)/, stale);
  const spokenPercent = percent.replace('~', 'last ').replaceAll(/\s+/g, ' ').trim();
  const soon = view.leading === null ? '' : left === null ? peaksText(forecast) : formatEstimate(left);
  const spokenSoon = left === null ? comingText(forecast, nowMs) : `at its limit ${timeLeftWords(left)}`;
  return {
    text: `$(${icon}) ${name}  ${signalShortWords[forecast.signal]} ${percent}${machine}${soon === '' ? '' : ` · ${soon}`}`,
    background,
    label: `Sandbox ${view.sandbox.name}: ${levelWord}${signalWords[forecast.signal]} ${spokenPercent}${machine}${
      soon === '' ? '' : `, ${spokenSoon}`
    }${state}`,
  };
}

function ofSandbox(view: SandboxView, nowMs: number): StatusText {
  const { sandbox, link } = view;
  const name = plain(sandbox.name);
  if (isEnded(sandbox.phase) || link.state === 'ended') {
    const ending = view.incidents.find((incident) => incident.endsSandbox);
    const why = ending ? `: ${ending.certainty === 'probable' ? 'probably ' : ''}${causeWords[ending.cause]}` : '';
    return {
      text: `$(circle-slash) ${name} ended${why}`,
      background: 'none',
      label: `Sandbox ${sandbox.name} ended${why}`,
    };
  }
  if (sandbox.phase !== 'running' && sandbox.phase !== 'unknown') return waitingText(view, nowMs);
  switch (link.state) {
    case 'connecting':
      if (view.sample === null) {
        return {
          text: `$(loading~spin) ${name} connecting`,
          background: 'none',
          label: `Sandbox ${sandbox.name}: connecting`,
        };
      }
      return liveText(view, nowMs);
    case 'needs-consent':
      return unmeasuredText(
        view,
        'needs your answer',
        { icon: 'question', background: 'none', label: 'watching needs your answer' },
        nowMs,
      );
    case 'waiting':
    case 'unavailable':
      // A short break is bridged with the last numbers, marked as such: words that come and go help nobody.
      if (view.lastSampleAtMs === null || nowMs - view.lastSampleAtMs > bridgeMs || link.problem === 'agent-down') {
        const words =
          link.problem === 'agent-down'
            ? 'agent does not answer'
            : link.problem === 'unavailable-here' && view.isHere
              ? 'open a folder to watch it'
              : 'no data';
        const background = link.problem === 'agent-down' ? 'warning' : 'none';
        const shown = unmeasuredText(view, words, { icon: 'debug-disconnect', background, label: words }, nowMs);
        return { ...shown, label: `${shown.label}. ${link.text ?? ''}`.trim() };
      }
      return liveText(view, nowMs);
    case 'idle':
    case 'live':
    case 'stale':
      return liveText(view, nowMs);
  }
}

/**
 * The one line that says how the current sandbox is. Pure.
 * @param nowMs epoch milliseconds, for "time left".
 */
export function statusText(view: AppView, nowMs: number): StatusText {
  const current = view.sandboxes.find((candidate) => candidate.sandbox.id === view.currentId);
  // What another server does says nothing of this sandbox.
  const servers = current ? view.servers.filter(({ provider }) => provider === current.sandbox.provider) : view.servers;
  const bad = servers.find(({ state }) => state === 'down') ?? servers.find(({ state }) => state === 'degraded');
  // A live stream is worth more than the lifecycle server; its trouble shows in the tree.
  if (current && (!bad || current.link.state === 'live' || isEnded(current.sandbox.phase))) {
    return ofSandbox(current, nowMs);
  }
  if (bad) {
    const word = serverWord(bad);
    return {
      text: `$(debug-disconnect) ${current ? `${plain(current.sandbox.name)}: ` : ''}server ${word}`,
      background: 'none',
      label: `Sandbox Foresight: ${bad.label} ${word}. ${bad.nextStep ?? ''}`.trim(),
    };
  }
  if (view.servers.length === 0) {
    return { text: '$(pulse) no sandbox', background: 'none', label: 'Sandbox Foresight: not connected' };
  }
  if (view.servers.some((server) => server.state === 'connecting')) {
    return { text: '$(loading~spin) sandboxes', background: 'none', label: 'Sandbox Foresight: connecting' };
  }
  if (view.ambiguous) {
    return {
      text: '$(question) which sandbox?',
      background: 'none',
      label: 'Sandbox Foresight: choose the sandbox to watch',
    };
  }
  if (view.sandboxes.some(({ sandbox }) => sandbox.phase === 'running')) {
    // Which one is meant is being found out.
    return { text: '$(loading~spin) sandboxes', background: 'none', label: 'Sandbox Foresight: connecting' };
  }
  return { text: '$(pulse) no sandbox', background: 'none', label: 'Sandbox Foresight: no sandbox is running' };
}
