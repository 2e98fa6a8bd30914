import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { sensitivities } from '../../../../src/monitor/alert-policy.ts';
import { loadCases } from '../cases.ts';
import { exams, fingerprintOf } from '../fit/fingerprint.ts';
import { fitAll, isCommitted, judgeUnseen, sourceOf, type UnseenReport } from '../fit/fit.ts';
import { judgeLives, livesSet } from '../lives.ts';
import { number } from '../numbers.ts';
import { policyParts } from '../policy-parts.ts';
import type { MethodReport } from '../report.ts';
import { type BenchReport, runBench } from '../run.ts';
import { runsLine } from '../table.ts';
import { roomShares, tightReports } from '../tight.ts';
import { withBlock } from './blocks.ts';
import * as markdown from './markdown.ts';

/** The pages, and the blocks in them that are measured. */
export const pages = {
  'docs/forecasting.md': ['comparison', 'runs'],
  'docs/forecasting-results.md': ['sets', 'tight', 'cadences', 'quality', 'lives', 'policy', 'families'],
} as const;

type Block = (typeof pages)[keyof typeof pages][number];

const renamed = (report: MethodReport, from: string, to: string): MethodReport => ({
  ...report,
  method: report.method.replace(from, to),
});

/** The unseen rows first, then the tables as they are, then what people use today. */
function comparisonOf(unseen: UnseenReport, bench: BenchReport): string {
  const rows = [
    ...unseen.methods.map((report) => renamed(report, 'unseen families', 'unseen')),
    ...bench.methods
      .map((report) => renamed(report, 'this engine', 'in-sample'))
      .map((report) => renamed(report, 'critical only', 'critical only (half a minute or less)')),
  ];
  return markdown.comparison(rows, (name) => name.startsWith('unseen'));
}

const isMisled = ({ method }: MethodReport): boolean => method.includes('misled');

/** Sets in the order in which they came to be, each at all sensitivities; what is as a person meets it stands last. */
function setsOf({ sets }: UnseenReport): string {
  const setOf = ({ method }: MethodReport): string => method.slice(method.indexOf(', ') + 2);
  const order = ['given', 'own', 'slow', 'days', 'fresh', 'exam', 'jobs', 'exam and days'];
  const unknown = sets.find((report) => !order.includes(setOf(report)));
  if (unknown !== undefined) throw new Error(`it is not known where the set ${setOf(unknown)} stands in the page`);
  const sorted = sets
    .toSorted((a, b) => order.indexOf(setOf(a)) - order.indexOf(setOf(b)))
    .map((report) => {
      const [sensitivity = ''] = report.method.split(',', 1);
      return { ...report, method: `${setOf(report)}, ${sensitivity}` };
    });
  return markdown.sets(sorted, (name) => name.startsWith('exam and days'));
}

/**
 * Measures everything that the pages on the forecast tell, and writes it into them. Takes about a quarter of an hour.
 * @param root folder of the project
 */
export async function writePages(root: string, traces: string, say: (text: string) => void): Promise<void> {
  for (const [page, blocks] of Object.entries(pages)) {
    // What is wrong with them is said before everything is measured, and not after.
    blocks.reduce(
      (written: string, block) => withBlock(written, block, ''),
      readFileSync(path.join(root, page), 'utf8'),
    );
  }
  const cases = loadCases(traces);
  const first = cases.filter(({ set }) => set !== livesSet);
  const { models, model, fitted } = await fitAll(first, say);
  if (!isCommitted(root, sourceOf(model, fitted, fingerprintOf(fitted)))) {
    throw new Error('src/forecast/tables.ts is not what the fit writes: run npm run fit:forecast first');
  }
  say('judging families that were not seen …');
  const unseen = await judgeUnseen(first, models);
  const bench = await runBench(traces, say);
  const tight = await tightReports(
    first.filter(({ set }) => set === 'days'),
    models,
    say,
  );
  const parts = await policyParts(
    first.filter(({ set }) => !exams.has(set)),
    models,
    say,
  );
  const lives = await judgeLives(cases, models, say);
  const balanced = unseen.methods.find(({ method }) => method.endsWith('balanced'));
  if (balanced === undefined) throw new Error('the balanced engine was not judged');
  const rateAt = (room: number, sensitivity: string): string => {
    const found = tight.find((one) => one.room === room && one.sensitivity === sensitivity);
    if (found === undefined) throw new Error(`${sensitivity} was not judged with ${room} of room`);
    return number(found.report.falseAlarmsPerHour);
  };
  const text: Record<Block, string> = {
    runs: `${runsLine(bench)}.`,
    comparison: comparisonOf(unseen, bench),
    sets: setsOf(unseen),
    tight: markdown.table(
      ['limit so much above the highest use', ...sensitivities],
      roomShares.map((room) => [`${room * 100} %`, ...sensitivities.map((sensitivity) => rateAt(room, sensitivity))]),
    ),
    cadences: markdown.cadences(bench.cadences),
    quality: markdown.quality(unseen.quality),
    // What is the worst that can be remembered stands last.
    lives: markdown.lives(lives.methods.toSorted((a, b) => Number(isMisled(a)) - Number(isMisled(b)))),
    policy: markdown.policy(parts),
    families: markdown.families(balanced),
  };
  for (const [page, blocks] of Object.entries(pages)) {
    const file = path.join(root, page);
    let written = readFileSync(file, 'utf8');
    for (const block of blocks) {
      const before = written;
      written = withBlock(written, block, text[block]);
      if (written !== before)
        say(
          `${page}: ${block} has changed; look for its numbers in the text around it, in README.md and in package.json`,
        );
    }
    writeFileSync(file, written);
  }
}
