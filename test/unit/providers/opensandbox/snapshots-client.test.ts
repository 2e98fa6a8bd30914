import { describe, expect, it } from 'vitest';
import { SnapshotsClient } from '../../../../src/providers/opensandbox/snapshots-client.ts';
import { bodyOf, businessError, FakeNetwork, json, never, serverOn } from './fake-server.ts';

const snapshot = (state: string, reason = 'why') => ({ id: 's', sandboxId: 'a', name: 'x', status: { state, reason } });
const snapshotsOn = (answer: ConstructorParameters<typeof FakeNetwork>[0]) => {
  const network = new FakeNetwork(answer);
  const { server, clock } = serverOn(network);
  return { snapshots: new SnapshotsClient(server, clock), network, clock };
};

describe('SnapshotsClient', () => {
  it('waits until a snapshot can be used', async () => {
    const { snapshots, network, clock } = snapshotsOn((_request, count) =>
      json(count === 1 ? 202 : 200, snapshot(count < 4 ? 'Creating' : 'Ready')),
    );
    const made = snapshots.createAndWait('a', 'x', never);
    await clock.advance(3000);
    expect(await made).toMatchObject({ id: 's', state: 'ready', name: 'x' });
    expect(network.calls).toEqual([
      'POST /v1/sandboxes/a/snapshots',
      'GET /v1/snapshots/s',
      'GET /v1/snapshots/s',
      'GET /v1/snapshots/s',
    ]);
    expect(bodyOf(network.requests[0])).toEqual({ name: 'x' });
  });

  it('says why a snapshot was not made', async () => {
    const { snapshots } = snapshotsOn(() => snapshot('Failed', 'snapshot_runtime_timeout'));
    await expect(snapshots.createAndWait('a', '', never)).rejects.toMatchObject({
      kind: 'server-error',
      message: expect.stringContaining('snapshot_runtime_timeout'),
    });
  });

  it('does not wait for ever, nor after a stop', async () => {
    const slow = snapshotsOn(() => snapshot('Creating'));
    const waiting = expect(slow.snapshots.createAndWait('a', 'x', never)).rejects.toMatchObject({ kind: 'timeout' });
    await slow.clock.advance(11 * 60_000);
    await waiting;
    const stopped = snapshotsOn(() => snapshot('Creating'));
    const controller = new AbortController();
    const made = expect(stopped.snapshots.createAndWait('a', 'x', controller.signal)).rejects.toMatchObject({
      kind: 'aborted',
    });
    await stopped.clock.advance(500);
    controller.abort();
    await made;
    expect(stopped.clock.pending).toBe(0);
  });

  it('lists what it can read, and deletes quietly', async () => {
    const { snapshots, network } = snapshotsOn(({ method }) =>
      method === 'DELETE' ? businessError(404, 'SNAPSHOT::NOT_FOUND') : { items: [snapshot('Ready'), {}, 7] },
    );
    expect(await snapshots.list(never)).toMatchObject([{ id: 's', state: 'ready' }]);
    await snapshots.delete('s', never);
    expect(network.calls.at(-1)).toBe('DELETE /v1/snapshots/s');
  });

  it('passes on why a snapshot cannot be taken', async () => {
    const { snapshots } = snapshotsOn(() => businessError(409, 'SNAPSHOT::INVALID_SOURCE_STATE'));
    await expect(snapshots.createAndWait('a', 'x', never)).rejects.toMatchObject({
      kind: 'conflict',
      code: 'SNAPSHOT::INVALID_SOURCE_STATE',
    });
  });

  it('goes on waiting over a look that failed, as a server that is busy saving may not answer', async () => {
    const answers = [
      () => snapshot('Creating'),
      () => Object.assign(new Error('reset'), { code: 'ECONNRESET' }),
      () => businessError(500, 'GENERAL::UNKNOWN_ERROR'),
      () => snapshot('Ready'),
    ];
    const { snapshots, clock } = snapshotsOn((_request, count) => answers[count - 1]?.() ?? {});
    const made = snapshots.createAndWait('a', 'x', never).catch((error: unknown) => error);
    await clock.advance(3000);
    expect(await made).toMatchObject({ state: 'ready' });
  });

  it('does not wait on for a snapshot that is gone, or with a key that is refused', async () => {
    for (const [status, kind] of [
      [404, 'not-found'],
      [401, 'unauthorized'],
    ] as const) {
      const { snapshots, clock } = snapshotsOn((_request, count) =>
        count === 1 ? snapshot('Creating') : businessError(status, 'SNAPSHOT::NO'),
      );
      const made = snapshots.createAndWait('a', 'x', never).catch((error: unknown) => error);
      await clock.advance(1000);
      expect(await made).toMatchObject({ kind });
    }
  });

  it('reads all pages, and each snapshot once', async () => {
    const { snapshots, network } = snapshotsOn(({ url }) => {
      const page = Number(url.searchParams.get('page'));
      const ids = page === 1 ? ['a', 'b'] : ['b', 'c'];
      return {
        items: ids.map((id) => ({ ...snapshot('Ready'), id })),
        pagination: { totalItems: 3, hasNextPage: page === 1 },
      };
    });
    expect((await snapshots.list(never)).map(({ id }) => id)).toEqual(['a', 'b', 'c']);
    expect(network.calls).toEqual(['GET /v1/snapshots?page=1&pageSize=200', 'GET /v1/snapshots?page=2&pageSize=200']);
  });

  it('reads on while pages are full where the server tells nothing of pages', async () => {
    const full = Array.from({ length: 200 }, (_, index) => ({ ...snapshot('Ready'), id: `s${index}` }));
    const { snapshots, network } = snapshotsOn((_request, count) => ({
      items: count === 1 ? full : [snapshot('Ready')],
    }));
    expect(await snapshots.list(never)).toHaveLength(201);
    expect(network.requests).toHaveLength(2);
  });

  it('stops at a list without an end', async () => {
    const { snapshots, network } = snapshotsOn((_request, count) => ({
      items: [{ ...snapshot('Ready'), id: `s${count}` }],
      pagination: { totalItems: 1e6, hasNextPage: true },
    }));
    await expect(snapshots.list(never)).rejects.toMatchObject({ kind: 'too-large' });
    expect(network.requests).toHaveLength(50);
  });
});
