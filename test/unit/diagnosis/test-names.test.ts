import { describe, expect, it } from 'vitest';
import { linesOfTestNames } from '../../../src/diagnosis/test-names.ts';

const kept = (report: string): readonly string[] => {
  const lines = report.split('\n');
  const naming = linesOfTestNames(lines);
  return lines.filter((line) => !naming.has(line));
};

describe('the names of tests', () => {
  it('are known where they are first said, and wherever they are said again', () => {
    expect(
      kept(
        [
          '  ✘ [fail]: warns when no space left on device',
          '  ─',
          '  warns when no space left on device',
          '  a.test.js:4',
        ].join('\n'),
      ),
    ).toEqual(['  ─', '  a.test.js:4']);
    expect(
      kept(
        [
          '  Scenario: connection refused is shown  # a.feature:3',
          '    Given the server refuses # steps.py:3 0.000s',
          '      Assertion Failed: no message',
          '  a.feature:3  connection refused is shown',
        ].join('\n'),
      ),
    ).toEqual(['      Assertion Failed: no message']);
  });

  it('are those of groups as well', () => {
    const report = '  when the disk is full\n  ● when the disk is full › warns\n    Received: 1';
    expect(kept(report)).toEqual(['    Received: 1']);
  });

  it('hide no error that only ends like one of them', () => {
    const report = [
      'NetTest > connection refused FAILED',
      '    java.net.ConnectException: connection refused',
      '    Error: connection refused',
      'curl: (7) connection refused',
      'OSError: cannot reach the server ...',
    ].join('\n');
    expect(kept(report)).toEqual(report.split('\n').slice(1));
  });

  it('stand between two rulers of Catch2, and not between those of unittest', () => {
    const ruler = '-'.repeat(79);
    expect(kept(`${ruler}\nno space left on device\n${ruler}`)).toEqual([ruler, ruler]);
    const traceback = `${'-'.repeat(70)}\nOSError: [Errno 28] No space left on device\n${'-'.repeat(70)}`;
    expect(kept(traceback)).toEqual(traceback.split('\n'));
  });

  it('are not the reason that Zig gives', () => {
    expect(kept('1/2 a.test.reads...FAIL (ConnectionRefused)')).toHaveLength(1);
    expect(kept('1/2 a.test.connection refused...FAIL (TestExpectedEqual)')).toEqual([]);
  });
});
