import type { Forecast } from '../model/forecast.ts';
import type { CpuReading, SampleSource } from '../model/sample.ts';
import { durationInWords } from './evidence.ts';

/** A share of throttled periods above this is felt as slowness (facts of production alerts: a quarter of the periods). */
const throttledFrom = 0.25;
/** Some task waited for a processor in more than this share of the last 10 s, percent. */
const stalledFrom = 40;
/** Only what lasts is called slow: a compiler may have its second. */
const slowedAfterMs = 30_000;

/** CPU never ends a sandbox: pressure and throttling are told, a break is never forecast. */
export class CpuWatch {
  #atMs = Number.NaN;
  #used = 0;
  #limit: number | null = null;
  #throttled: number | null = null;
  #stalled: number | null = null;
  #source: SampleSource = 'cgroup';
  /** Since when it has been saturated without a break; NaN while it is not. */
  #slowSinceMs = Number.NaN;

  /** Takes one reading; impossible numbers are dropped, late ones replace nothing. */
  add(atMs: number, source: SampleSource, cpu: CpuReading): void {
    if (!(cpu.usedCores >= 0 && Number.isFinite(cpu.usedCores))) return;
    if (atMs < this.#atMs) this.#slowSinceMs = Number.NaN;
    this.#atMs = atMs;
    this.#source = source;
    this.#used = cpu.usedCores;
    this.#limit =
      cpu.limitCores !== null && cpu.limitCores > 0 && Number.isFinite(cpu.limitCores) ? cpu.limitCores : null;
    const throttled = cpu.throttledRatio;
    this.#throttled = throttled !== null && throttled >= 0 ? Math.min(1, throttled) : null;
    const { stalledPercent } = cpu;
    this.#stalled = stalledPercent !== undefined && stalledPercent >= 0 ? Math.min(100, stalledPercent) : null;
    const throttles = (this.#throttled ?? 0) > throttledFrom;
    const waits = this.#stalled === null || this.#stalled > stalledFrom;
    if (!(throttles && waits)) this.#slowSinceMs = Number.NaN;
    else if (Number.isNaN(this.#slowSinceMs)) this.#slowSinceMs = atMs;
  }

  /** @returns the present pressure, or null before the first reading. */
  forecast(): Forecast | null {
    if (Number.isNaN(this.#atMs)) return null;
    const parts = [
      this.#limit === null
        ? `uses ${this.#used.toFixed(2)} cores, no limit known`
        : `uses ${this.#used.toFixed(2)} of ${String(Number(this.#limit.toFixed(2)))} cores`,
    ];
    if (this.#throttled !== null) parts.push(`${Math.round(this.#throttled * 100)} % of periods throttled`);
    if (this.#stalled !== null && this.#stalled > stalledFrom) {
      parts.push(`tasks waited for a processor in ${Math.round(this.#stalled)} % of the last 10 s`);
    }
    const slowMs = this.#atMs - this.#slowSinceMs;
    if (slowMs >= slowedAfterMs) parts.push(`slowed for ${durationInWords(slowMs)}`);
    if (this.#source === 'machine') parts.push('machine numbers, not those of the sandbox');
    return {
      signal: 'cpu',
      atMs: this.#atMs,
      unit: 'cores',
      used: this.#used,
      limit: this.#limit,
      pressure: this.#limit === null ? null : this.#used / this.#limit,
      pBreak60: 0,
      pBreak120: 0,
      pBreak300: 0,
      timeToLimitMs: null,
      slopePerSecond: null,
      grower: null,
      evidence: parts.join('; '),
    };
  }
}
