import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../../src/diagnosis/catalogue/catalogue.ts';
import { recognise } from '../../../src/diagnosis/recognise.ts';

interface SampleRecord {
  readonly id: string;
  readonly pattern: string | null;
  readonly exitCode: number | null;
  readonly text: string;
}

const folder = path.join(import.meta.dirname, '../../../src/diagnosis/catalogue/samples');
const samples: readonly SampleRecord[] = readdirSync(folder).flatMap((file) =>
  JSON.parse(readFileSync(path.join(folder, file), 'utf8')),
);

const patternOf = ({ text, exitCode }: SampleRecord): string | null =>
  recognise({ sandboxId: 's', commandId: null, commandLine: null, source: 'terminal', text, exitCode, atMs: 0 })
    ?.pattern ?? null;

describe('the catalogue', () => {
  it('has each slug once, in kebab case', () => {
    const slugs = catalogue.map((each) => each.slug);
    expect(new Set(slugs).size).toBe(slugs.length);
    for (const slug of slugs) expect(slug).toMatch(/^[a-z0-9]+(?:-[a-z0-9]+)*$/);
  });

  it('has a sample for every pattern', () => {
    const sampled = new Set(samples.map((each) => each.pattern));
    expect(catalogue.map((each) => each.slug).filter((slug) => !sampled.has(slug))).toEqual([]);
  });

  it.each(catalogue)('$slug is complete', (pattern) => {
    expect(pattern.title.length).toBeLessThanOrEqual(70);
    expect(pattern.cause.endsWith('.')).toBe(true);
    expect(pattern.fixes.length).toBeGreaterThan(0);
    expect(pattern.documentation).toMatch(/^https:\/\//);
    expect(pattern.signals.length).toBeGreaterThan(0);
    for (const fix of pattern.fixes) if (fix.risk !== 'safe') expect(fix.check, fix.title).not.toBeNull();
  });

  it.each(catalogue)('$slug reads its texts without state and in bounded steps', (pattern) => {
    for (const expression of [...pattern.signals.map((each) => each.text), ...pattern.vetoes]) {
      expect(expression.flags).not.toMatch(/[gy]/);
      expect(expression.source, 'an unbounded repetition').not.toMatch(/(?<!\\)(?:[*+]|\{\d+,\})(?![^[]*\])/);
    }
  });

  it.each(samples.filter((each) => each.pattern !== null))('recognises $id as $pattern', (sample) => {
    expect(patternOf(sample)).toBe(sample.pattern);
  });

  it.each(samples.filter((each) => each.pattern === null))('does not take $id for an error it knows', (sample) => {
    expect(patternOf(sample)).toBeNull();
  });
});
