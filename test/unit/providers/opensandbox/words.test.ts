import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { phases } from '../../../../src/model/sandbox.ts';
import { phaseOf, runtimeOf } from '../../../../src/providers/opensandbox/states.ts';
import { formatTimestamp, parseTimestamp } from '../../../../src/providers/opensandbox/timestamps.ts';

describe('phaseOf', () => {
  it.each([
    ['Pending', 'CREATING', 'creating'],
    ['Pending', 'CONTAINER_STARTING', 'starting'],
    ['Pending', 'POD_SCHEDULED', 'starting'],
    ['Allocated', 'IP_ASSIGNED', 'starting'],
    ['Running', 'CONTAINER_RUNNING', 'running'],
    ['Running', 'CONTAINER_RESTARTING', 'starting'],
    ['running', null, 'running'],
    ['Pausing', null, 'pausing'],
    ['Paused', 'CONTAINER_PAUSED', 'paused'],
    ['Resuming', null, 'resuming'],
    ['Stopping', null, 'stopping'],
    ['Terminated', 'CONTAINER_EXITED', 'terminated'],
    ['Failed', 'CONTAINER_STARTING', 'failed'],
    ['Unknown', 'CONTAINER_STATE_UNKNOWN', 'unknown'],
    ['Hovering', null, 'unknown'],
    ['', null, 'unknown'],
    ['constructor', 'toString', 'unknown'],
    ['Running', 'constructor', 'running'],
  ])('%s (%s) is %s', (state, reason, phase) => {
    expect(phaseOf(state, reason)).toBe(phase);
  });

  it('gives a phase for whatever a server may say', () => {
    fc.assert(
      fc.property(fc.string(), fc.option(fc.string()), (state, reason) => phases.includes(phaseOf(state, reason))),
    );
  });
});

describe('runtimeOf', () => {
  it.each([
    ['CONTAINER_RUNNING', 'docker'],
    ['CONTAINER_PAUSED', 'docker'],
    ['RUNNING', 'kubernetes'],
    ['POD_READY_WITH_IP', 'kubernetes'],
    ['BATCHSANDBOX_PENDING', 'kubernetes'],
    ['RUNNING_LATE', null],
    ['SandboxExpired', null],
    [null, null],
  ])('%s', (reason, runtime) => {
    expect(runtimeOf(reason)).toBe(runtime);
  });
});

describe('parseTimestamp', () => {
  it.each([
    ['2026-11-21T20:56:22.373299Z', Date.UTC(2026, 10, 21, 20, 56, 22, 373)],
    ['2026-11-30T16:00:00Z', Date.UTC(2026, 10, 30, 16)],
    ['2026-11-21T20:59:45.429031708Z', Date.UTC(2026, 10, 21, 20, 59, 45, 429)],
    ['2026-11-21T20:56:22.3+02:00', Date.UTC(2026, 10, 21, 18, 56, 22, 300)],
    ['2026-11-21T20:56:22-01:30', Date.UTC(2026, 10, 21, 22, 26, 22)],
    ['2028-02-29T00:00:00Z', Date.UTC(2028, 1, 29)],
  ])('reads %s', (text, epochMs) => {
    expect(parseTimestamp(text)).toBe(epochMs);
  });

  it.each([
    undefined,
    null,
    '',
    'soon',
    '2026-11-21',
    '2026-11-21T20:56:22',
    '2026-11-21 20:56:22Z',
    '2026-02-29T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-00-10T00:00:00Z',
    '2026-11-00T00:00:00Z',
    '2026-11-21T24:00:00Z',
    '2026-11-21T20:60:00Z',
    '0001-01-01T00:00:00Z',
    '1795303168',
    ' 2026-11-30T16:00:00Z',
  ])('does not guess at %s', (text) => {
    expect(parseTimestamp(text)).toBeNull();
  });

  it('reads back every moment it writes', () => {
    const moment = fc.integer({ min: Date.UTC(2000, 0, 1), max: Date.UTC(2099, 11, 31) });
    fc.assert(fc.property(moment, (epochMs) => parseTimestamp(formatTimestamp(epochMs)) === epochMs));
  });
});
