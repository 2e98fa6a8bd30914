import { describe, expect, it } from 'vitest';
import { recognise } from '../../../src/diagnosis/recognise.ts';
import { eventOf, realSamples, runSamples, writtenSamples } from '../../helpers/error-samples.ts';

/** Samples whose label we do not follow, and why. */
const otherwise: Readonly<Record<string, string | null>> = {
  // pip names the failed name resolution above its two general lines; that is the cause.
  'pip-nomatch-none': 'dns-failure',
  // Exit code 130: the person stopped it, and nothing is offered.
  'sigint-130': null,
};

const samples = [...realSamples, ...writtenSamples, ...runSamples];

describe('labelled texts', () => {
  it.each(samples.filter((each) => each.pattern !== null))('$id is $pattern', (sample) => {
    const expected = sample.id in otherwise ? otherwise[sample.id] : sample.pattern;
    expect(recognise(eventOf(sample))?.pattern ?? null).toBe(expected);
  });

  it.each(samples.filter((each) => each.pattern === null))('$id is none', (sample) => {
    expect(recognise(eventOf(sample))?.pattern ?? null).toBeNull();
  });

  it.each(samples.filter((each) => each.pattern !== null && each.exitCode !== 0))(
    '$id is the same in colours, with Windows line ends and after a progress bar',
    (sample) => {
      const plain = recognise(eventOf(sample));
      const coloured = sample.text
        .split('\n')
        .map((line) => (line.trim() === '' ? line : `\u001b[31m${line}\u001b[0m`))
        .join('\r\n');
      const text = `10 %\r50 %\r100 %\r\n${coloured}\r\n`;
      const seen = recognise(eventOf({ ...sample, text }));
      expect(seen?.pattern).toBe(plain?.pattern);
      if (plain?.pattern !== null && sample.text.trim() !== '') expect(seen?.fingerprint).toBe(plain?.fingerprint);
    },
  );

  it('have the same fingerprint in another folder, with other process ids and at another time', () => {
    const moved = (text: string): string =>
      text
        .replaceAll('/workspace/', '/home/dev/projects/shop/')
        .replaceAll(/\b2026-(\d\d)-(\d\d)([T ])/g, '2027-$1-$2$3')
        .replaceAll(/\bline (\d+): +\d+ /g, 'line $1: 4711 ')
        .replaceAll(/\[\d{5}\]/g, '[31337]')
        .replaceAll(/0x[0-9a-f]{6,16}\b/g, '0x7f00deadbeef');
    const changed = samples
      .filter((each) => each.pattern !== null)
      .filter(
        (each) =>
          recognise(eventOf(each))?.fingerprint !==
          recognise(eventOf({ ...each, text: moved(each.text) }))?.fingerprint,
      )
      .map((each) => each.id);
    expect(changed).toEqual([]);
  });

  it.each([
    ['a build service', (line: string) => `2026-11-02T10:11:00.3703701Z ${line}`],
    ['Compose', (line: string) => `api-1  | ${line}`],
    ['a pod', (line: string) => `[pod/api-7f9c/app] ${line}`],
    ['the journal', (line: string) => `Nov 02 10:00:01 vm api[91]: ${line}`],
    ['a workspace of packages', (line: string) => `packages/ui build: ${line}`],
    ['a container runtime', (line: string) => `2026-11-02T10:11:00.370370123Z stderr F ${line}`],
    ['a router', (line: string) => `2026-11-02T10:11:00.370370+00:00 app[web.1]: ${line}`],
    ['a logger', (line: string) => `2026-11-02 10:11:00,370 ERROR [worker-3] com.example.Runner - ${line}`],
    ['a log in JSON', (line: string) => JSON.stringify({ level: 'error', time: 1_793_000_000_000, msg: line })],
    ['a log in pairs', (line: string) => `time=2026-11-02T10:11:00Z level=error msg=${JSON.stringify(line)}`],
  ])('are the same behind the marks of %s, whose lines keep their fingerprint', { timeout: 60_000 }, (_name, mark) => {
    const told = samples.filter((each) => each.text.trim() !== '');
    const wrong = told
      .filter((_each, index) => index % 3 === 0)
      // What bears marks already would have too many, and a carriage return within a name is written otherwise in JSON.
      .filter(({ id }) => !id.startsWith('run-cl') && id !== 'crlf-bash')
      .filter((each) => {
        const plain = recognise(eventOf(each));
        const marked = recognise(eventOf({ ...each, text: each.text.split('\n').map(mark).join('\n') }));
        if ((plain?.pattern ?? null) !== (marked?.pattern ?? null)) return true;
        return plain?.pattern !== null && plain?.fingerprint !== marked?.fingerprint;
      })
      .map((each) => each.id);
    expect(wrong).toEqual([]);
  });

  it('of different patterns never share a fingerprint', () => {
    const byFingerprint = new Map<string, Set<string | null>>();
    for (const each of samples) {
      const found = recognise(eventOf(each));
      if (found === null) continue;
      byFingerprint.set(found.fingerprint, (byFingerprint.get(found.fingerprint) ?? new Set()).add(found.pattern));
    }
    expect([...byFingerprint.values()].filter((patterns) => patterns.size > 1)).toEqual([]);
    expect(byFingerprint.size).toBeGreaterThan(450);
  });

  it('are recognised behind a long log as well', { timeout: 60_000 }, () => {
    const log = Array.from({ length: 3_000 }, (_, index) => `[${index}] compiled module-${index}.ts`).join('\n');
    const wrong = samples
      .filter((_each, index) => index % 6 === 0)
      .filter(
        (each) => each.pattern !== null && each.exitCode !== 0 && each.exitCode !== null && each.text.trim() !== '',
      )
      .filter(
        (each) =>
          recognise(eventOf({ ...each, text: `${log}\n${each.text}` }))?.pattern !== recognise(eventOf(each))?.pattern,
      )
      .map((each) => each.id);
    expect(wrong).toEqual([]);
  });
});
