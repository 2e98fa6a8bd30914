import { describe, expect, it } from 'vitest';
import { stackTraceOf, traceKey } from '../../../src/diagnosis/stack-trace.ts';

const own = (text: string): readonly string[] =>
  (stackTraceOf(text.split('\n'))?.frames ?? [])
    .filter((frame) => frame.inApp)
    .map((frame) => `${frame.place}|${frame.name}`);

describe('a stack trace', () => {
  it.each([
    [
      'Node',
      'TypeError: x is not a function\n    at Object.render (/app/src/List.js:4:9)\n    at async main (file:///app/src/main.mjs:1:2)\n    at Module._compile (node:internal/modules/cjs/loader:1:2)\n    at next (/app/node_modules/koa/lib/x.js:3:4)',
      ['list.js|render', 'main.mjs|main'],
    ],
    [
      'Python',
      'Traceback (most recent call last):\n  File "/srv/app/a.py", line 9, in handle\n    f()\n  File "/usr/lib/python3.12/json/decoder.py", line 3, in decode\nValueError: bad',
      ['a.py|handle'],
    ],
    [
      'Java',
      'Exception in thread "main" java.lang.IllegalStateException: no\n\tat com.acme.Shop.lambda$buy$3(Shop.java:8)\n\tat com.acme.Shop.run(Shop.java:9)\n\tat java.base/java.lang.Thread.run(Thread.java:1)',
      ['com.acme.Shop|', 'com.acme.Shop|run'],
    ],
    [
      'Go',
      'panic: oh\n\ngoroutine 1 [running]:\nmain.(*Shop).Buy(0xc000, 0x1)\n\t/src/shop.go:7 +0x2c\nruntime.goexit()\n\t/usr/local/go/src/runtime/asm.s:1',
      ['shop.go|main.'],
    ],
    [
      'Ruby',
      "a.rb:1:in `block (2 levels) in buy': no (RuntimeError)\n\tfrom /gems/rack/x.rb:3:in `call'",
      ['a.rb|buy'],
    ],
    [
      '.NET',
      'Unhandled exception. System.InvalidOperationException: no\n   at Shop.Cart.Buy(Int32 n) in /src/Cart.cs:line 7\n   at System.Threading.Thread.Run()',
      ['Shop.Cart|Buy'],
    ],
    [
      'Elixir',
      '** (RuntimeError) no\n    (shop 0.1.0) lib/shop.ex:7: Shop.buy/1\n    (elixir 1.17.0) lib/enum.ex:1: Enum.map/2',
      ['shop.ex|Shop.buy/1'],
    ],
  ])('of %s by its own frames', (_language, text, frames) => {
    expect(own(text)).toEqual(frames);
  });

  it('is the same after an edit, elsewhere, and however deep it went', () => {
    const trace = (folder: string, line: number, depth: number): string =>
      `RangeError: too deep\n${`    at walk (${folder}/tree.js:${line}:3)\n`.repeat(depth)}    at main (${folder}/main.js:${line}:1)`;
    const key = (text: string): string => traceKey(stackTraceOf(text.split('\n')) ?? { types: [], frames: [] });
    expect(key(trace('/home/a/x', 3, 4))).toBe(key(trace('/srv/y', 99, 200)));
    expect(key(trace('/a', 1, 1))).not.toBe(key(trace('/a', 1, 1).replace('RangeError', 'TypeError')));
    expect(key(trace('/a', 1, 1))).not.toBe(key(trace('/a', 1, 1).replaceAll('walk', 'climb')));
  });

  it('is none where there is none', () => {
    expect(stackTraceOf(['make: *** [all] Error 2'])).toBeNull();
  });
});
