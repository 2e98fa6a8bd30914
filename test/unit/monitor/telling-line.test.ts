import { describe, expect, it } from 'vitest';
import { recognise } from '../../../src/diagnosis/recognise.ts';
import type { ErrorEvent } from '../../../src/model/error-event.ts';
import { ErrorLedger } from '../../../src/monitor/error-ledger.ts';
import { shownLine, tellingLine } from '../../../src/monitor/telling-line.ts';
import { redactSecrets } from '../../../src/net/redact.ts';

const event = (text: string, exitCode = 1): ErrorEvent => ({
  sandboxId: 's',
  commandId: null,
  commandLine: 'make all',
  source: 'terminal',
  text,
  exitCode,
  atMs: 1_000,
});

const heard = (text: string): { readonly title: string; readonly line: string | undefined } => {
  const recognition = recognise(event(text));
  if (recognition === null) throw new Error('not recognised');
  const error = new ErrorLedger(redactSecrets).add(event(text), recognition);
  if (error === null) throw new Error('told before');
  return { title: error.title, line: error.line };
};

describe('the line of an error', () => {
  it('is shown as the program wrote it where the error is not known', () => {
    const text = 'building\nfrobnicate: error in /srv/app/src/main.frob at 12: widget 4711 is too round\ndone\n';
    expect(heard(text).title).toBe('frobnicate: error in /srv/app/src/main.frob at 12: widget 4711 is too round');
  });

  it('stands beside the name of a known error', () => {
    const { title, line } = heard(
      'Error: listen EADDRINUSE: address already in use :::3000\n    at Server.setup (node:net:1)\n',
    );
    expect(title).toBe('The port is taken by another process');
    expect(line).toBe('Error: listen EADDRINUSE: address already in use :::3000');
  });

  it('is the one the fingerprint was made of, not the last that speaks of an error', () => {
    const text = 'Error: listen EADDRINUSE: address already in use :::3000\nrunner: error: the task failed\n';
    expect(heard(text).line).toBe('Error: listen EADDRINUSE: address already in use :::3000');
    const recognition = recognise(event(text));
    const { at } = tellingLine(text, recognition?.pattern ?? null, recognition?.fingerprint ?? '');
    expect(at).toBe(0);
  });

  it('shows no secret', () => {
    const { title } = heard('frobnicate: error: login failed with password=hunter2hunter2 for bob\n');
    expect(title).toContain('login failed');
    expect(title).not.toContain('hunter2');
  });

  it('is one short line without marks that turn the direction of writing', () => {
    const long = shownLine(`a\u202eb\r\nc\u0007${'x'.repeat(500)}`, (text) => text);
    expect(long).toHaveLength(160);
    expect(long.startsWith('a b c x')).toBe(true);
    expect(shownLine('', (text) => text)).toBe('');
  });
});
