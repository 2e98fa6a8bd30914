import { describe, expect, it } from 'vitest';
import { unwrapped } from '../../../src/diagnosis/log-line.ts';

const refused = 'Error: connect ECONNREFUSED 127.0.0.1:5432';

describe('a line of a log', () => {
  it.each([
    ['of pino', JSON.stringify({ level: 50, time: 1_793_000_000_000, pid: 12, hostname: 'a', msg: refused })],
    ['of Docker', JSON.stringify({ log: `${refused}\n`, stream: 'stderr', time: '2026-11-22T10:00:01Z' })],
    ['of a cloud', JSON.stringify({ severity: 'ERROR', message: refused })],
    ['in colours', JSON.stringify({ level: 'error', msg: `\u001b[31m${refused}\u001b[39m` })],
    ['in pairs', `time=2026-11-22T10:00:01Z level=error caller=main.go:12 msg=${JSON.stringify(refused)}`],
    ['of a service', `api-1  | ${JSON.stringify({ level: 'error', msg: refused })}`],
  ])('%s is what the service said', (_name, line) => {
    expect(unwrapped(line).filter((each) => each !== '')).toEqual([refused]);
  });

  it('with an error of several lines is each of them', () => {
    const exception = 'Traceback (most recent call last):\n  File "/app/a.py", line 1\nImportError: no';
    const line = JSON.stringify({ level: 'error', message: 'worker failed', exception });
    expect(unwrapped(line)).toEqual(['worker failed', ...exception.split('\n')]);
  });

  it.each([
    ['that says that nothing is lost', JSON.stringify({ level: 'info', msg: refused })],
    ['of a level that is a number', JSON.stringify({ level: 40, msg: refused })],
    ['that says more beside its message', JSON.stringify({ level: 50, msg: 'failed', err: { code: 'ENOSPC' } })],
    ['without a message', '{"error":"connection refused"}'],
    ['in pairs that goes on', 'time=1 level=error msg="failed" err="connection refused"'],
    ['that is none', refused],
  ])('%s stays as it is', (_name, line) => {
    expect(unwrapped(line)).toEqual([line]);
  });
});
