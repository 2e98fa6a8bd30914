import { describe, expect, it } from 'vitest';
import {
  editorCommand,
  errorDescription,
  errorTooltip,
  filesNamed,
  fixRow,
  recurrenceText,
  typeable,
  wordNamed,
} from '../../../src/editor/text/error-text.ts';
import { formatClock, formatMoment } from '../../../src/editor/text/format.ts';
import type { RecognisedError, Recurrence } from '../../../src/model/error-event.ts';
import { aRankedFix } from '../../helpers/a-ranked-fix.ts';
import { nowMs } from '../../helpers/views.ts';

const recurrence = (part: Partial<Recurrence> = {}): Recurrence => ({
  count: 3,
  decayedCount: 3,
  today: 3,
  sandboxes: 2,
  firstSeenAtMs: nowMs - 3_600_000,
  firstAfter: 'npm ci',
  ...part,
});
const error = (part: Partial<RecognisedError> = {}): RecognisedError => ({
  fingerprint: 'v1/unknown/0123456789ab',
  pattern: null,
  title: 'frobnicate: too round',
  cause: null,
  source: 'terminal',
  exitCode: 2,
  count: 1,
  firstSeenAtMs: nowMs,
  lastSeenAtMs: nowMs,
  ...part,
});

describe('how often an error came', () => {
  it('is said in one line', () => {
    expect(recurrenceText(recurrence())).toBe('3rd time today, in 2 sandboxes; first after `npm ci`');
    expect(recurrenceText(recurrence({ sandboxes: 1, firstAfter: null }))).toBe('3rd time today');
    const since = formatMoment(nowMs - 3_600_000);
    expect(recurrenceText(recurrence({ count: 12, today: 2, sandboxes: 1, firstAfter: null }))).toBe(
      `2nd time today, 12th since ${since}`,
    );
    expect(recurrenceText(recurrence({ count: 21, today: 1, sandboxes: 1, firstAfter: null }))).toBe(
      `21st time since ${since}`,
    );
    expect(recurrenceText(recurrence({ count: 1, today: 1, sandboxes: 1 }))).toBe('first after `npm ci`');
    expect(recurrenceText(recurrence({ count: 1, today: 1, sandboxes: 1, firstAfter: null }))).toBeNull();
    expect(recurrenceText(undefined)).toBeNull();
    // Of all of them nothing has to be said.
    expect(recurrenceText(recurrence({ here: 3 }))).toBe('3rd time today, in 2 sandboxes; first after `npm ci`');
    expect(recurrenceText(recurrence({ here: 2 }))).toBe(
      '3rd time today (2 in this workspace), in 2 sandboxes; first after `npm ci`',
    );
  });

  it('stands beside the error, with its last time', () => {
    const clock = formatClock(nowMs);
    expect(errorDescription(error(), nowMs)).toBe(clock);
    expect(errorDescription(error({ count: 4 }), nowMs)).toBe(`4 times · last ${clock}`);
    expect(errorDescription(error({ solvedAtMs: nowMs, recurrence: recurrence() }), nowMs)).toBe(
      `solved ${clock} · 3rd time today, in 2 sandboxes; first after \`npm ci\` · last ${clock}`,
    );
  });

  it('is part of all that is told', () => {
    const told = errorTooltip(
      error({ line: 'the line', cause: 'The cause.', places: [{ path: 'a.ts', line: 3, column: null }] }),
    );
    expect(told.split('\n')).toEqual([
      'frobnicate: too round',
      'the line',
      'The cause.',
      'At: a.ts:3',
      'From: terminal, exit code 2',
    ]);
  });
});

describe('a fix as a row', () => {
  const fix = aRankedFix({
    title: 'Free the port',
    risk: 'destructive',
    text: 'fuser -k\n3000/tcp',
    worked: 3,
    didNotWork: 1,
  });

  it('says how it went here and what it does', () => {
    expect(fixRow(fix)).toEqual({
      label: '$(terminal) Free the port',
      description: 'worked 3 of 4 times here · something is lost by it',
      detail: 'fuser -k 3000/tcp',
    });
  });

  it('is put into a terminal only where it can not send itself', () => {
    expect(typeable('npm ci')).toBe('npm ci');
    for (const bad of ['a\nb', 'a\rb', 'a\u0003', 'a\u2028b', 'a\u001b[201~b']) expect(typeable(bad)).toBeNull();
  });
});

describe('words of the catalogue', () => {
  it('name files of the workspace', () => {
    expect(filesNamed('"scripts" in package.json')).toEqual(['package.json']);
    expect(filesNamed('package.json, requirements.txt, Cargo.toml, pom.xml')).toHaveLength(4);
    expect(filesNamed('.env, made from .env.example')).toContain('.env');
    expect(filesNamed('FROM in the Dockerfile')).toEqual(['Dockerfile']);
    expect(filesNamed('.vscode/mcp.json')).toEqual(['.vscode/mcp.json']);
    expect(filesNamed('~/.npmrc')).toEqual([]);
    expect(filesNamed('the launch arguments')).toEqual([]);
  });

  it('name a word in them, or a command of the editor', () => {
    expect(wordNamed('"scripts" in package.json')).toBe('"scripts"');
    expect(wordNamed('FROM in the Dockerfile')).toBe('FROM');
    expect(wordNamed('DATABASE_URL in .env')).toBe('DATABASE_URL');
    expect(wordNamed('package.json')).toBeNull();
    expect(editorCommand('File: Open Folder')?.command).toBe('workbench.action.files.openFolder');
    expect(editorCommand('files.watcherExclude, server.watch.ignored: x')?.argument).toBe('files.watcherExclude');
    expect(editorCommand('the flags of docker run')).toBeNull();
  });
});
