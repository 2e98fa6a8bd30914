import { describe, expect, it } from 'vitest';
import { actionsFor, type FixSituation, fixRisks, mayEnd, offerFixes } from '../../../src/diagnosis/offer-fixes.ts';
import { fixIds } from '../../../src/model/fix.ts';
import type { Incident, IncidentCause } from '../../../src/model/incident.ts';
import type { ProcessReading } from '../../../src/model/sample.ts';
import { signalNames } from '../../../src/model/signal.ts';
import { memoryForecast, nowMs, sandbox } from '../../helpers/views.ts';

const expiry = {
  clock: 'absolute',
  expiresAtMs: nowMs + 60_000,
  action: 'delete',
  extendedBy: 'call',
  certainty: 'known',
} as const;

const process = (pid: number, name: string, rssBytes: number): ProcessReading => ({
  pid,
  parentPid: 1,
  name,
  rssBytes,
  ageMs: null,
  heapLimit: null,
});

const situation = (part: Partial<FixSituation> = {}): FixSituation => ({
  sandbox: sandbox({ expiry }),
  leading: memoryForecast(),
  level: 'warn',
  processes: [],
  supports: fixIds,
  incidents: [],
  ...part,
});

const ids = (part: Partial<FixSituation>): readonly string[] => offerFixes(situation(part)).map((each) => each.id);

const incident = (cause: IncidentCause): Incident => ({
  id: 'i',
  sandboxId: 's',
  sandboxName: 'x',
  provider: 'openSandbox',
  atMs: 0,
  cause,
  certainty: 'certain',
  endsSandbox: true,
  exitCode: null,
  text: '',
  warning: null,
  leadMs: null,
  timeline: [],
  samples: [],
  fixes: [],
});

describe('fixes', () => {
  it('against memory: end what grows, then a larger sandbox, a snapshot, a terminal', () => {
    expect(ids({})).toEqual(['endProcess', 'recreateLarger', 'snapshot', 'openTerminal', 'showDetails']);
    expect(offerFixes(situation())[0]).toMatchObject({
      title: 'End node (pid 412)',
      risk: 'confirm',
      target: { pid: 412, name: 'node' },
      reason: 'It grows by 4.2 MiB a second.',
    });
  });

  it('name the largest process when none is seen to grow, if it is worth it', () => {
    const leading = memoryForecast({ grower: null });
    const big = process(7, 'a-very-long-process-name', 0.6 * leading.used);
    expect(offerFixes(situation({ leading, processes: [process(1, 'sh', 9e9), big] }))[0]).toMatchObject({
      id: 'endProcess',
      title: 'End a-very-long-p… (pid 7)',
      target: { pid: 7, name: 'a-very-long-process-name' },
    });
    expect(ids({ leading, processes: [process(7, 'x', 0.1 * leading.used)] })).not.toContain('endProcess');
  });

  it('never end the first process or what holds the sandbox together', () => {
    expect(mayEnd({ pid: 1, name: 'node' })).toBe(false);
    expect(mayEnd({ pid: 9, name: 'execd' })).toBe(false);
    expect(ids({ leading: memoryForecast({ grower: { pid: 1, name: 'node', bytesPerSecond: 1 } }) })).not.toContain(
      'endProcess',
    );
  });

  it('against the clock: extend, then a snapshot', () => {
    expect(ids({ leading: memoryForecast({ signal: 'expiry' }) })).toEqual(['extend', 'snapshot', 'showDetails']);
  });

  it('against a heap of its own limit: not a larger sandbox', () => {
    expect(ids({ leading: memoryForecast({ signal: 'heap' }) })).not.toContain('recreateLarger');
  });

  it.each(['cpu', 'disk', 'inodes', 'responsiveness', 'restarts'] as const)('against %s nothing is ended', (signal) => {
    const found = ids({ leading: memoryForecast({ signal }) });
    expect(found).toContain('openTerminal');
    expect(found).not.toContain('endProcess');
    expect(found).not.toContain('recreateLarger');
  });

  it('are few while all is calm', () => {
    expect(ids({ level: 'calm' })).toEqual(['showDetails']);
  });

  it('for a paused sandbox begin with resume', () => {
    expect(ids({ sandbox: sandbox({ expiry, phase: 'paused' }), level: 'calm' })).toEqual(['resume', 'showDetails']);
  });

  it('after an incident fit what happened', () => {
    expect(ids({ level: 'calm', incidents: [incident('out-of-memory-child')] })).toEqual([
      'recreateLarger',
      'openTerminal',
      'showDetails',
    ]);
    expect(ids({ level: 'calm', incidents: [incident('agent-down')] })).toEqual([
      'snapshot',
      'recreateLarger',
      'delete',
      'showDetails',
    ]);
    expect(
      ids({ sandbox: sandbox({ phase: 'failed' }), leading: null, level: 'calm', incidents: [incident('crashed')] }),
    ).toEqual(['delete', 'showDetails']);
    expect(ids({ level: 'calm', incidents: [incident('expired')] })).toEqual(['showDetails']);
  });

  it('are only what is supported, with titles that fit on a button', () => {
    for (const signal of signalNames) {
      for (const supports of [[], ['showDetails'], ['extend', 'snapshot'], fixIds] as const) {
        const found = offerFixes(situation({ leading: memoryForecast({ signal }), supports }));
        for (const each of found) {
          expect(supports).toContain(each.id);
          expect(each.title.length).toBeLessThanOrEqual(32);
          expect(each.risk).toBe(fixRisks[each.id]);
          expect(each.reason.endsWith('.')).toBe(true);
        }
        expect(new Set(found.map((each) => each.id)).size).toBe(found.length);
      }
    }
  });
});

describe('actions', () => {
  it.each([
    [
      'running',
      ['extend', 'snapshot', 'endProcess', 'recreateLarger', 'pause', 'delete', 'openTerminal', 'showDetails'],
    ],
    ['paused', ['extend', 'resume', 'delete', 'showDetails']],
    ['creating', ['extend', 'delete', 'showDetails']],
    ['stopping', ['showDetails']],
    ['failed', ['delete', 'showDetails']],
  ] as const)('of a %s sandbox', (phase, expected) => {
    expect(actionsFor(sandbox({ expiry, phase }), fixIds)).toEqual(expected);
  });

  it('offer no extension where there is no clock or nothing moves it', () => {
    expect(actionsFor(sandbox(), ['extend'])).toEqual([]);
    expect(actionsFor(sandbox({ expiry: { ...expiry, extendedBy: 'nothing' } }), ['extend'])).toEqual([]);
  });
});
