import { describe, expect, it } from 'vitest';
import type { FixPlan } from '../../../src/app/contracts.ts';
import { shortName } from '../../../src/app/format.ts';
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

  const shorten = (path: string, size: string): FixPlan =>
    plan({
      fixId: 'shortenLogs',
      title: `Shorten logs (${size})`,
      steps: [`Cut ${path} down to its last 1 MiB, inside the box.`],
      losses: ['All lines of this file before that.'],
    });

  it('shows what would be done in each of several sandboxes where it differs', () => {
    const { question, detail } = planText([
      { plan: shorten('/var/log/debug.log', '49 MiB'), name: 'box-a' },
      { plan: shorten('/srv/audit/ledger.log', '3.9 GiB'), name: 'box-b' },
      { plan: shorten('/var/log/debug.log', '49 MiB'), name: 'box-c' },
    ]);
    expect(question).toBe('Shorten large logs, in these 3 sandboxes?');
    expect(detail.split('\n')).toEqual([
      'box-a, box-c:',
      '1. Cut /var/log/debug.log down to its last 1 MiB, inside the box.',
      '',
      'Lost by this:',
      '• All lines of this file before that.',
      '',
      'Check: Whether memory falls.',
      '',
      'box-b:',
      '1. Cut /srv/audit/ledger.log down to its last 1 MiB, inside the box.',
      '',
      'Lost by this:',
      '• All lines of this file before that.',
      '',
      'Check: Whether memory falls.',
    ]);
  });

  it('says once what is the same in each but for its name', () => {
    const remove = (name: string): { plan: FixPlan; name: string } => ({
      plan: plan({ fixId: 'delete', title: `Delete ${name}`, steps: [`Ask it to delete ${name}.`], losses: [] }),
      name,
    });
    expect(planText([remove('job-1'), remove('job-2')]).detail).toBe(
      'job-1, job-2\n\nIn each of them:\n1. Ask it to delete the sandbox.\n\nCheck: Whether memory falls.',
    );
    // A name that is also a part of other words is left in them, and two of one name keep it.
    expect(planText([remove('a'), remove('to')]).detail).toContain('1. Ask it to delete a.');
    expect(planText([remove('a'), remove('a')]).detail).toContain('1. Ask it to delete a.');
  });

  it('keeps the name of the first out of the title of several, also a long one', () => {
    const long = (branch: string): string => `ci-integration-tests-of-the-payment-service-on-branch-feature-${branch}`;
    const remove = (name: string): { plan: FixPlan; name: string } => ({
      plan: plan({ fixId: 'delete', title: `Delete ${shortName(name)}` }),
      name,
    });
    expect(planText([remove(long('one')), remove(long('two'))]).question).toBe('Delete, in these 2 sandboxes?');
    expect(planText([remove(long('one'))]).question).toBe(`Delete ${shortName(long('one'))}?`);
    const same = plan({ fixId: 'snapshot', title: 'Take a snapshot' });
    const { question } = planText([
      { plan: same, name: 'snapshot' },
      { plan: same, name: 'b' },
    ]);
    expect(question).toBe('Take a snapshot, in these 2 sandboxes?');
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
    const fell = 'node (pid 412) has ended: memory fell from 205 MiB (80 %) to 3 MiB (1 %) of 256 MiB.';
    expect(outcomesText('End node (pid 412)', [outcome('worked', fell)]).text).toBe(fell);
    expect(outcomesText('Recreate with 512 MiB', [outcome('worked', 'The new one runs.')]).text).toBe(
      'Recreate with 512 MiB: The new one runs.',
    );
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
