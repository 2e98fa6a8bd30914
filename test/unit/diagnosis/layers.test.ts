import { describe, expect, it } from 'vitest';
import { isReadersOwn, readersOnly } from '../../../src/diagnosis/commands.ts';
import { errnosOf } from '../../../src/diagnosis/errno.ts';
import { requiredWords } from '../../../src/diagnosis/literals.ts';
import { withoutQuotations } from '../../../src/diagnosis/quotations.ts';
import { recognise } from '../../../src/diagnosis/recognise.ts';
import { withoutPrefix, withoutSharedIndent } from '../../../src/diagnosis/text.ts';
import { eventOf } from '../../helpers/error-samples.ts';

describe('the gate by command', () => {
  it.each([
    ['cat a.log', ['cat']],
    ['cd src && grep -rn "a; b" . | head -3', ['grep', 'head']],
    ['LANG=C sudo tail -f x 2>/dev/null', ['tail']],
    ['git -C /x log --oneline', ['git']],
    ['gh issue view 12', ['gh']],
    ['gh pr create --fill', null],
    ['glab mr list', ['glab']],
    ['glab mr merge 3', null],
    ['npm test', null],
    ['cat x | node -', null],
    ['git push', null],
    ['', null],
    [null, null],
  ])('%s', (command, names) => {
    expect(readersOnly(command)).toEqual(names);
  });

  it('lets through what the reader and the shell say themselves', () => {
    expect(isReadersOwn('cat: a: Permission denied', ['cat'])).toBe(true);
    expect(isReadersOwn('/bin/bash: line 1: echo: write error: No space left on device', ['echo'])).toBe(true);
    expect(isReadersOwn('zsh:1: read-only file system: x', ['echo'])).toBe(true);
    expect(isReadersOwn('fatal: not a git repository', ['git'])).toBe(true);
    expect(isReadersOwn('Error: connect ECONNREFUSED', ['cat'])).toBe(false);
  });
});

describe('errors of the system', () => {
  it.each([
    ["code: 'EADDRINUSE',", ['EADDRINUSE']],
    ['Errno::ENOSPC', ['ENOSPC']],
    ['Os { code: 111, kind: ConnectionRefused, message: "Connection refused" }', ['ECONNREFUSED']],
    ['SocketException (98)', ['EADDRINUSE']],
    ['(OS Error: x, errno = 28)', ['ENOSPC']],
    ['{:error, :econnrefused}', ['ECONNREFUSED']],
    ['error: AddressInUse', ['EADDRINUSE']],
    ['Das Dateisystem ist nur lesbar', ['EROFS']],
    ['デバイスに空き領域がありません', ['ENOSPC']],
    ['[Errno -3] Temporary failure in name resolution', ['EAI']],
    ["if (error.code === 'EADDRINUSE') {", []],
    ['we say "No space left on device" here', []],
    ['OSError: [Errno 28] "No space left on device"', ['ENOSPC']],
    ['handles-ECONNREFUSED', []],
    ['errno 0', []],
  ])('%s', (line, errnos) => {
    expect([...errnosOf(line)]).toEqual(errnos);
  });
});

