import type { ReplayLine } from '../../../src/cli/replay.ts';
import type { Case } from './cases.ts';
import { median } from './protocol.ts';

/** How good the probabilities and times are, apart from any alarm. */
export interface Quality {
  /** 1 - Brier score over that of always saying the base rate; 1 is perfect, 0 is no better. */
  readonly brierSkill60: number;
  readonly brierSkill120: number;
  /** Expected calibration error over ten bins. */
  readonly ece60: number;
  readonly ece120: number;
  /** Median |ln(said/true)| of the time to the limit, so many seconds before a forecastable break, and how many said one. */
  readonly lnTime: Readonly<
    Record<string, { readonly median: number | null; readonly said: number; readonly of: number }>
  >;
  /** Share of true times inside p10..p90, at 60 s and at all of 120, 60 and 30 s before forecastable breaks. */
  readonly coverage60: number | null;
  readonly coverage: number | null;
}

function calibration(
  cases: readonly Case[],
  linesOf: (one: Case) => readonly ReplayLine[],
  horizonS: 60 | 120,
): { skill: number; ece: number } {
  let n = 0;
  let positives = 0;
  let squares = 0;
  const bins = Array.from({ length: 10 }, () => ({ n: 0, said: 0, true: 0 }));
  for (const one of cases) {
    linesOf(one).forEach((line, i) => {
      const said = Math.max(
        0,
        ...Object.values(line.signals).map((each) => (horizonS === 60 ? each.pBreak60 : each.pBreak120)),
      );
      const came = one.breakAt !== null && one.breakAt - i <= horizonS ? 1 : 0;
      n++;
      positives += came;
      squares += (said - came) ** 2;
      const bin = bins[Math.min(9, Math.floor(said * 10))];
      if (bin === undefined) return;
      bin.n++;
      bin.said += said;
      bin.true += came;
    });
  }
  const base = positives / n;
  return {
    skill: 1 - squares / n / (base * (1 - base)),
    ece: bins.reduce((sum, bin) => sum + (bin.n === 0 ? 0 : Math.abs(bin.said - bin.true) / n), 0),
  };
}

/** @param linesOf what was said in each row of a run. */
export function qualityOf(cases: readonly Case[], linesOf: (one: Case) => readonly ReplayLine[]): Quality {
  const within60 = calibration(cases, linesOf, 60);
  const within120 = calibration(cases, linesOf, 120);
  const covered: Record<string, boolean[]> = {};
  const lnTime: Record<string, { median: number | null; said: number; of: number }> = {};
  for (const before of [300, 120, 60, 30]) {
    const errors: number[] = [];
    const inside: boolean[] = [];
    let of = 0;
    for (const one of cases) {
      if (one.breakAt === null || !one.forecastable || one.breakAt < before) continue;
      of++;
      const signals: Readonly<Record<string, ReplayLine['signals'][keyof ReplayLine['signals']]>> =
        linesOf(one)[one.breakAt - before]?.signals ?? {};
      const time = signals[one.signal]?.timeToLimitMs ?? null;
      if (time === null || !(time.p50 > 0)) continue;
      errors.push(Math.abs(Math.log(time.p50 / 1000 / before)));
      inside.push(time.p10 <= before * 1000 && before * 1000 <= time.p90);
    }
    covered[before] = inside;
    lnTime[before] = { median: median(errors), said: errors.length, of };
  }
  const share = (flags: readonly boolean[]): number | null =>
    flags.length === 0 ? null : flags.filter(Boolean).length / flags.length;
  return {
    brierSkill60: within60.skill,
    brierSkill120: within120.skill,
    ece60: within60.ece,
    ece120: within120.ece,
    lnTime,
    coverage60: share(covered[60] ?? []),
    coverage: share([...(covered[120] ?? []), ...(covered[60] ?? []), ...(covered[30] ?? [])]),
  };
}
