import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { toSandbox, toSnapshot } from '../../../../src/providers/opensandbox/sandbox-mapping.ts';
import { snapshotSchema, wireSandboxSchema } from '../../../../src/providers/opensandbox/schemas.ts';

const id = '2e7ca85d-54a1-4be5-9d02-3fd9a7cbb6a1';
const read = (fields: object, knowledge: 'renews' | 'does-not-renew' | 'unknown' = 'unknown') =>
  toSandbox(z.parse(wireSandboxSchema, { id, ...fields }), knowledge);

describe('toSandbox', () => {
  it('reads what the server sends', () => {
    const sandbox = read({
      image: { uri: 'node:24-slim' },
      status: {
        state: 'Running',
        reason: 'CONTAINER_RUNNING',
        message: 'Sandbox container is running.',
        lastTransitionAt: '2026-11-21T20:56:22.373299Z',
      },
      metadata: { name: 'api-tests', team: 'blue' },
      entrypoint: ['tail', '-f', '/dev/null'],
      expiresAt: '2026-11-21T21:06:22.373299Z',
      createdAt: '2026-11-21T20:56:22.373299Z',
      somethingNew: { deep: true },
    });
    expect(sandbox).toEqual({
      id,
      provider: 'openSandbox',
      name: 'api-tests',
      phase: 'running',
      rawState: 'Running',
      reason: 'CONTAINER_RUNNING',
      message: 'Sandbox container is running.',
      createdAtMs: Date.UTC(2026, 10, 21, 20, 56, 22, 373),
      expiry: {
        clock: 'absolute',
        expiresAtMs: Date.UTC(2026, 10, 21, 21, 6, 22, 373),
        action: 'delete',
        extendedBy: 'call',
        certainty: 'known',
      },
      image: 'node:24-slim',
      origin: null,
      metadata: { name: 'api-tests', team: 'blue' },
      renewsOnAccess: true,
    });
  });

  describe('tells when it ended', () => {
    const createdAt = '2026-11-21T20:56:22.373299Z';
    const endOf = (state: string, lastTransitionAt: unknown, reason = '') =>
      read({ status: { state, reason, lastTransitionAt }, createdAt }).endedAtMs;

    it('of one that has failed or exited', () => {
      const atMs = Date.UTC(2026, 10, 21, 21, 1, 2, 784);
      expect(endOf('Failed', '2026-11-21T21:01:02.784761463Z', 'CONTAINER_EXITED_ERROR')).toBe(atMs);
      expect(endOf('Terminated', '2026-11-21T22:01:02.784+01:00')).toBe(atMs);
    });

    it('on the clock of this computer', () => {
      const status = { state: 'Failed', lastTransitionAt: '2026-11-21T21:01:02Z' };
      const wire = z.parse(wireSandboxSchema, { id, status, createdAt });
      expect(toSandbox(wire, 'unknown', (serverMs) => serverMs - 90_000).endedAtMs).toBe(
        Date.UTC(2026, 10, 21, 20, 59, 32),
      );
    });

    it('but not of one that runs again: the time is that of its last end', () => {
      for (const state of ['Running', 'Paused', 'Pending', 'Stopping', 'Strange'])
        expect(endOf(state, '2026-11-21T21:01:02Z')).toBeUndefined();
    });

    it.each([
      ['missing', undefined],
      ['null', null],
      ['of another type', 1_795_303_168],
      ['malformed', 'yesterday'],
      ['without a zone', '2026-11-21T21:01:02'],
      ['the zero of Docker', '0001-01-01T00:00:00Z'],
      ['before its creation', '2026-11-21T20:56:22Z'],
      ['that of its creation', createdAt],
    ])('but not where the time is %s', (_what, time) => {
      const sandbox = read({ status: { state: 'Failed', lastTransitionAt: time }, createdAt });
      expect(sandbox).toMatchObject({ phase: 'failed', rawState: 'Failed' });
      expect(sandbox).not.toHaveProperty('endedAtMs');
    });
  });

  it('gets by with almost nothing, and with nulls', () => {
    const bare = { phase: 'unknown', rawState: '', expiry: null, createdAtMs: null, image: null, metadata: {} };
    expect(read({})).toMatchObject({ ...bare, name: '2e7ca85d' });
    expect(read({ status: null, image: null, metadata: null, expiresAt: null, createdAt: null })).toMatchObject(bare);
  });

  it('keeps the rest when single fields are of a wrong type', () => {
    const sandbox = read({
      status: { state: 7, reason: ['x'], message: {} },
      metadata: { name: 12, ok: true, list: [1], nothing: null },
      expiresAt: 1_795_303_168,
      image: 'node',
    });
    expect(sandbox).toMatchObject({ phase: 'unknown', name: '12', metadata: { name: '12', ok: 'true' }, expiry: null });
  });

  it('has no deadline when the one sent is unreadable, and then nothing to renew', () => {
    expect(read({ expiresAt: 'tomorrow' }, 'renews')).toMatchObject({ expiry: null, renewsOnAccess: false });
  });

  it('tells what moves the deadline, as far as it is known', () => {
    const deadline = { expiresAt: '2026-11-30T16:00:00Z' };
    expect(read(deadline, 'renews')).toMatchObject({ renewsOnAccess: true, expiry: { extendedBy: 'traffic' } });
    expect(read(deadline, 'unknown')).toMatchObject({ renewsOnAccess: true, expiry: { extendedBy: 'call' } });
    expect(read(deadline, 'does-not-renew')).toMatchObject({ renewsOnAccess: false, expiry: { extendedBy: 'call' } });
  });

  it('takes the name people gave, in the order of the keys', () => {
    expect(read({ metadata: { app: 'shop', 'sandbox-name': 'checkout' } }).name).toBe('checkout');
    expect(read({ metadata: { name: '  ', app: 'shop' } }).name).toBe('shop');
    expect(read({ metadata: { team: 'blue' } }).name).toBe('2e7ca85d');
    expect(read({ snapshotId: 's-1' }).image).toBe('snapshot s-1');
  });

  it('refuses a sandbox without an id', () => {
    expect(z.safeParse(wireSandboxSchema, { status: { state: 'Running' } }).success).toBe(false);
    expect(z.safeParse(wireSandboxSchema, { id: '' }).success).toBe(false);
  });
});

