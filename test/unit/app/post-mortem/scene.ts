import { type PostMortemNeeds, postMortem } from '../../../../src/app/post-mortem/post-mortem.ts';
import type { History } from '../../../../src/history/open-history.ts';
import type { Incident } from '../../../../src/model/incident.ts';
import type { PostMortem } from '../../../../src/model/post-mortem.ts';
import type { Sample } from '../../../../src/model/sample.ts';
import type { PatternBook } from '../../../../src/monitor/pattern-facts.ts';
import { atOnce } from '../../../helpers/memory-history.ts';
import { anIncident, startMs } from '../../../integration/history/makers.ts';

export const MiB = 1024 * 1024;

/** A book with a page about ports and one about disks. */
export const patterns: PatternBook = (slug) => {
  if (slug === 'port-in-use') {
    return { category: 'network', cause: 'Something else listens there.', fixes: ['Free the port[ {port}]'] };
  }
  return slug === 'disk-full'
    ? { category: 'disk', cause: 'The disk is full.', fixes: ['Remove {folder}', 'Remove caches'] }
    : null;
};

/** A sample of memory, so many seconds from the break, with the use in MiB of 512. */
export const memoryAt = (second: number, usedMiB: number, changes: Partial<Sample> = {}): Sample => ({
  kind: 'sample',
  sandboxId: 'sb-1',
  atMs: startMs + second * 1000,
  source: 'cgroup',
  cadenceMs: 1000,
  caveat: null,
  memory: {
    usedBytes: usedMiB * MiB,
    workingSetBytes: usedMiB * MiB,
    limitBytes: 512 * MiB,
    anonBytes: null,
    oomKillCount: null,
    limitHitCount: null,
    stalledPercent: null,
  },
  ...changes,
});

/** One sample a second up to the break; `use` gives MiB by seconds before it. */
export const course = (seconds: number, use: (before: number) => number): readonly Sample[] =>
  Array.from({ length: seconds }, (_, i) => memoryAt(i - seconds, use(seconds - i)));

/** An end by memory that nobody warned of and nobody did anything against. */
export const bareIncident = (changes: Partial<Incident> = {}): Incident =>
  anIncident('i-1', { warning: null, leadMs: null, fixes: [], samples: [], ...changes });

export const told = (history: History, incident: Incident, needs: Partial<PostMortemNeeds> = {}): Promise<PostMortem> =>
  postMortem(incident, {
    history,
    patterns,
    redact: (text) => text,
    nowMs: startMs,
    isHere: false,
    pause: atOnce,
    ...needs,
  });
