import { describe, expect, it } from 'vitest';
import { type Diagnosis, diagnoseLine } from '../../../src/cli/diagnose.ts';

const answer = (question: unknown): Diagnosis => {
  const result = diagnoseLine(JSON.stringify(question));
  if ('problem' in result) throw new Error(result.problem);
  return result.diagnosis;
};

const problem = (line: string): string => {
  const result = diagnoseLine(line);
  return 'problem' in result ? result.problem : '';
};

describe('npm run diagnose', () => {
  it('answers with pattern, fingerprint, parameters and fixes', () => {
    const diagnosis = answer({
      id: 'a',
      text: 'Error: listen EADDRINUSE: address already in use 127.0.0.1:3000',
      exitCode: 1,
      command: 'npm start',
    });
    expect(Object.keys(diagnosis)).toEqual(['id', 'pattern', 'confidence', 'fingerprint', 'parameters', 'fixes']);
    expect(diagnosis).toMatchObject({ id: 'a', pattern: 'port-in-use', parameters: { port: '3000' } });
    expect(diagnosis.fingerprint).toMatch(/^v\d+\/port-in-use\/[0-9a-f]{12}$/);
    expect(diagnosis.confidence).toBeGreaterThan(0.7);
    expect(diagnosis.fixes[0]).toEqual({ id: 'free-port', title: 'Stop my process on the port 3000', risk: 'confirm' });
  });

  it('uses the context and reads nothing else', () => {
    const question = { id: 1, text: 'Killed', exitCode: 137, pattern: 'disk-full', category: 'disk' };
    expect(answer({ ...question, context: { oomKillDelta: 1, source: 'execd' } }).pattern).toBe('oom-killed');
    expect(answer({ ...question, context: { oomKillDelta: 0 } }).pattern).toBe('sigkill-unknown');
    const evicted = { lifecycle: { state: 'Failed', reason: 'Evicted', message: null }, somethingNew: {} };
    expect(answer({ id: 1, text: 'x', context: evicted }).pattern).toBe('k8s-evicted-disk');
  });

  it('says null for what is no known error', () => {
    expect(answer({ id: 'b', text: 'all good', exitCode: 0 })).toEqual({
      id: 'b',
      pattern: null,
      confidence: 0,
      fingerprint: '',
      parameters: {},
      fixes: [],
    });
    const unknown = answer({
      id: 'c',
      text: 'frobnicator: cannot frobnicate',
      exitCode: 1,
      command: null,
      context: null,
    });
    expect(unknown).toMatchObject({ pattern: null, fixes: [] });
    expect(unknown.fingerprint).toMatch(/^v\d+\/unknown\//);
  });

  it('tells what is wrong with a line', () => {
    expect(problem('{')).toMatch(/^no JSON: /);
    expect(problem('[]')).toMatch(/^the line: /);
    expect(problem('{"id":"a"}')).toMatch(/^"text": /);
    expect(problem('{"id":"a","text":"x","exitCode":"1"}')).toMatch(/^"exitCode": /);
    expect(problem('{"id":"a","text":"x","context":{"oomKillDelta":"many"}}')).toMatch(/^"context.oomKillDelta": /);
  });

  it('finds an error far from both ends of a long text', () => {
    const filler = 'compiled another module\n'.repeat(50_000);
    expect(answer({ id: 'd', text: `${filler}write x: no space left on device\n${filler}`, exitCode: 1 }).pattern).toBe(
      'disk-full',
    );
  });
});