describe('what is only quoted', () => {
  it.each([
    [' 12 |   throw new Error("EMFILE")'],
    ['  ✓ reports ECONNREFUSED (3 ms)'],
    ['not ok 3 - handles ENOSPC'],
    ['FAILED test_x.py::test_enospc - AssertionError'],
    ['    raise RuntimeError("Connection refused")'],
    ["if (error.code === 'ENOSPC') {"],
    ['// EADDRINUSE: address already in use'],
    ['## ENOSPC: no space left on device'],
    ['+ echo "No space left on device"'],
    ['Step 3/4 : RUN echo "no space left on device"'],
    ['127.0.0.1 - - "GET /ECONNREFUSED HTTP/1.1" 200 5'],
    ['#define ENOSPC 28 /* No space left on device */'],
    ['src/a.ts:12:  if (e === "ECONNRESET") retry();'],
    ['3f2a9bc Fix: EADDRINUSE on restart'],
    ['[2026-11-22 01:00:00] [INFO] connect ECONNREFUSED'],
    ['connect ECONNREFUSED, retrying in 500 ms'],
    ['> next build'],
    ['    net_test.go:18: Format() = "x", want "address already in use"'],
    ['fix(server): ECONNREFUSED on start'],
    ["error: argument --retry-on: invalid choice: 'x' (choose from 'ECONNREFUSED')"],
    ['  ✘ should report ECONNREFUSED'],
    ['  + description = "No space left on device"'],
  ])('%s', (line) => {
    expect(withoutQuotations([line])).toEqual([]);
  });

  it('includes the source line below a frame, and what stands between fences', () => {
    const python = [
      '  File "/app/a.py", line 3, in f',
      '    raise OSError("No space left on device")',
      'ValueError: x',
    ];
    expect(withoutQuotations(python)).toEqual([python[0], python[2]]);
    const node = ['/app/a.js:3', 'throw new Error("ENOSPC")', '^', 'Error: x'];
    expect(withoutQuotations(node)).toEqual([node[0], node[3]]);
    expect(withoutQuotations(['```', 'ENOSPC', '```', 'x'])).toEqual(['x']);
    expect(withoutQuotations(['diff --git a/x b/x', '+ENOSPC', 'y'])).toEqual(['y']);
  });

  it.each([
    ['E: Unable to locate package x'],
    ['ERROR 2002 (HY000): x'],
    ['error: linking failed'],
    ['2026-11-21 21:27:28.210 UTC [1] ERROR:  deadlock detected'],
    ['✘ [ERROR] Could not resolve "x"'],
    ['× No solution found when resolving dependencies:'],
    ['[ERROR] Failed to execute goal'],
    ['make: *** [Makefile:2: all] Error 127'],
    ["> Could not GET 'https://repo.test/a.pom'"],
    ['> java.io.IOException: x'],
    ['✘ [ERROR] Address already in use (127.0.0.1:8787).'],
    [' ELIFECYCLE  Command failed with exit code 2.'],
    ['Usage Error: This project is configured to use pnpm'],
    ['#  SIGSEGV (0xb) at pc=0x00007f32a1b2c3d4, pid=88, tid=91'],
  ])('does not include %s', (line) => {
    expect(withoutQuotations([line])).toEqual([line]);
  });
});

describe('what is found in a source', () => {
  const slugOf = (text: string, command: string | null = null): string | null =>
    recognise(eventOf({ text, exitCode: 1, command }))?.pattern ?? null;

  it.each([
    ["a.c:8:17: error: 'EADDRINUSE' undeclared (first use in this function)"],
    ['a.py:22: error: Argument 1 has incompatible type "type[BrokenPipeError]"; expected "int"  [arg-type]'],
    ['a.cs(3,12): error CS0103: The name AddressInUseException does not exist'],
    ['/w/a.ts\n  14:9  error  Unexpected string "address already in use"  no-restricted-syntax'],
    ['error: no variant named ConnectionRefused\n --> src/main.rs:4:30'],
    ['File "a.ml", line 3, characters 4-22:\nError: Unbound constructor Unix.ECONNREFUSED'],
    ["NameError: undefined local variable or method 'econnrefused'"],
  ])('names an error: %s', (text) => {
    expect(slugOf(text)).toBeNull();
  });

  it.each([
    ['src/a.ts(1,15): error TS2307: Cannot find module "x"', 'ts-cannot-find-module'],
    ['a.c:1:10: fatal error: zlib.h: No such file or directory', 'missing-header'],
    ['cc1: fatal error: error writing to /tmp/x.s: No space left on device', 'disk-full'],
    ["a.rb:3:in `bind': Address already in use - bind(2) (Errno::EADDRINUSE)", 'port-in-use'],
    ['main.go:12: listen tcp :80: bind: address already in use', 'port-in-use'],
  ])('is an error of its own: %s', (text, slug) => {
    expect(slugOf(text)).toBe(slug);
  });

  it('by a linter is heard by its own message only', () => {
    expect(slugOf('Do not catch MemoryError or ConnectionRefusedError silently', 'semgrep --error')).toBeNull();
    expect(slugOf("Error: EMFILE: too many open files, open '/w/a.ts'", 'npx eslint .')).toBe('too-many-open-files');
  });

  it('by a test in quotes is a value, and outside of them an error', () => {
    const report = (line: string): string => `FAIL src/a.test.ts\n${line}\nTests:       1 failed, 1 total`;
    expect(slugOf(report('    msg was "disk is full"'))).toBeNull();
    expect(slugOf(report('    connect ECONNREFUSED 127.0.0.1:4000'))).toBe('connection-refused');
  });
});

