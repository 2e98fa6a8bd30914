import { randomFrom } from '../protocol.ts';

/** A made-up course of memory against a limit of one, one value a second. */
export interface Synthetic {
  readonly id: string;
  readonly shape: string;
  readonly values: readonly number[];
  /** Number of values before the limit, or null. */
  readonly breakAt: number | null;
  /** Tasks in each second, and the share of the processor they use. */
  readonly tasks: readonly number[];
  readonly busy: number;
}

type Random = () => number;
type Level = (second: number) => number;
/** A course, and from when on a command with processes of its own runs that makes it; without it, what has always run does. */
interface Course {
  readonly level: Level;
  readonly worksFrom?: (second: number) => boolean;
}
const between = (random: Random, low: number, high: number): number => low + (high - low) * random();
/** As likely between 1 and 2 as between 2 and 4. */
const scaled = (random: Random, low: number, high: number): number => low * (high / low) ** random();

/** Shapes that run into the limit. */
const breaking: Readonly<Record<string, (random: Random) => Level | Course>> = {
  linear: (random) => {
    const base = between(random, 0.02, 0.3);
    const start = between(random, 0, 25);
    const rate = (1 - base) / scaled(random, 50, 420);
    return (s) => base + rate * Math.max(0, s - start);
  },
  late: (random) => {
    const base = between(random, 0.02, 0.4);
    const start = between(random, 30, 140);
    const rate = (1 - base) / scaled(random, 45, 300);
    return (s) => base + rate * Math.max(0, s - start);
  },
  stairs: (random) => {
    const base = between(random, 0.02, 0.2);
    const every = between(random, 3, 15);
    const step = ((1 - base) * every) / scaled(random, 70, 400);
    return (s) => base + step * Math.floor(Math.max(0, s - 8) / every);
  },
  exponential: (random) => {
    const base = between(random, 0.002, 0.05);
    const doubling = scaled(random, 14, 60);
    return (s) => base * 2 ** (s / doubling);
  },
  sawtooth: (random) => {
    const base = between(random, 0.05, 0.3);
    const rate = (1 - base) / scaled(random, 60, 400);
    const period = between(random, 4, 30);
    const tooth = between(random, 0.02, 0.15);
    return (s) => base + rate * s + (tooth * (s % period)) / period;
  },
  bursty: (random) => {
    const base = between(random, 0.05, 0.25);
    const chance = between(random, 0.1, 0.6);
    const step = (1 - base) / (scaled(random, 60, 350) * chance);
    let at = base;
    return () => {
      if (random() < chance) at += step * between(random, 0.3, 1.7);
      return at;
    };
  },
};

/** Shapes that come close, or look like it, and do not. */
const harmless: Readonly<Record<string, (random: Random) => Level | Course>> = {
  build: (random) => {
    const base = between(random, 0.02, 0.3);
    const top = between(random, 0.5, 0.96);
    const start = between(random, 5, 60);
    const length = scaled(random, 8, 60);
    const hold = between(random, 0, 10);
    const bend = between(random, 0.6, 1.4);
    return (s) =>
      s < start || s > start + length + hold ? base : base + (top - base) * Math.min(1, (s - start) / length) ** bend;
  },
  session: (random) => {
    const base = between(random, 0.02, 0.2);
    const builds = Array.from({ length: 4 }, (_, i) => ({
      start: 10 + i * 60 + between(random, 0, 20),
      length: scaled(random, 8, 35),
      top: between(random, 0.3, 0.95),
    }));
    const oneAt = (s: number): (typeof builds)[number] | undefined =>
      builds.find(({ start, length }) => s >= start && s <= start + length);
    return {
      level: (s) => {
        const one = oneAt(s);
        return one === undefined ? base : base + ((one.top - base) * (s - one.start)) / one.length;
      },
      worksFrom: (s) => oneAt(s) !== undefined,
    };
  },
  saturating: (random) => {
    const base = between(random, 0.02, 0.2);
    const top = between(random, 0.4, 0.95);
    const scale = scaled(random, 8, 60);
    return (s) => base + (top - base) * (1 - Math.exp(-s / scale));
  },
  flatSawtooth: (random) => {
    const base = between(random, 0.1, 0.7);
    const period = scaled(random, 4, 60);
    const tooth = between(random, 0.05, 0.9 - base);
    return (s) => base + (tooth * (s % period)) / period;
  },
  stepsThenFlat: (random) => {
    const every = between(random, 5, 16);
    const steps = Math.floor(between(random, 2, 7));
    const step = between(random, 0.4, 0.93) / steps;
    return (s) => 0.02 + step * Math.min(steps, Math.floor(s / every));
  },
  plateau: (random) => {
    const base = between(random, 0.02, 0.2);
    const top = between(random, 0.4, 0.94);
    const length = scaled(random, 12, 120);
    return (s) => base + (top - base) * Math.min(1, s / length);
  },
  waves: (random) => {
    const base = between(random, 0.05, 0.2);
    const top = between(random, 0.5, 0.93);
    const up = scaled(random, 6, 40);
    const rest = between(random, 3, 15);
    return (s) => {
      const at = s % (2 * up + rest);
      return base + (top - base) * (at < up ? at / up : at < 2 * up ? 2 - at / up : 0);
    };
  },
  level: (random) => {
    const base = between(random, 0.05, 0.93);
    return () => base;
  },
  noisy: (random) => {
    const base = between(random, 0.1, 0.85);
    const size = scaled(random, 0.01, 0.06);
    return () => base + size * (random() - 0.5);
  },
  wandering: (random) => {
    const base = between(random, 0.1, 0.8);
    const size = scaled(random, 0.002, 0.02);
    let at = base;
    return () => {
      at = Math.max(0.02, at + size * (random() - 0.5) + 0.03 * (base - at));
      return Math.min(0.96, at);
    };
  },
};

const lengthS = 420;
const harmlessS = 180;

function play(id: string, shape: string, made: Level | Course, random: Random): Synthetic {
  const course = typeof made === 'function' ? { level: made } : made;
  const noise = scaled(random, 0.0005, 0.01);
  const values: number[] = [];
  const tasks: number[] = [];
  const works = course.worksFrom;
  const rest = Math.floor(between(random, 1, 20));
  const busy = works === undefined ? scaled(random, 0.005, 0.4) : between(random, 0.2, 1);
  let breakAt: number | null = null;
  for (let s = 0; s < lengthS; s++) {
    const value = Math.max(0.001, course.level(s) + noise * (random() - 0.5));
    if (value >= 1) {
      breakAt = s;
      break;
    }
    values.push(value);
    tasks.push(works?.(s) === true ? rest + 3 : rest);
  }
  const end = breakAt ?? harmlessS;
  return { id, shape, values: values.slice(0, end), tasks: tasks.slice(0, end), busy, breakAt };
}

/** @returns the same made-up runs every time, `each` of every shape. */
export function syntheticRuns(each: number): readonly Synthetic[] {
  const random = randomFrom(7);
  const runs: Synthetic[] = [];
  for (const [shape, make] of [...Object.entries(breaking), ...Object.entries(harmless)]) {
    for (let i = 0; i < each; i++) runs.push(play(`${shape}-${i}`, shape, make(random), random));
  }
  return runs;
}
