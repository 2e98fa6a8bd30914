import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { errorLine } from '../../../src/diagnosis/error-line.ts';
import { fingerprintOf, normalise } from '../../../src/diagnosis/fingerprint.ts';
import { recognise } from '../../../src/diagnosis/recognise.ts';
import { visibleLines } from '../../../src/diagnosis/text.ts';

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
  (v) => `rustc: cannot write /tmp/rustc${v.pointer}/out-${v.short}.o`,
  (v) => `open "/${v.folder.join('/')}/my files/config.json": no such file`,
  (v) => `pod api-${v.short}-x2x7p on ${v.address} failed`,
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

  it('looks at a part of an endless text, and that part is the same however long it is', () => {
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
      const lines = (length: number): number => {
        const text = piece.repeat(Math.ceil(length / piece.length));
        return visibleLines(text).join('\n').length;
      };
      expect(lines(2_000_000), JSON.stringify(piece)).toBeLessThanOrEqual(80_000);
      expect(normalise(piece.repeat(100_000)).length, JSON.stringify(piece)).toBeLessThanOrEqual(1_000);
    }
  });

  it('takes nothing for an error that only stands in source, tests, documents, listings or differences', () => {
    const quotes: readonly ((line: string) => {
      readonly text: string;
      readonly command: string;
      readonly exitCode: number;
    })[] = [
      (line) => ({ text: line, command: 'cat notes.txt', exitCode: 1 }),
      (line) => ({ text: line, command: 'git log -3', exitCode: 1 }),
      (line) => ({ text: line, command: 'npm test', exitCode: 0 }),
      (line) => ({ text: line, command: 'npm test', exitCode: 130 }),
      (line) => ({ text: `\`\`\`\n${line}\n\`\`\``, command: 'npm run docs', exitCode: 1 }),
      (line) => ({ text: ` 12 | ${line}`, command: 'npx tsc', exitCode: 1 }),
      (line) => ({ text: `  \u2713 ${line} (3 ms)`, command: 'npx jest', exitCode: 1 }),
      (line) => ({ text: `  \u25cf client \u203a ${line}`, command: 'npx jest', exitCode: 1 }),
      (line) => ({ text: `not ok 3 - ${line}`, command: 'npx tap', exitCode: 1 }),
      (line) => ({ text: `src/a.ts:12:  ${line}`, command: 'npm run find', exitCode: 1 }),
      (line) => ({ text: `// ${line}`, command: 'npm run show', exitCode: 1 }),
      (line) => ({
        text: `diff --git a/x b/x\n@@ -1 +1 @@\n+${line}\n-${line}`,
        command: 'npm run check',
        exitCode: 1,
      }),
      (line) => ({ text: `+ echo ${line}`, command: 'sh -x a.sh', exitCode: 1 }),
    ];
    const errors = [
      'Error: listen EADDRINUSE: address already in use :::3000',
      'write x: no space left on device',
      'connect ECONNREFUSED 127.0.0.1:5432',
      'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory',
      'OSError: [Errno 24] Too many open files',
      'getaddrinfo ENOTFOUND db.internal',
      'fatal: not a git repository (or any of the parent directories): .git',
    ];
    for (const quote of quotes) {
      for (const error of errors) {
        const { text, command, exitCode } = quote(error);
        const own = command.startsWith('git') && error.startsWith('fatal');
        const found = recognise({
          sandboxId: 's',
          commandId: null,
          commandLine: command,
          source: 'terminal',
          text,
          exitCode,
          atMs: 0,
        });
        if (!own) expect(found?.pattern ?? null, text).toBeNull();
      }
    }
  });
});
