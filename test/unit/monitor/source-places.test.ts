import { describe, expect, it } from 'vitest';
import { sourcePlaces } from '../../../src/monitor/source-places.ts';

const placesIn = (...lines: readonly string[]) => sourcePlaces(lines, 0);

describe('the places an error names', () => {
  it.each([
    ['src/app.ts:12:5 - error TS2307: Cannot find module', 'src/app.ts', 12, 5],
    ['src/app.ts(12,5): error TS2307', 'src/app.ts', 12, 5],
    ['./main.go:7:2: undefined: x', './main.go', 7, 2],
    ['  --> crates/core/src/lib.rs:101:9', 'crates/core/src/lib.rs', 101, 9],
    ['    at run (/srv/app/src/index.js:3:11)', '/srv/app/src/index.js', 3, 11],
    ['    at file:///srv/app/src/index.mjs:3:11', '/srv/app/src/index.mjs', 3, 11],
    ['  File "/srv/app/main.py", line 8, in <module>', '/srv/app/main.py', 8, null],
    ['PHP Fatal error: boom in /srv/app/a.php on line 4', '/srv/app/a.php', 4, null],
    ['main.c:3: error: expected', 'main.c', 3, null],
    [String.raw`C:\app\src\a.ts:2:1 error`, String.raw`C:\app\src\a.ts`, 2, 1],
  ])('finds %s', (line, path, at, column) => {
    expect(placesIn(line)[0]).toEqual({ path, line: at, column });
  });

  it('leaves out what is not the person’s own', () => {
    expect(
      placesIn(
        '    at x (/srv/app/node_modules/y/z.js:1:1)',
        '    at node:internal/modules.js:1:1',
        '  File "/usr/lib/python3.12/runpy.py", line 1',
      ),
    ).toEqual([]);
  });

  it('takes the line itself first, then what follows, then what stands before, and each place once', () => {
    const lines = ['File "a.py", line 1', 'ValueError: b.py:2', 'c.py:3', 'c.py:3', 'd.py:4', 'e.py:5'];
    expect(sourcePlaces(lines, 1).map(({ path }) => path)).toEqual(['b.py', 'c.py', 'd.py']);
    expect(sourcePlaces(lines.slice(0, 2), 1).map(({ path }) => path)).toEqual(['b.py', 'a.py']);
  });

  it('takes no times, addresses or ports for places', () => {
    expect(placesIn('12:30:15 error', '127.0.0.1:8080 refused', 'http://[::1]:80/')).toEqual([]);
  });
});
