import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../../src/diagnosis/catalogue/catalogue.ts';
import type { ErrorPattern } from '../../../src/diagnosis/catalogue/pattern.ts';
import { slugOfExitCode } from '../../../src/diagnosis/exit-codes.ts';
import { requiredWords } from '../../../src/diagnosis/literals.ts';
import { fixIds } from '../../../src/model/fix.ts';
import { everyRecord } from '../../helpers/catalogue-records.ts';
import { realSamples, runSamples, writtenSamples } from '../../helpers/error-samples.ts';
import { isUnbounded, nastyTexts, stepsOf } from '../../helpers/regex-steps.ts';

const expressionsOf = (pattern: ErrorPattern): readonly RegExp[] => [
  ...pattern.signals.flatMap(({ text, near }) => [text, near]).filter((each) => each !== null),
  ...pattern.vetoes,
  ...pattern.variants.flatMap(({ line, command, unless }) => [line, command, unless]).filter((each) => each !== null),
];

/** A command line without what stands in quotes. */
const unquoted = (how: string): string => {
  let quote = '';
  let outside = '';
  for (const char of how) {
    if (quote === '') {
      if (char === '"' || char === "'") quote = char;
      else outside += char;
    } else if (char === quote) quote = '';
  }
  return outside;
};

/** Lines are cut at this length, so no text is longer. */
const longestLine = 2_000;
/** A try at one place of the text may look ahead as far as the bounds of the expression allow, and no further. */
const stepsPerCharacter = 700;

describe('the catalogue', () => {
  it('has as many patterns as the README says, each slug once, in kebab case', () => {
    const slugs = catalogue.map((each) => each.slug);
    const [, said] = /\(over (\d+) patterns\)/.exec(readFileSync('README.md', 'utf8')) ?? [];
    expect(slugs.length).toBeGreaterThan(Number(said));
    expect(new Set(slugs).size).toBe(slugs.length);
    for (const slug of slugs) expect(slug).toMatch(/^[a-z0-9]+(?:-[a-z0-9]+)*$/);
  });

  it('has a sample for every pattern, and knows the pattern of every sample but two', () => {
    const sampled = new Set([...realSamples, ...runSamples, ...writtenSamples].map((each) => each.pattern));
    const slugs = new Set(catalogue.map((each) => each.slug));
    expect([...slugs].filter((slug) => !sampled.has(slug))).toEqual([]);
    // What a person stopped is no error: nothing is offered and nothing is counted.
    expect([...sampled].filter((slug) => slug !== null && !slugs.has(slug))).toEqual(['user-interrupt']);
  });

  it('knows the pattern of every bare exit code', () => {
    const slugs = new Set(catalogue.map((each) => each.slug));
    for (const command of ['x', 'npm test', 'perl x', 'curl x', 'timeout -k 1 2 x', 'kill -9 1; x']) {
      for (let code = -20; code < 256; code++) {
        const slug = slugOfExitCode(code, command, false);
        if (slug !== null) expect(slugs, `${command}: ${code}`).toContain(slug);
      }
    }
  });

  it.each(everyRecord)('$slug is complete: $title', (pattern) => {
    expect(pattern.title.length).toBeLessThanOrEqual(72);
    expect(pattern.cause.endsWith('.')).toBe(true);
    expect(pattern.documentation).toMatch(/^https:\/\//);
    expect(pattern.signals.length).toBeGreaterThan(0);
    expect(pattern.fixes.length).toBeGreaterThan(0);
    expect(new Set(pattern.fixes.map((fix) => fix.id)).size).toBe(pattern.fixes.length);
    // The first fix is what one click does: it may not lose anything.
    expect(pattern.fixes[0]?.risk).not.toBe('destructive');
    for (const fix of pattern.fixes) {
      expect(fix.id).toMatch(/^[a-z0-9]+(?:-[a-z0-9]+)*$/);
      if (fix.risk !== 'safe') expect(fix.check, fix.title).not.toBeNull();
      if (fix.action !== null) expect(fixIds).toContain(fix.action);
      // Values are handed over as words of their own, which quotes around them would break.
      for (const how of [fix.how, ...Object.values(fix.byTool ?? {})]) {
        if (fix.kind === 'shell')
          expect(unquoted(how).match(/\{[a-z_]+\}/g) ?? [], how).toEqual(how.match(/\{[a-z_]{2,20}\}/g) ?? []);
        expect(how).not.toMatch(
          /--force\b(?!-reinstall)(?<!cache clean --force)|chmod 777|kill -9 1\b|REJECT_UNAUTHORIZED|verify=false|sslVerify/i,
        );
      }
    }
  });

  it.each(catalogue)('$slug reads its texts without state, in bounded steps', (pattern) => {
    for (const expression of expressionsOf(pattern)) {
      expect(expression.flags).not.toMatch(/[gy]/);
      expect(isUnbounded(expression), expression.source).toBe(false);
      const names = [...expression.source.matchAll(/\(\?<(\w+)>/g)].map((match) => match[1]);
      expect(new Set(names).size, 'one name twice is an error in older engines').toBe(names.length);
    }
  });

  it.each(catalogue)('$slug takes steps in proportion to the length of a line', { timeout: 60_000 }, (pattern) => {
    const most = longestLine * stepsPerCharacter;
    for (const expression of expressionsOf(pattern)) {
      for (const text of nastyTexts(expression, longestLine).slice(0, 9)) {
        expect(stepsOf(expression, text, most), `${expression.source} on ${text.slice(0, 40)}`).not.toBeNull();
      }
    }
  });

  it('finds every expression again by the words it needs', () => {
    const lines = [...realSamples, ...runSamples, ...writtenSamples].flatMap((sample) =>
      sample.text.split('\n').slice(0, 80),
    );
    for (const pattern of catalogue) {
      for (const { text } of pattern.signals) {
        const words = text === null ? null : requiredWords(text);
        if (text === null || words === null) continue;
        for (const line of lines) {
          if (text.test(line))
            expect(
              words.some((word) => line.toLowerCase().includes(word)),
              `${text.source}: ${line}`,
            ).toBe(true);
        }
      }
    }
  });

  it('has one fix for each id, whatever variant an error is', () => {
    for (const { slug } of catalogue) {
      const fixes = everyRecord.filter((each) => each.slug === slug).flatMap((each) => each.fixes);
      for (const fix of fixes) {
        const other = fixes.find(({ id, risk }) => id === fix.id && risk !== fix.risk);
        expect(other, `${slug}: what worked is remembered by the id`).toBeUndefined();
      }
    }
  });

  it('tries few expressions on every text', () => {
    const anyhow = catalogue
      .flatMap(({ signals }) => signals)
      .filter(({ text }) => text !== null && requiredWords(text) === null);
    expect(anyhow.length).toBeLessThanOrEqual(4);
  });
});
