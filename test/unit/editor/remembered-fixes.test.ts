import { describe, expect, it } from 'vitest';
import { OfferState } from '../../../src/editor/error-fixes/offer-state.ts';
import { fixTextProblem, RememberedFixes } from '../../../src/editor/error-fixes/remembered-fixes.ts';
import type { RecognisedError } from '../../../src/model/error-event.ts';
import { redactSecrets } from '../../../src/net/redact.ts';

class State {
  value: unknown;
  constructor(value: unknown) {
    this.value = value;
  }
  get(): unknown {
    return this.value;
  }
  update(_key: string, value: unknown): Promise<void> {
    this.value = structuredClone(value);
    return Promise.resolve();
  }
}

describe('what a person noted', () => {
  it('is kept, newest first, one for each error', async () => {
    const state = new State(undefined);
    const fixes = new RememberedFixes(state, redactSecrets);
    expect(fixes.list).toEqual([]);
    await fixes.add('f1', ' Old server ', ' make stop ', 1);
    await fixes.add('f2', 'Docs', 'https://example.org/a', 2);
    await fixes.add('f1', 'Old server', 'make stop-all', 3);
    expect(new RememberedFixes(state, redactSecrets).list).toEqual([
      { fingerprint: 'f1', name: 'Old server', does: 'command', text: 'make stop-all', savedAtMs: 3 },
      { fingerprint: 'f2', name: 'Docs', does: 'link', text: 'https://example.org/a', savedAtMs: 2 },
    ]);
  });

  it('is the same array until it changes, and follows another window', async () => {
    const state = new State(undefined);
    const [here, there] = [new RememberedFixes(state, redactSecrets), new RememberedFixes(state, redactSecrets)];
    await here.add('f1', 'Old server', 'make stop', 1);
    const { list } = here;
    expect(here.list).toBe(list);
    expect(there.list.map(({ fingerprint }) => fingerprint)).toEqual(['f1']);
    await there.add('f2', 'Docs', 'https://example.org/a', 2);
    expect(here.list.map(({ fingerprint }) => fingerprint)).toEqual(['f2', 'f1']);
  });

  it('is bounded', async () => {
    const state = new State(undefined);
    const fixes = new RememberedFixes(state, redactSecrets);
    for (let index = 0; index < 210; index += 1) await fixes.add(`f${index}`, 'n', 'true', index);
    expect(fixes.list).toHaveLength(200);
    expect(fixes.list[0]?.fingerprint).toBe('f209');
  });

  it('is checked when it is read', () => {
    const good = { fingerprint: 'f', name: 'n', does: 'command', text: 'true', savedAtMs: 1 };
    const bad = [
      null,
      'text',
      { ...good, fingerprint: 7 },
      { ...good, text: 'a\nb' },
      { ...good, does: 'link', text: 'http://example.org' },
      { ...good, does: 'eval' },
      { ...good, name: 'x'.repeat(200) },
    ];
    expect(new RememberedFixes(new State([...bad, good]), redactSecrets).list).toEqual([good]);
    expect(new RememberedFixes(new State({ a: 1 }), redactSecrets).list).toEqual([]);
  });

  it('can be taken back, one by one or all', async () => {
    const state = new State(undefined);
    const [here, there] = [new RememberedFixes(state, redactSecrets), new RememberedFixes(state, redactSecrets)];
    for (const fingerprint of ['f1', 'f2', 'f3']) await here.add(fingerprint, 'n', 'true', 1);
    await here.remove(new Set(['f2', 'unknown']));
    expect(there.list.map(({ fingerprint }) => fingerprint)).toEqual(['f3', 'f1']);
    await there.clear();
    expect([here.list, state.value]).toEqual([[], undefined]);
  });

  it('has no secret in its name, and one in its command only knowingly', async () => {
    const fixes = new RememberedFixes(new State(undefined), redactSecrets);
    const token = `ghp_${'a1'.repeat(12)}`;
    await fixes.add('f1', `Denied for ${token}`, 'gh auth login', 1);
    expect(fixes.list[0]?.name).toBe('Denied for [redacted]');
    for (const text of [
      `curl -H "Authorization: Bearer ${token}" x`,
      'PGPASSWORD=hunter2 psql',
      'login --token abcdef1',
      `TOKEN=$(echo ${token}) npm ci`,
      `TOKEN="$(printf %s "$(echo ${token})")" npm ci`,
      'export B=$(curl --password hunter2 x)',
      `API_KEY=\${API_KEY:-abcd1234efgh5678} npm ci`,
      `API_KEY="\${API_KEY-\${OTHER:=abcd1234efgh5678}}" npm ci`,
      `curl -H "Authorization: Bearer \${TOKEN:-${token}}" x`,
      'curl -H "Authorization: Bearer $PREFIX-a1b2c3d4" x',
      'psql postgres://me:hunter2@db/$NAME',
      'curl -H "Authorization: Bearer $A" -H "X-Api-Key: a1b2c3d4" x',
    ]) {
      expect(fixes.holdsSecret(text), text).toBe(true);
    }
    for (const text of [
      'npm ci',
      'PGPASSWORD=$PGPASSWORD psql',
      'login --token "${TOKEN}" --force',
      'API_KEY=${API_KEY:-} npm ci',
      'API_KEY=${API_KEY:-$OTHER_KEY} npm ci',
      'API_KEY=${API_KEY:-${OTHER_KEY}} npm ci',
      'API_KEY=${API_KEY:?set the key} npm ci',
      'TOKEN=$(node -p "require(\'./token.json\').value") npm ci',
      'TOKEN=$(cat "$(git rev-parse --show-toplevel)/token") npm ci',
      'curl -H "Authorization: Bearer $TOKEN" https://x',
      'curl -H "Authorization: Basic $(echo -n $U:$P | base64)" https://x',
      "curl -H 'Authorization: '${AUTH} https://x",
      'curl -H "Cookie: session=$SESSION" https://x',
      'psql postgres://me:$PGPASSWORD@db/x',
      'git clone https://$USER:${TOKEN}@host/x',
      'echo $((1 + 2))',
      'GITHUB_TOKEN=$(gh auth token) npm publish',
      'docker login --password-stdin < ~/secret.txt',
      'https://example.org/docs',
    ]) {
      expect(fixes.holdsSecret(text), text).toBe(false);
    }
  });

  it('is one line, or a safe address', () => {
    expect(fixTextProblem('npm ci')).toBeNull();
    expect(fixTextProblem('https://example.org')).toBeNull();
    for (const bad of ['', '  ', 'a\nb', 'http://example.org', 'https://', 'x'.repeat(1_001)]) {
      expect(fixTextProblem(bad), bad).not.toBeNull();
    }
  });
});

