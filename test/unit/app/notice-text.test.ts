import { describe, expect, it } from 'vitest';
import { bytesText, durationText, intervalText, shortName } from '../../../src/app/format.ts';
import { noticeText, othersText } from '../../../src/app/notice-text.ts';
import type { Forecast } from '../../../src/model/forecast.ts';
import type { Expiry } from '../../../src/model/sandbox.ts';
import { aForecast } from '../../helpers/a-forecast.ts';
import { utcTime } from '../../helpers/app-bench.ts';
import { aSandbox } from '../../helpers/fake-provider.ts';

const nowMs = Date.UTC(2026, 0, 1, 14, 28, 40);
const sandbox = aSandbox('a', { name: 'api-tests' });
const full: Partial<Forecast> = {
  signal: 'disk',
  used: 100 * 2 ** 20,
  limit: 100 * 2 ** 20,
  pressure: 1,
  slopePerSecond: 850 * 1024,
  timeToLimitMs: null,
};

describe('the text of a notice', () => {
  it('names what ends it, the clock time, the interval, the process and the filling', () => {
    expect(noticeText(sandbox, aForecast({ atMs: nowMs }), nowMs, utcTime)).toBe(
      'api-tests runs out of memory at about 14:32 (in 2–5 min): node (pid 412) grows 4.2 MiB/s, 71 % of 512 MiB.',
    );
  });

  it('counts from now when the forecast is older', () => {
    const text = noticeText(sandbox, aForecast({ atMs: nowMs - 60_000 }), nowMs, utcTime);
    expect(text).toContain('at about 14:31 (in 1–4 min)');
  });

  it('does without what is not known', () => {
    const plain = aForecast({ atMs: nowMs, grower: null });
    expect(noticeText(sandbox, plain, nowMs, utcTime)).toContain(': it grows 4.2 MiB/s, 71 % of 512 MiB.');
    const bare = aForecast({ atMs: nowMs, grower: null, slopePerSecond: null, limit: null, pressure: null });
    expect(noticeText(sandbox, bare, nowMs, utcTime)).toContain('(in 2–5 min): The floor rises.');
    const open = aForecast({ atMs: nowMs, timeToLimitMs: { p10: 40_000, p50: 60_000, p90: Number.POSITIVE_INFINITY } });
    expect(noticeText(sandbox, open, nowMs, utcTime)).toContain('(in 40 s or later)');
  });

  it('carries a clock time also without a time to the limit', () => {
    const text = noticeText(sandbox, aForecast({ timeToLimitMs: null }), nowMs, utcTime);
    expect(text).toBe(
      'api-tests may soon reach a limit (seen at 14:28): it runs out of memory if this goes on: node (pid 412) grows 4.2 MiB/s, 71 % of 512 MiB.',
    );
  });

  it('names the heights of what comes and goes, not the little there is between two of them', () => {
    const mebibyte = 2 ** 20;
    const between = aForecast({
      timeToLimitMs: null,
      grower: null,
      slopePerSecond: 1.1 * mebibyte,
      used: 8 * mebibyte,
      pressure: 8 / 512,
      risingPeaks: { shares: [0.5, 0.61, 0.71, 0.8], intervalMs: 28_000 },
    });
    expect(noticeText(sandbox, between, nowMs, utcTime)).toBe(
      'api-tests may soon reach a limit (seen at 14:28): it runs out of memory if this goes on: its peaks rise, the last ones were at 61, 71 and 80 % of the limit.',
    );
  });

  it('counts what is counted', () => {
    const pids = aForecast({
      signal: 'pids',
      atMs: nowMs,
      unit: 'count',
      used: 95,
      limit: 100,
      pressure: 0.95,
      grower: null,
      slopePerSecond: 2,
    });
    expect(noticeText(sandbox, pids, nowMs, utcTime)).toBe(
      'api-tests reaches its limit of processes at about 14:32 (in 2–5 min): it grows 2 per second, 95 % of 100.',
    );
    const slow = (slopePerSecond: number) => noticeText(sandbox, { ...pids, slopePerSecond }, nowMs, utcTime);
    expect(slow(0.04)).toContain(': it grows 2.4 per minute, 95 % of 100.');
    expect(slow(1 / 150)).toContain(': it grows 24 per hour, 95 % of 100.');
    expect(slow(1 / 36_000)).toContain(': 95 % of 100.');
  });

  it('names the disk where there are several', () => {
    const text = (part: Partial<Forecast>) =>
      noticeText(
        sandbox,
        aForecast({ atMs: nowMs, signal: 'disk', grower: null, place: '/tmp', ...part }),
        nowMs,
        utcTime,
      );
    expect(text({})).toBe(
      'api-tests runs out of disk space in /tmp at about 14:32 (in 2–5 min): it grows 4.2 MiB/s, 71 % of 512 MiB.',
    );
    expect(text({ timeToLimitMs: null })).toContain(': it runs out of disk space in /tmp if this goes on: ');
    expect(text({ signal: 'inodes' })).toContain('api-tests runs out of files (inodes) in /tmp at about 14:32');
  });

  it('says of what is full that it is, with no rate and no time to come', () => {
    const text = (part: Partial<Forecast>) =>
      noticeText(sandbox, aForecast({ atMs: nowMs, grower: null, ...full, ...part }), nowMs, utcTime);
    const rising = { timeToLimitMs: { p10: 0, p50: 2_000, p90: 5_000 } };
    expect(text({})).toBe(
      'In api-tests the disk is full (seen at 14:28): nothing more can be written, 100 % of 100 MiB.',
    );
    expect(text({ place: '/tmp', ...rising })).toBe(
      'In api-tests /tmp is full (seen at 14:28): nothing more can be written, 100 % of 100 MiB.',
    );
    const counted = { unit: 'count', used: 100, limit: 100, pressure: 1, slopePerSecond: 2, ...rising } as const;
    expect(text({ ...counted, signal: 'inodes' })).toBe(
      'In api-tests the disk is out of inodes (seen at 14:28): no file more can be made, 100 % of 100.',
    );
    expect(text({ ...counted, signal: 'pids' })).toBe(
      'In api-tests the limit of processes is reached (seen at 14:28): no process more can be started, 100 % of 100.',
    );
    expect(text({ ...counted, signal: 'fds' })).toBe(
      'In api-tests the limit of open files is reached (seen at 14:28): no file more can be opened, 100 % of 100.',
    );
  });

  it('tells what is full first of the sandboxes of others, without a time', () => {
    const other = (name: string, forecast: Forecast) => ({ sandbox: aSandbox(name, { name }), forecast });
    const warnings = [other('ci-7', aForecast({ atMs: nowMs })), other('ci-12', aForecast({ atMs: nowMs, ...full }))];
    expect(othersText(warnings, nowMs, utcTime)).toBe('2 other sandboxes are about to break: ci-12 first; then ci-7.');
  });

  it('says what the clock does', () => {
    const expiry: Expiry = {
      clock: 'absolute',
      expiresAtMs: nowMs + 300_000,
      action: 'delete',
      extendedBy: 'call',
      certainty: 'known',
    };
    const forecast = aForecast({ signal: 'expiry' });
    const text = (parts: Partial<Expiry>): string =>
      noticeText({ ...sandbox, expiry: { ...expiry, ...parts } }, forecast, nowMs, utcTime);
    expect(text({})).toBe('api-tests ends at 14:33 (in 5 min): its time is over then, and it is deleted.');
    expect(text({ certainty: 'probable', action: 'stop' })).toContain('api-tests probably ends at 14:33');
    expect(text({ clock: 'idle', action: 'hibernate' })).toBe(
      'api-tests ends at about 14:33 (in 5 min) if nothing happens in it: then it is hibernated.',
    );
  });

  it('keeps names from outside on one line and short', () => {
    expect(shortName(`evil\n\u0007name${'x'.repeat(100)}`)).toMatch(/^evil namex+…$/);
    expect(shortName('x'.repeat(100))).toHaveLength(60);
    // No letter is cut in two, and none is made to be read backwards.
    expect([...shortName('😀'.repeat(100))]).toEqual([...Array(59).fill('😀'), '…']);
    expect(shortName('api\u202etset\u2066\u2028')).toBe('apitset');
  });
});

