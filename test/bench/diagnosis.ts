import { catalogue } from '../../src/diagnosis/catalogue/catalogue.ts';
import { LogReader } from '../../src/diagnosis/log-reader.ts';
import { recognise } from '../../src/diagnosis/recognise.ts';
import { type ErrorSample, eventOf, realSamples, writtenSamples } from '../helpers/error-samples.ts';
import { type Few, few, type Timing, timing } from './measure.ts';

/** How well one set of labelled texts is recognised. */
export interface Recognised {
  /** Texts that have a pattern. */
  readonly errors: number;
  /** Right ones among the errors that were given a pattern. */
  readonly precision: number;
  /** Right ones among all errors. */
  readonly recall: number;
  readonly lookAlikes: number;
  /** Look-alikes that were given a pattern; should be none. */
  readonly falseMatches: readonly string[];
}

/** What was taken for what, and how often. */
export interface Confusion {
  readonly expected: string;
  /** Null when nothing was recognised. */
  readonly recognised: string | null;
  readonly texts: readonly string[];
}

/** What recognising costs, and how well it works on the labelled texts. */
export interface DiagnosisBench {
  readonly patterns: number;
  readonly real: Recognised;
  readonly written: Recognised;
  /** Errors of both sets that were not given their own pattern; empty is best. */
  readonly confusion: readonly Confusion[];
  /** One labelled text after the other. */
  readonly text: Timing;
  /** The same by the lines of the texts. */
  readonly lineMicros: number;
  /** Reading a log of 10 MB piece by piece and recognising its error. */
  readonly logMs: Few;
  /** The same as a speed, of the median. */
  readonly megabytesPerSecond: number;
  /** The longest text that is taken at once; the editor stands still for so long. */
  readonly longestMs: Few;
}

const pieceCharacters = 65_536;
const runs = 5;

const patternOf = (sample: ErrorSample): string | null => recognise(eventOf(sample))?.pattern ?? null;

const recognisedIn = (samples: readonly ErrorSample[]): Recognised => {
  const errors = samples.filter((each) => each.pattern !== null);
  const lookAlikes = samples.filter((each) => each.pattern === null);
  const given = errors.filter((each) => patternOf(each) !== null);
  const right = given.filter((each) => patternOf(each) === each.pattern);
  const falseMatches = lookAlikes.filter((each) => patternOf(each) !== null).map((each) => each.id);
  return {
    errors: errors.length,
    precision: right.length / (given.length + falseMatches.length),
    recall: right.length / errors.length,
    lookAlikes: lookAlikes.length,
    falseMatches,
  };
};

const confusionIn = (samples: readonly ErrorSample[]): readonly Confusion[] => {
  const found = new Map<string, Confusion>();
  for (const { id, pattern, ...rest } of samples) {
    const recognised = patternOf({ id, pattern, ...rest });
    if (pattern === null || recognised === pattern) continue;
    const key = `${pattern} ${recognised}`;
    found.set(key, { expected: pattern, recognised, texts: [...(found.get(key)?.texts ?? []), id] });
  }
  return [...found.values()].toSorted((a, b) => b.texts.length - a.texts.length);
};

/** A build log with one line in five hundred that speaks of an error, and the cause in its middle. */
const longLog = (): string => {
  const lines: string[] = [];
  for (let characters = 0; characters < 10_000_000; characters += (lines.at(-1)?.length ?? 0) + 1) {
    const index = lines.length;
    lines.push(
      index % 500 === 0
        ? `[worker-${index % 8}] warning: page-${index}.tsx could not be cached`
        : `2026-01-02T03:04:05.${index % 1000}Z [worker-${index % 8}] compiled src/pages/page-${index}.tsx in ${index % 300} ms`,
    );
  }
  lines.splice(lines.length / 2, 0, 'write dist/page.js: no space left on device');
  return lines.join('\n');
};

const millisToRead = (log: string): number => {
  const startedAt = performance.now();
  const reader = new LogReader();
  for (let at = 0; at < log.length; at += pieceCharacters) reader.push(log.slice(at, at + pieceCharacters));
  const found = recognise(eventOf({ text: reader.text(), exitCode: 1, command: 'npm run build' }));
  if (found?.pattern !== 'disk-full') throw new Error(`the long log was taken for ${found?.pattern ?? 'nothing'}`);
  return performance.now() - startedAt;
};

const longestText = (log: string): number => {
  const startedAt = performance.now();
  recognise(eventOf({ text: log, exitCode: 1, command: 'npm run build' }));
  return performance.now() - startedAt;
};

/** @returns how well and how fast errors are recognised; takes about five seconds. */
export function benchDiagnosis(): DiagnosisBench {
  const samples = [...realSamples, ...writtenSamples];
  let index = 0;
  let sample = samples[0];
  const text = timing(
    () => {
      index += 1;
      sample = samples[index % samples.length];
    },
    () => {
      if (sample !== undefined) recognise(eventOf(sample));
    },
  );
  const lines = samples.reduce((sum, each) => sum + each.text.split('\n').length, 0);
  const startedAt = performance.now();
  for (const each of samples) recognise(eventOf(each));
  const lineMicros = ((performance.now() - startedAt) * 1000) / lines;
  const log = longLog();
  millisToRead(log);
  const logMs = few(Array.from({ length: runs }, () => millisToRead(log)));
  return {
    patterns: catalogue.length,
    real: recognisedIn(realSamples),
    written: recognisedIn(writtenSamples),
    confusion: confusionIn(samples),
    text,
    lineMicros,
    logMs,
    megabytesPerSecond: log.length / 1e3 / logMs.median,
    longestMs: few(Array.from({ length: runs }, () => longestText(log))),
  };
}
