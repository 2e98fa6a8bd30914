import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { RenewalKnowledge } from '../../../../src/providers/opensandbox/renewal.ts';
import { wireSandboxSchema } from '../../../../src/providers/opensandbox/schemas.ts';

const sandbox = (fields: object = {}) => z.parse(wireSandboxSchema, { id: 'a.b', ...fields });
const docker = (...labels: readonly string[]): string =>
  ['Container ID:   e3bf817de39b', '', 'Labels:', ...labels.map((label) => `  ${label}`), '', 'Environment:'].join(
    '\n',
  );

describe('RenewalKnowledge', () => {
  it('knows nothing at first', () => {
    expect(new RenewalKnowledge().of(sandbox())).toBe('unknown');
  });

  it('believes a hint in metadata or extensions', () => {
    expect(new RenewalKnowledge().of(sandbox({ metadata: { 'access.renew.extend.seconds': '600' } }))).toBe('renews');
    const extensions = { 'opensandbox.io/access-renew-extend-seconds': '600' };
    expect(new RenewalKnowledge().of(sandbox({ extensions }))).toBe('renews');
  });

  it('reads the labels of a Docker container, where absence is as good as a no', () => {
    const knowledge = new RenewalKnowledge();
    expect(knowledge.learn('a.b', docker('opensandbox.io/id=a.b', 'team=blue'))).toBe('does-not-renew');
    expect(knowledge.of(sandbox())).toBe('does-not-renew');
    const renewing = docker('opensandbox.io/access-renew-extend-seconds=600', 'opensandbox.io/id=c');
    expect(knowledge.learn('c', renewing)).toBe('renews');
  });

  it('takes no absence for a no where labels may be missing or are those of something else', () => {
    const knowledge = new RenewalKnowledge();
    expect(knowledge.learn('a.b', 'Pod Name: a.b-0\n\nLabels:\n  opensandbox.io/id=a.b\n')).toBe('unknown');
    expect(knowledge.learn('a.b', docker())).toBe('unknown');
    expect(knowledge.learn('a.b', docker('opensandbox.io/id=axb'))).toBe('unknown');
    expect(knowledge.learn('a.b', '')).toBe('unknown');
  });

  it('never goes back from a yes', () => {
    const knowledge = new RenewalKnowledge();
    knowledge.contradict('a.b');
    expect(knowledge.learn('a.b', docker('opensandbox.io/id=a.b'))).toBe('renews');
    expect(knowledge.known('a.b')).toBe('renews');
  });

  it('forgets what is gone', () => {
    const knowledge = new RenewalKnowledge();
    knowledge.contradict('a.b');
    knowledge.contradict('c');
    knowledge.keepOnly(new Set(['c']));
    expect([knowledge.known('a.b'), knowledge.known('c')]).toEqual(['unknown', 'renews']);
  });
});
