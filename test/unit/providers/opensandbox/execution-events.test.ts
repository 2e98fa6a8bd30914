import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readExecutionEvent } from '../../../../src/providers/opensandbox/execution-events.ts';

const failed = (evalue: string, ...traceback: readonly string[]) => ({
  type: 'error',
  timestamp: 1,
  error: { ename: 'CommandExecError', evalue, traceback },
});

describe('readExecutionEvent', () => {
  it.each([
    [
      { type: 'init', text: 'abc', timestamp: 1 },
      { kind: 'started', id: 'abc' },
    ],
    [{ type: 'ping', text: 'pong' }, { kind: 'other' }],
    [
      { type: 'stdout', text: 'hello' },
      { kind: 'stdout', line: 'hello' },
    ],
    [
      { type: 'stderr', text: 'oops' },
      { kind: 'stderr', line: 'oops' },
    ],
    [
      { type: 'stdout', text: '\n' },
      { kind: 'stdout', line: '' },
    ],
    [{ type: 'stdout' }, { kind: 'stdout', line: '' }],
    [{ type: 'execution_complete' }, { kind: 'succeeded' }],
    [{ type: 'execution_complete', execution_time: 5 }, { kind: 'succeeded' }],
    [failed('3', 'exit status 3'), { kind: 'failed', exitCode: 3, text: 'exit status 3' }],
    [failed('-1', 'signal: killed'), { kind: 'failed', exitCode: null, text: 'signal: killed' }],
    [failed('exec: "sh": not found'), { kind: 'refused', text: 'exec: "sh": not found' }],
    [{ type: 'error' }, { kind: 'refused', text: 'no reason given' }],
    [
      { code: 'RUNTIME_ERROR', message: 'start bash' },
      { kind: 'refused', text: 'start bash' },
    ],
    [{ type: 'result', results: {} }, { kind: 'other' }],
    [{ type: 'invented-later', text: 7 }, { kind: 'other' }],
    [{}, { kind: 'other' }],
    [null, { kind: 'other' }],
    ['text', { kind: 'other' }],
  ])('%j', (value, event) => {
    expect(readExecutionEvent(value)).toEqual(event);
  });

  it('takes whatever comes', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => typeof readExecutionEvent(value).kind === 'string'));
  });
});
