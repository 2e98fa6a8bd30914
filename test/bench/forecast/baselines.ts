import { type Case, watched } from './cases.ts';

/** Takes one pressure a second and answers whether the rule would be alarming. */
type Rule = (pressure: number) => boolean;

const level =
  (from: number): (() => Rule) =>
  () =>
  (u) =>
    u >= from;

/** On from `from`, off again below `until`. */
const latch = (from: number, until: number) => (): Rule => {
  let on = false;
  return (u) => {
    on = on ? u >= until : u >= from;
    return on;
  };
};

/** Prometheus `predict_linear(v[window], ahead) >= 1`, only from `gate` on and after it held for `forS`. */
const predictLinear =
  (windowS: number, aheadS: number, gate = 0, forS = 0) =>
  (): Rule => {
    const kept: number[] = [];
    let held = 0;
    return (u) => {
      kept.push(u);
      if (kept.length > windowS) kept.shift();
      const n = kept.length;
      let on = false;
      if (n >= 2) {
        let sy = 0;
        let sxy = 0;
        kept.forEach((y, k) => {
          sy += y;
          sxy += (k - (n - 1)) * y;
        });
        const sx = (-(n - 1) * n) / 2;
        const sxx = ((n - 1) * n * (2 * n - 1)) / 6;
        const slope = (sxy - (sx * sy) / n) / (sxx - (sx * sx) / n);
        on = sy / n - (slope * sx) / n + slope * aheadS >= 1 && u >= gate;
      }
      held = on ? held + 1 : 0;
      return on && held > forS;
    };
  };

/** Holt's linear trend, 120 s ahead. */
const holt = (alpha: number, beta: number) => (): Rule => {
  let at: number | undefined;
  let trend = 0;
  return (u) => {
    if (at === undefined) {
      at = u;
      return false;
    }
    const before = at;
    at = alpha * u + (1 - alpha) * (at + trend);
    trend = beta * (at - before) + (1 - beta) * trend;
    return at + 120 * trend >= 1;
  };
};

/** Netdata's disk fill rate with all times divided by twelve: the least free share of 50 s that ended 250 s ago, against now. */
const fillRate = (): Rule => {
  const kept: number[] = [];
  let on = false;
  return (u) => {
    kept.push(1 - u);
    if (kept.length > 300) kept.shift();
    if (kept.length < 300) return false;
    const rate = (Math.min(...kept.slice(0, 50)) - (1 - u)) / 300;
    const leftS = rate > 0 ? (1 - u) / rate : Number.POSITIVE_INFINITY;
    on = on ? leftS < 7200 : leftS < 600;
    return on;
  };
};

/** Alarms of a minute at random times; `perHour` of them on average. */
const random = (perHour: number) => (): Rule => {
  let state = 12_345;
  let left = 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    if (left > 0) {
      left--;
      return true;
    }
    if (state / 2 ** 32 < perHour / 3600) {
      left = 60;
      return true;
    }
    return false;
  };
};

/** A rule for each second of a run. */
export type Baseline = (one: Case) => readonly boolean[];

/** As an operator would set it up: the same rule on each of the signals, an alarm when any of them speaks. */
const onAll =
  (make: () => Rule): Baseline =>
  (one) => {
    const rules = watched.map((signal) => ({ rule: make(), series: one.pressure[signal] }));
    // As in the reference: once one rule speaks, those after it are not asked in that second.
    return one.times.map((_, i) => rules.some(({ rule, series }) => rule(series[i] ?? Number.NaN)));
  };

const onMemory =
  (make: () => Rule): Baseline =>
  (one) => {
    const rule = make();
    return one.pressure.memory.map((u) => rule(u));
  };

/** systemd-oomd: everything waited for memory for more than 60 % of the last 10 s, for 30 s. Silent where the kernel tells no pressure. */
const oomd: Baseline = (one) => {
  let held = 0;
  return one.times.map((_, i) => {
    held = (one.stalled?.[i] ?? 0) > 60 ? held + 1 : 0;
    return held > 30;
  });
};

/** The minute that ends at the break, known in hindsight: what a perfect alarm would score. */
const oracle: Baseline = (one) => one.times.map((_, i) => one.breakAt !== null && i >= Math.max(10, one.breakAt - 60));

/** Alarms at random at a given rate. */
export const randomAt = (perHour: number): Baseline => onMemory(random(perHour));

/** What people use today, each as its documentation has it; scaled ones divide all times by the factor in their name. */
export const baselines: Readonly<Record<string, Baseline>> = {
  'static 80%': onAll(level(0.8)),
  'static 90%': onAll(level(0.9)),
  'static 95%': onAll(level(0.95)),
  'Netdata 90/80': onAll(latch(0.9, 0.8)),
  'nohang 80% (memory)': onMemory(level(0.8)),
  'earlyoom 90% (memory)': onMemory(level(0.9)),
  'systemd-oomd (PSI)': oomd,
  'predict_linear 30s>1m': onAll(predictLinear(30, 60)),
  'predict_linear 1m>2m': onAll(predictLinear(60, 120)),
  'predict_linear 5m>2m': onAll(predictLinear(300, 120)),
  'predict_linear 5m>5m': onAll(predictLinear(300, 300)),
  'predict_linear 10m>2m': onAll(predictLinear(600, 120)),
  'predict_linear 10m>5m': onAll(predictLinear(600, 300)),
  'node-mixin warn /72': onAll(predictLinear(300, 1200, 0.6, 50)),
  'node-mixin crit /72': onAll(predictLinear(300, 200, 0.8, 50)),
  'Netdata fill rate /12': onAll(fillRate),
  'Holt .3/.1': onAll(holt(0.3, 0.1)),
  'Holt .1/.02': onAll(holt(0.1, 0.02)),
  'random 6/h': randomAt(6),
  'always on': onMemory(() => () => true),
  oracle,
};
