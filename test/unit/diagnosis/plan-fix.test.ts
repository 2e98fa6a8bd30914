import { describe, expect, it } from 'vitest';
import { shell } from '../../../src/diagnosis/catalogue/record.ts';
import { planFix, shellQuoted } from '../../../src/diagnosis/plan-fix.ts';
import { everyRecord } from '../../helpers/catalogue-records.ts';

const fix = shell('x', 'Free the port[ {port}]', 'confirm', 'fuser -k {port}/tcp; {command}', 'checked');

describe('a planned fix', () => {
  it('hands values over as words of their own', () => {
    expect(planFix(fix, { port: '3000' }, 'npm start && echo "x"')).toEqual({
      id: 'x',
      title: 'Free the port 3000',
      risk: 'confirm',
      kind: 'shell',
      action: null,
      argv: ['sh', '-c', 'fuser -k "${1}"/tcp; sh -c "${2}"', 'foresight', '3000', 'npm start && echo "x"'],
      text: `fuser -k 3000/tcp; sh -c 'npm start && echo "x"'`,
      repeats: true,
      check: 'checked',
      checkArgv: null,
    });
  });

  it('can be shown, but not run, while a value is missing', () => {
    const plan = planFix(fix, {}, null);
    expect(plan.argv).toBeNull();
    expect(plan.title).toBe('Free the port');
    expect(plan.text).toBe('fuser -k {port}/tcp; {command}');
  });

  it('of every pattern has a title that fits on a button or in a list', () => {
    for (const pattern of everyRecord) {
      for (const each of pattern.fixes) {
        for (const values of [
          {},
          { port: '65535', path: '/a/b', host: 'h.example', module: 'm', package: 'p', name: 'n' },
        ]) {
          const { title } = planFix(each, values, 'npm test');
          expect(title).not.toMatch(/[[\]{}]/);
          expect(title.length, title).toBeLessThanOrEqual(72);
        }
      }
    }
  });

  it('quotes what is not plain', () => {
    expect(shellQuoted('a/b-c.txt')).toBe('a/b-c.txt');
    expect(shellQuoted("it's $(here)")).toBe(String.raw`'it'\''s $(here)'`);
    expect(shellQuoted('')).toBe("''");
  });
});