describe('numbers for people', () => {
  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1 KiB'],
    [4.2 * 1024 * 1024, '4.2 MiB'],
    [512 * 1024 * 1024, '512 MiB'],
    [1023.4 * 1024 * 1024, '1023 MiB'],
    [1023.6 * 1024 * 1024, '1 GiB'],
  ])('%d bytes are %s', (bytes, text) => expect(bytesText(bytes)).toBe(text));

  it.each([
    [0, '0 s'],
    [89_400, '89 s'],
    [90_000, '2 min'],
    [3_540_000, '59 min'],
    [3_600_000, '1 h'],
    [5_400_000, '1 h 30 min'],
    [7_200_000, '2 h'],
    [7_800_000, '2 h 10 min'],
  ])('%d ms are %s', (ms, text) => expect(durationText(ms)).toBe(text));

  it.each([
    [0, 5_000, 'in less than 10 s'],
    [-5_000, 20_000, 'within 20 s'],
    [2_400, 12_000, 'within 10 s'],
    [2_500, 15_000, 'in 5–15 s'],
    [2_000, 180_000, 'within 3 min'],
    [2_500, 180_000, 'in 5 s – 3 min'],
    [2_000, Number.POSITIVE_INFINITY, 'now or later'],
    [-5_000, Number.POSITIVE_INFINITY, 'now or later'],
    [2_500, Number.POSITIVE_INFINITY, 'in 5 s or later'],
    [40_000, 90_000, 'in 40–90 s'],
    [39_000, 82_000, 'in 40–80 s'],
    [20_000, 300_000, 'in 20 s – 5 min'],
    [37_000, Number.POSITIVE_INFINITY, 'in 35 s or later'],
    [60_000, 60_000, 'in about 60 s'],
    [240_000, 245_000, 'in about 4 min'],
    [3_600_000, 3_600_000, 'in about 1 h'],
    [7_200_000, 10_800_000, 'in about 2 h 30 min'],
  ])('%d to %d ms is "%s"', (low, high, text) => expect(intervalText(low, high)).toBe(text));
});
