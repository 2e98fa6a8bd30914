import type { Badge, Tone } from '../../model/dashboard/parts.ts';
import type { FixOutcome } from '../../model/fix.ts';
import type { Phase, Sandbox } from '../../model/sandbox.ts';
import type { WarningLevel } from '../../model/warning.ts';
import { levelWords, phaseText, resultWords } from '../text/words.ts';

const phaseTones: Record<Phase, Tone> = {
  creating: 'muted',
  starting: 'muted',
  running: 'good',
  interrupted: 'watch',
  pausing: 'muted',
  paused: 'muted',
  resuming: 'muted',
  hibernated: 'muted',
  archived: 'muted',
  stopping: 'muted',
  terminated: 'muted',
  failed: 'bad',
  unknown: 'watch',
};

const phaseIconNames: Record<Phase, string> = {
  creating: 'progress',
  starting: 'progress',
  running: 'running',
  interrupted: 'question',
  pausing: 'paused',
  paused: 'paused',
  resuming: 'progress',
  hibernated: 'paused',
  archived: 'archive',
  stopping: 'ended',
  terminated: 'ended',
  failed: 'failed',
  unknown: 'question',
};

/** @returns how a phase is shown. How well a running sandbox does is told elsewhere. */
export const phaseBadge = (sandbox: Pick<Sandbox, 'phase' | 'rawState'>): Badge => ({
  word: phaseText(sandbox),
  icon: phaseIconNames[sandbox.phase],
  tone: phaseTones[sandbox.phase],
});

/** @returns the tone and icon of a phase on a time axis. */
export const phaseTone = (phase: Phase): Tone => phaseTones[phase];

const levelTones: Record<WarningLevel, Tone> = { calm: 'good', watch: 'watch', warn: 'warn', critical: 'bad' };
const levelIcons: Record<WarningLevel, string> = { calm: 'check', watch: 'eye', warn: 'warning', critical: 'flame' };

export const levelBadge = (level: WarningLevel): Badge => ({
  word: levelWords[level],
  icon: levelIcons[level],
  tone: levelTones[level],
});

const results: Record<FixOutcome['result'], Badge> = {
  worked: { word: resultWords.worked, icon: 'check', tone: 'good' },
  'did-not-work': { word: resultWords['did-not-work'], icon: 'failed', tone: 'bad' },
  'cannot-tell': { word: resultWords['cannot-tell'], icon: 'question', tone: 'muted' },
  cancelled: { word: resultWords.cancelled, icon: 'ended', tone: 'muted' },
  failed: { word: resultWords.failed, icon: 'failed', tone: 'bad' },
};

export const resultBadge = (result: FixOutcome['result']): Badge => results[result];
