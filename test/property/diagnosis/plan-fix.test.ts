import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../../src/diagnosis/catalogue/catalogue.ts';
import { shell } from '../../../src/diagnosis/catalogue/record.ts';
import { parametersOf } from '../../../src/diagnosis/parameters.ts';
import { planFix, shellQuoted } from '../../../src/diagnosis/plan-fix.ts';
import { recognise } from '../../../src/diagnosis/recognise.ts';
import { eventOf } from '../../helpers/error-samples.ts';

const nasty = fc.oneof(
  fc.string({ unit: fc.constantFrom(...`a/.'"\`$(){};&|<>*?!\\ \t-#~=[]^%`), minLength: 1, maxLength: 40 }),
  fc.constantFrom(
    '$(touch pwned)',
    '`id`',
    "'; rm -rf / #",
    '-rf',
    '../../x',
    '"$HOME"',
    'a\nb',
    '${IFS}',
    '%s%n',
    '\\',
  ),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
);

/** What a shell makes of the words: each argument in brackets. */
const heard = (argv: readonly string[]): string => {
  const [program = '', ...args] = argv;
  return execFileSync(program, args, { encoding: 'utf8', timeout: 10_000 });
};

describe('values from a text', () => {
  const echo = shell('x', 'Show', 'safe', 'printf [%s] {path} {port}');

  it('reach a program as they are and are never run', () => {
    fc.assert(
      fc.property(nasty, nasty, (path, port) => {
        fc.pre(!path.includes('\u0000') && !port.includes('\u0000'));
        const plan = planFix(echo, { path, port }, null);
        expect(heard(plan.argv ?? [])).toBe(`[${path}][${port}]`);
        // The same as a line put into a terminal.
        expect(heard(['sh', '-c', plan.text])).toBe(`[${path}][${port}]`);
      }),
      { numRuns: 60 },
    );
  });

  it('stay one word when quoted', () => {
    fc.assert(
      fc.property(nasty, (value) => {
        fc.pre(!value.includes('\u0000'));
        expect(heard(['sh', '-c', `printf %s ${shellQuoted(value)}`])).toBe(value);
      }),
      { numRuns: 60 },
    );
  });

  it('stand in no script of any fix of any pattern', () => {
    const marked = 'zz$(marked)zz';
    const values = Object.fromEntries(
      [
        'port',
        'path',
        'host',
        'module',
        'package',
        'name',
        'url',
        'library',
        'command_name',
        'service',
        'image',
        'version',
      ].map((name) => [name, marked]),
    );
    for (const pattern of catalogue) {
      for (const fix of pattern.fixes) {
        const { argv, text, kind } = planFix(fix, values, marked);
        if (kind !== 'shell') continue;
        expect(argv?.[2] ?? '', fix.id).not.toContain('marked');
        expect(text.replaceAll(`'${marked}'`, ''), fix.id).not.toContain('marked');
      }
    }
  });

  it('are taken only if they look like what they are said to be', () => {
    fc.assert(
      fc.property(nasty, (value) => {
        const found = parametersOf([`port ${value}`], [], { port: value, pid: value, host: value, package: value });
        for (const name of ['port', 'pid']) expect(found[name] ?? '1').toMatch(/^\d+$/);
        expect(found['host'] ?? 'a').toMatch(/^[A-Za-z0-9:][A-Za-z0-9._:-]*$/);
        expect(found['package'] ?? 'a').not.toMatch(/^[-.]|[\s$`'"|;&()<>]{2}/);
      }),
    );
    fc.assert(
      fc.property(nasty, (path) => {
        const text = `Error: ENOENT: no such file or directory, open '${path}'\nbash: ${path}: Permission denied`;
        const found = recognise(eventOf({ text, exitCode: 1, command: 'x' }));
        for (const value of Object.values(found?.parameters ?? {})) expect(value).not.toMatch(/\p{Cc}/u);
      }),
    );
  });
});
