import { describe, expect, it } from 'vitest';
import type { FixPlan } from '../../../src/app/contracts.ts';
import { outcomesText, planText } from '../../../src/editor/text/fix-text.ts';
import type { FixOutcome } from '../../../src/model/fix.ts';

const plan = (part: Partial<FixPlan> = {}): FixPlan => ({
  fixId: 'endProcess',
  sandboxId: 'a',
  title: 'End node (pid 412)',
  risk: 'confirm',
  steps: ['Send it TERM.', 'After 5 s send it KILL.'],
  losses: ['What it holds in memory.'],
  check: 'Whether memory falls.',
  fingerprint: null,
  parameters: { kind: 'endProcess', target: { pid: 412, name: 'node' } },
  ...part,
});
const outcome = (result: FixOutcome['result'], text: string): FixOutcome => ({
  fixId: 'delete',
  sandboxId: 'a',
  startedAtMs: 0,
  endedAtMs: 1,
  result,
  text,
});

describe('planText', () => {
  it('numbers the steps, names what is lost and how it is checked', () => {
    expect(planText([{ plan: plan(), name: 'api-tests' }])).toEqual({
      question: 'End node (pid 412) in api-tests?',
      detail: [
        '1. Send it TERM.',
        '2. After 5 s send it KILL.',
        '',
        'Lost by this:',
        '• What it holds in memory.',
        '',
        'Check: Whether memory falls.',
      ].join('\n'),
    });
  });

  it('names every sandbox of several', () => {
    const { question, detail } = planText([
      { plan: plan({ fixId: 'delete', title: 'Delete one' }), name: 'one' },
      { plan: plan({ fixId: 'delete', title: 'Delete two' }), name: 'two' },
    ]);
    expect(question).toBe('Delete, in these 2 sandboxes?');
    expect(detail).toContain('one, two');
  });

  it('says the name of a sandbox once', () => {
    const of = (title: string): string =>
      planText([{ plan: plan({ fixId: 'pause', title }), name: 'api-tests' }]).question;
    expect(of('Pause api-tests')).toBe('Pause api-tests?');
    expect(of('Recreate with 512 MiB')).toBe('api-tests: Recreate with 512 MiB?');
  });
});

describe('outcomesText', () => {
  it('says what came of one', () => {
    expect(outcomesText('Delete', [outcome('worked', 'It is gone.')])).toEqual({
      text: 'Delete: It is gone.',
      good: true,
    });
  });

  it('sums several up, with an example of what failed', () => {
    const { text, good } = outcomesText('Delete', [
      outcome('worked', 'It is gone.'),
      outcome('failed', 'The server refused.'),
      outcome('cancelled', ''),
    ]);
    expect(text).toBe('Delete: worked in 1 of 2 sandboxes. For example: The server refused.');
    expect(good).toBe(false);
  });

  it('is silent when the person cancelled', () => {
    expect(outcomesText('Delete', [outcome('cancelled', 'Cancelled.')]).text).toBe('');
  });
});
