import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { ErrorEvent } from '../../src/model/error-event.ts';

/** One labelled text of `test/fixtures/diagnosis`. */
export interface ErrorSample {
  readonly id: string;
  readonly category: string;
  /** The slug, or null for a look-alike. */
  readonly pattern: string | null;
  readonly exitCode: number | null;
  readonly command: string | null;
  readonly text: string;
}

const folder = path.join(import.meta.dirname, '../fixtures/diagnosis');

const read = (file: string): readonly ErrorSample[] =>
  readFileSync(path.join(folder, file), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line): ErrorSample => JSON.parse(line));

/** Outputs of real tools, with look-alikes. */
export const realSamples: readonly ErrorSample[] = read('error-samples.jsonl');

/** Texts after the wording of further tools. */
export const writtenSamples: readonly ErrorSample[] = read('written-samples.jsonl');

/** Outputs of tools that were run for it afterwards, also as services and terminals pass them on. */
export const runSamples: readonly ErrorSample[] = read('run-samples.jsonl');

/** A sample as an error from a terminal. */
export const eventOf = ({
  text,
  exitCode,
  command,
}: Pick<ErrorSample, 'text' | 'exitCode' | 'command'>): ErrorEvent => ({
  sandboxId: 's',
  commandId: null,
  commandLine: command,
  source: 'terminal',
  text,
  exitCode,
  atMs: 0,
});