describe('what is offered unasked', () => {
  const error = (part: Partial<RecognisedError> = {}): RecognisedError => ({
    fingerprint: 'f',
    pattern: 'port-in-use',
    title: 't',
    cause: null,
    source: 'terminal',
    exitCode: 1,
    count: 1,
    firstSeenAtMs: 0,
    lastSeenAtMs: 1_000,
    ...part,
  });

  it('is each known failure once in ten minutes', () => {
    const state = new OfferState();
    expect(state.next([error()], 1_000)).not.toBeNull();
    expect(state.next([error({ lastSeenAtMs: 60_000 })], 60_000)).toBeNull();
    expect(state.next([error({ fingerprint: 'g', lastSeenAtMs: 60_000 })], 60_000)?.fingerprint).toBe('g');
    expect(state.next([error({ lastSeenAtMs: 700_000 })], 700_000)).not.toBeNull();
  });

  it('is none that is unknown, wanted, solved, old, or not the person’s', () => {
    for (const part of [
      { pattern: null },
      { pattern: 'sigterm' },
      { solvedAtMs: 1_000 },
      { lastSeenAtMs: -60_000 },
      { source: 'diagnostics' },
    ]) {
      expect(new OfferState().next([error(part)], 1_000)).toBeNull();
    }
  });
});