describe('the name of a sandbox without one', () => {
  it.each([
    [id, '2e7ca85d'],
    ['pool-7', 'pool-7'],
    ['an-id-that-is-much-longer-than-that', 'an-id-that-is-much-…'],
  ])('%s', (long, short) => {
    expect(toSandbox(z.parse(wireSandboxSchema, { id: long }), 'unknown').name).toBe(short);
  });
});

describe('a server whose clock differs', () => {
  it('gives its times in local time', () => {
    const toLocal = (serverMs: number): number => serverMs - 60_000;
    const times = { createdAt: '2026-11-30T16:00:00Z', expiresAt: '2026-11-30T17:00:00Z' };
    const sandbox = toSandbox(z.parse(wireSandboxSchema, { id, ...times }), 'unknown', toLocal);
    expect(sandbox.createdAtMs).toBe(Date.UTC(2026, 10, 30, 15, 59));
    expect(sandbox.expiry?.expiresAtMs).toBe(Date.UTC(2026, 10, 30, 16, 59));
    const snapshot = toSnapshot(z.parse(snapshotSchema, { id: 's', createdAt: times.createdAt }), toLocal);
    expect(snapshot.createdAtMs).toBe(Date.UTC(2026, 10, 30, 15, 59));
  });
});

describe('toSnapshot', () => {
  const snapshot = (fields: object) => toSnapshot(z.parse(snapshotSchema, { id: 's', sandboxId: id, ...fields }));
  it.each([
    ['Creating', 'creating'],
    ['Committing', 'creating'],
    ['Ready', 'ready'],
    ['Failed', 'failed'],
    ['Deleting', 'deleting'],
    ['Melting', 'unknown'],
  ])('%s is %s', (rawState, state) => {
    const status = { state: rawState, reason: 'why' };
    expect(snapshot({ status })).toMatchObject({ id: 's', sandboxId: id, rawState, state, message: 'why', name: null });
  });
});
