import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { errorLine } from '../../../src/diagnosis/error-line.ts';
import { fingerprintOf, normalise } from '../../../src/diagnosis/fingerprint.ts';
import { recognise } from '../../../src/diagnosis/recognise.ts';

const hex = (length: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length });

/** Hexadecimal as ids have it: with a digit and a letter in it. */
const idHex = (length: number) => hex(length - 2).map((middle) => `a${middle}7`);

const folder = fc.array(fc.stringMatching(/^[a-z][a-z0-9_-]{0,11}$/), { minLength: 1, maxLength: 5 });

const variables = fc.record({
  port: fc.integer({ min: 1, max: 65_535 }),
  pid: fc.integer({ min: 2, max: 4_194_304 }),
  line: fc.integer({ min: 1, max: 99_999 }),
  folder,
  uuid: fc.uuid(),
  digest: idHex(40),
  short: idHex(10),
  address: fc.ipV4(),
  atMs: fc.date({ min: new Date(0), max: new Date('2099-12-31'), noInvalidDate: true }),
  pointer: hex(12),
});

type Variables = typeof variables extends fc.Arbitrary<infer T> ? T : never;

const templates: readonly ((v: Variables) => string)[] = [
  (v) => `Error: connect ECONNREFUSED ${v.address}:${v.port}`,
  (v) => `listen EADDRINUSE: address already in use :::${v.port}`,
  (v) => `bash: line ${v.line}: ${v.pid} Killed   node server.js`,
  (v) => `ENOENT: no such file or directory, open '/${v.folder.join('/')}/config.json'`,
  (v) => `${v.atMs.toISOString()} worker ${v.uuid} failed at /${v.folder.join('/')}/main.ts:${v.line}:${v.port}`,
  (v) => `image sha256:${v.digest} not found (commit ${v.short})`,
  (v) => `segfault at 0x${v.pointer} in process ${v.pid}`,
  (v) => `GET http://${v.address}:${v.port}/${v.folder.join('/')} failed, exit code 7`,
];

describe('a fingerprint', () => {
  it('stays the same when only ports, pids, paths, ids, addresses and times change', () => {
    fc.assert(
      fc.property(fc.constantFrom(...templates), variables, variables, (template, one, other) => {
        expect(fingerprintOf(null, template(one))).toBe(fingerprintOf(null, template(other)));
      }),
    );
  });

  it('is made of a text that normalising does not change again', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'grapheme', maxLength: 300 }),
          fc.string({ unit: fc.constantFrom(...'a1f9/:.-<>[]~x @\\'), maxLength: 200 }),
        ),
        (text) => {
          const once = normalise(text);
          expect(normalise(once)).toBe(once);
        },
      ),
    );
    fc.assert(
      fc.property(fc.constantFrom(...templates), variables, (template, values) => {
        const once = normalise(template(values));
        expect(normalise(once)).toBe(once);
        expect(fingerprintOf(null, once)).toBe(fingerprintOf(null, template(values)));
      }),
    );
  });
});

describe('recognising', () => {
  it('never throws, and says the same again', () => {
    const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 2000 }), fc.lorem({ mode: 'sentences' }));
    fc.assert(
      fc.property(
        text,
        fc.option(fc.integer({ min: -200, max: 300 })),
        fc.option(fc.string()),
        (output, exitCode, commandLine) => {
          const event = {
            sandboxId: 's',
            commandId: null,
            commandLine,
            source: 'terminal',
            text: output,
            exitCode,
            atMs: 0,
          };
          expect(recognise(event)).toEqual(recognise(event));
          expect(typeof errorLine(output)).toBe('string');
        },
      ),
    );
  });

  it('takes time in proportion to the length, whatever the text', () => {
    const nasty = [
      'a',
      '/a',
      'a:',
      '0:',
      '1.',
      'E ',
      ' ',
      '<',
      'aaaa@',
      'x=',
      '\u001b[',
      '\u001b]',
      '\r',
      'Killed ',
      'at ',
      '| ',
    ];
    for (const piece of nasty) {
      const text = piece.repeat(Math.ceil(200_000 / piece.length));
      const startedAt = performance.now();
      recognise({ sandboxId: 's', commandId: null, commandLine: text, source: 'terminal', text, exitCode: 1, atMs: 0 });
      normalise(text);
      expect(performance.now() - startedAt, JSON.stringify(piece)).toBeLessThan(1000);
    }
  });
});
