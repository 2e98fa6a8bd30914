import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commandKey } from '../../../src/model/command-key.ts';

const lines = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc
    .array(
      fc.constantFrom(
        ...[
          'npm',
          'sudo',
          'env',
          '-u',
          '--',
          '-',
          '"',
          "'",
          '\\',
          '$(',
          ')',
          '`',
          '&&',
          '|',
          'A=b',
          '\n',
          '@',
          '/',
          '..',
          ' ',
        ],
      ),
      { maxLength: 40 },
    )
    .map((parts) => parts.join(' ')),
);

const value = fc.stringMatching(/^[a-z]{1,8}$/).map((text) => `zq${text}`);
const flag = fc.stringMatching(/^-{1,2}[b-df-z][a-z-]{0,10}$/);
const wrapper = fc.constantFrom(
  '',
  'sudo ',
  'env ',
  'time ',
  'nice ',
  'npx ',
  'bunx ',
  'pnpm dlx ',
  'A=zqset ',
  'sudo env ',
);

describe('the key of a command', () => {
  it('is short, has no line breaks, and is the same every time, whatever the line', () => {
    fc.assert(
      fc.property(lines, fc.option(lines, { nil: null }), (line, cwd) => {
        const key = commandKey(line, cwd);
        expect(key.length).toBeGreaterThan(0);
        expect(key.length).toBeLessThanOrEqual(120);
        expect(key).toMatch(/^[\w.@:+ ()-]+$/);
        expect(commandKey(line, cwd)).toBe(key);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is found in time also for very long lines', () => {
    for (const part of ['(', '$(', '"', '/', '\\', ' ', 'a ', '-a ', '@', 'A=', '`', '&']) {
      const startedAtMs = performance.now();
      commandKey(part.repeat(200_000), part.repeat(200_000));
      expect(performance.now() - startedAtMs).toBeLessThan(200);
    }
  });

  it('never holds what followed a flag or an assignment', () => {
    fc.assert(
      fc.property(
        wrapper,
        fc.array(fc.tuple(flag, value), { minLength: 1, maxLength: 3 }),
        fc.boolean(),
        (before, options, joined) => {
          const given = options.map(([name, one]) => `${name}${joined ? '=' : ' '}${one}`).join(' ');
          expect(commandKey(`${before}tool run ${given} more`, null)).not.toContain('zq');
          expect(commandKey(`tool ${given} ${before}${given}`, null)).not.toContain('zq');
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('never holds the value of a flag of a wrapper', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(
          'sudo -u',
          'sudo --user',
          'sudo -Hu',
          'env -u',
          'env -C',
          'time -o',
          'nice -n',
          'npx -p',
          'sudo --x',
        ),
        value,
        (before, one) => {
          expect(commandKey(`${before} ${one} npm ci`, null)).toBe('npm ci');
        },
      ),
    );
  });
});
