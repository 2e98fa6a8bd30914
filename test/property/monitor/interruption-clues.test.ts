import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ProcessReading } from '../../../src/model/sample.ts';
import { InterruptionClues } from '../../../src/monitor/interruption-clues.ts';
import { processReading, sampleAt, t0 } from '../../unit/monitor/scene.ts';

/** Numbers come round early here, so that it happens in a test. */
const highestPid = 420;
const firstAgain = 300;
const listed = 5;

interface Running {
  readonly pid: number;
  readonly startTicks: number;
  readonly rssBytes: number;
}

/** A kernel that numbers processes as Linux does: upwards, and below 300 never again. */
class Machine {
  #processes: Running[] = [];
  #nextPid = 1;
  ticks = 1_000;

  get processes(): readonly Running[] {
    return this.#processes;
  }

  restart(): void {
    this.#processes = [];
    this.#nextPid = 1;
    this.spawn(1);
  }

  spawn(rssBytes: number): void {
    this.ticks += 1;
    while (this.#processes.some(({ pid }) => pid === this.#nextPid)) this.#step();
    this.#processes.push({ pid: this.#nextPid, startTicks: this.ticks, rssBytes });
    this.#step();
  }

  /** Ends all but the first one. */
  endChildren(): void {
    this.#processes = this.#processes.slice(0, 1);
  }

  #step(): void {
    this.#nextPid = this.#nextPid >= highestPid ? firstAgain : this.#nextPid + 1;
  }

  largest(): readonly ProcessReading[] {
    return this.#processes
      .toSorted((a, b) => b.rssBytes - a.rssBytes)
      .slice(0, listed)
      .map(({ pid, startTicks, rssBytes }) => ({
        ...processReading(pid, 'x', rssBytes, (this.ticks - startTicks) * 10),
        startTicks,
      }));
  }
}

const step = fc.record({
  spawned: fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 60 }),
  ends: fc.boolean(),
  restarts: fc.integer({ min: 0, max: 9 }).map((one) => one === 0),
  hasRates: fc.boolean(),
});

describe('a restart that is known by the processes', () => {
  it('has always been one, whatever began and ended, and lies between then and now', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const machine = new Machine();
        machine.restart();
        const clues = new InterruptionClues();
        let lastBefore: number | null = null;
        steps.forEach(({ spawned, ends, restarts, hasRates }, second) => {
          if (ends) machine.endChildren();
          if (restarts) {
            machine.restart();
            lastBefore ??= t0 + (second - 1) * 1000;
          }
          for (const rssBytes of spawned) machine.spawn(rssBytes);
          const before = clues.read(
            sampleAt(second, 0.5, {
              processes: machine.largest(),
              ...(hasRates ? { cpu: { usedCores: 1, limitCores: 1, throttledRatio: 0 } } : {}),
            }),
          );
          if (before === null) return;
          expect(lastBefore).not.toBeNull();
          expect(before).toBeGreaterThanOrEqual(lastBefore ?? 0);
          expect(before).toBeLessThanOrEqual(t0 + second * 1000);
          lastBefore = null;
        });
      }),
    );
  });

  it('is always known where the first process is listed before and after', () => {
    fc.assert(
      fc.property(fc.nat({ max: 4 }), fc.nat({ max: 4 }), (one, two) => {
        const machine = new Machine();
        const clues = new InterruptionClues();
        const run = (others: number): number | null => {
          machine.restart();
          for (let no = 0; no < others; no += 1) machine.spawn(2);
          return clues.read(sampleAt(machine.ticks, 0.5, { processes: machine.largest() }));
        };
        expect(run(one)).toBeNull();
        expect(run(two)).not.toBeNull();
      }),
    );
  });
});
