import { describe, expect, it } from 'vitest';
import { isReadersOwn, readersOnly } from '../../../src/diagnosis/commands.ts';
import { errnosOf } from '../../../src/diagnosis/errno.ts';
import { requiredWords } from '../../../src/diagnosis/literals.ts';
import { withoutQuotations } from '../../../src/diagnosis/quotations.ts';
import { withoutPrefix } from '../../../src/diagnosis/text.ts';

describe('the gate by command', () => {
  it.each([
    ['cat a.log', ['cat']],
    ['cd src && grep -rn "a; b" . | head -3', ['grep', 'head']],
    ['LANG=C sudo tail -f x 2>/dev/null', ['tail']],
    ['git -C /x log --oneline', ['git']],
    ['gh issue view 12', ['gh']],
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
  ])('does not include %s', (line) => {
    expect(withoutQuotations([line])).toEqual([line]);
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
    ['12 | code', '12 | code'],
    ['zsh:1: x', 'zsh:1: x'],
  ])('%s', (line, rest) => {
    expect(withoutPrefix(line)).toBe(rest);
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