describe('an error after which the program tried again', () => {
  const tries = 'dial tcp 127.0.0.1:80: connect: connection refused, retrying in 2 s';
  const slugOf = (text: string): string | null =>
    recognise(eventOf({ text, exitCode: 1, command: null }))?.pattern ?? null;

  it('counts when it gave up', () => {
    expect(slugOf(`${tries}\n${tries}\nFatal: cannot open the repository`)).toBe('connection-refused');
    expect(slugOf(tries)).toBe('connection-refused');
  });

  it('does not count when a later try went well, or something else failed', () => {
    expect(slugOf(`${tries}\nattempt 2: ok\nerror: schema v3 rejected, fatal`)).toBeNull();
    expect(slugOf(`${tries}\nerror: schema v3 rejected`)).toBeNull();
  });
});

describe('what is known around an error', () => {
  const event = (text: string) => eventOf({ text, exitCode: 1, command: null });

  it('tells files from bytes where the disk is full', () => {
    const text = "ENOSPC: no space left on device, mkdir '/w/x'";
    const slugOf = (diskFreeBytes: number, inodesFree: number) =>
      recognise(event(text), { oomKillDelta: null, diskFreeBytes, inodesFree })?.pattern;
    expect(slugOf(18_790_481_920, 3)).toBe('inodes-exhausted');
    expect(slugOf(0, 3_900)).toBe('disk-full');
    expect(slugOf(0, 3)).toBe('disk-full');
  });

  it('explains a write that failed without a reason', () => {
    const text = 'Error in saveRDS(x, "o.rds") : error writing to connection';
    expect(recognise(event(text), { oomKillDelta: null, diskFreeBytes: 0 })?.pattern).toBe('disk-full');
    expect(recognise(event(text), { oomKillDelta: null, diskFreeBytes: 5e9 })?.pattern).toBeNull();
  });

  it('hears the reason of the last end before the state it is in', () => {
    const text =
      '    State:  Waiting\n      Reason:  CrashLoopBackOff\n    Last State:  Terminated\n      Reason:  OOMKilled';
    expect(recognise(event(text))?.pattern).toBe('oom-killed');
  });
});

describe('prefixes of tools', () => {
  it.each([
    ['#13 73.79 x failed', 'x failed'],
    ['web-1  | x failed', 'x failed'],
    ['0|api | x failed', 'x failed'],
    ['E   OSError: x', 'OSError: x'],
    ['npm ERR! code X', 'code X'],
    ['  = note: collect2: x', 'collect2: x'],
    ['app:build: x failed', 'x failed'],
    ['2026-11-02T10:11:00.3703701Z ##[error]x failed', 'x failed'],
    ['2026-11-02T10:11:00.3703701Z     at f (a.js:1:2)', '    at f (a.js:1:2)'],
    ['[2026-11-02T10:11:00.000Z] x failed', 'x failed'],
    ['Nov 02 10:00:01 vm api[91]: x failed', 'x failed'],
    ['2026-11-02T10:00:01.123456+00:00 vm api[91]: x failed', 'x failed'],
    ['E1102 10:11:00.000000       1 main.go:12] x failed', 'x failed'],
    ['::error file=a.ts,line=3::x failed', 'x failed'],
    ['[pod/api-7f9c/app] x failed', 'x failed'],
    ['[0] web  | x failed', 'x failed'],
    ['[api] x failed', 'x failed'],
    ['[error] x failed', '[error] x failed'],
    ['@acme/ui: x failed', 'x failed'],
    ['packages/ui build: x failed', 'x failed'],
    ['│ Error: x failed', 'Error: x failed'],
    ['12 | code', '12 | code'],
    ['zsh:1: x', 'zsh:1: x'],
  ])('%s', (line, rest) => {
    expect(withoutPrefix(line)).toBe(rest);
  });
});

describe('an indent', () => {
  it('that all lines share is no part of the text', () => {
    expect(withoutSharedIndent(['  a', '    b', '  c'])).toEqual(['a', '  b', 'c']);
    expect(withoutSharedIndent(['  a', 'b'])).toEqual(['  a', 'b']);
    expect(withoutSharedIndent(['  a'])).toEqual(['  a']);
  });
});

describe('words an expression needs', () => {
  it.each([
    [/\bconnection refused\b/i, ['connection refused']],
    [/abc|defg/, ['abc', 'defg']],
    [/ab?cde/, ['cde']],
    [/(?:foo|barz) {1,4}x/, ['foo', 'barz']],
    [/Status: {1,14}restarting/, ['restarting']],
    [/\d{3}.{0,20}/, null],
    [/(?<name>\w{1,9}): not found$/, [': not found']],
    [/abc|\d/, null],
  ])('%s', (expression, words) => {
    expect(requiredWords(expression)).toEqual(words);
  });
});
