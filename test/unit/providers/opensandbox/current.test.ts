import { describe, expect, it } from 'vitest';
import type { PlaceHints } from '../../../../src/model/ports.ts';
import { Problem } from '../../../../src/model/problem.ts';
import type { Sandbox } from '../../../../src/model/sandbox.ts';
import { type CurrentOptions, findCurrent } from '../../../../src/providers/opensandbox/current.ts';
import { FakeLog, hintsWith, never, sandboxWith } from './fake-server.ts';

const find = (hints: Partial<PlaceHints>, sandboxes: readonly Sandbox[], options: Partial<CurrentOptions> = {}) =>
  findCurrent(hintsWith(hints), sandboxes, never, {
    isExecdHere: () => Promise.resolve(false),
    fileExists: () => Promise.resolve(false),
    inspect: () => Promise.reject(new Problem('not-supported', 'no')),
    log: new FakeLog(),
    ...options,
  });
const inside: Partial<CurrentOptions> = {
  isExecdHere: () => Promise.resolve(true),
  fileExists: (path) => Promise.resolve(path === '/opt/opensandbox'),
};
const a = sandboxWith({ id: 'aaaa-1' });
const b = sandboxWith({ id: 'bbbb-2' });

describe('findCurrent', () => {
  it('believes OPENSANDBOX_ID when there is such a sandbox', async () => {
    const environment = { OPENSANDBOX_ID: ' bbbb-2 ' };
    expect(await find({ environment }, [a, b])).toEqual({
      sandboxId: 'bbbb-2',
      how: 'named by OPENSANDBOX_ID',
      inside: false,
    });
    expect(await find({ environment }, [a, b], inside)).toMatchObject({ sandboxId: 'bbbb-2', inside: true });
    expect(await find({ environment }, [a])).toBeNull();
    expect(await find({ environment }, [{ ...b, phase: 'failed' }])).toBeNull();
  });

  it('asks for no agent on this computer where the editor works on another one, whose files tell', async () => {
    const isExecdHere = (): Promise<boolean> => Promise.reject(new Error('must not be asked'));
    const there = { ...inside, isExecdHere };
    const environment = { OPENSANDBOX_ID: 'bbbb-2' };
    expect(await find({ environment, isRemote: true }, [a, b], there)).toMatchObject({
      sandboxId: 'bbbb-2',
      inside: true,
    });
    expect(await find({ isRemote: true }, [a], there)).toMatchObject({ sandboxId: 'aaaa-1', inside: true });
    expect(await find({ environment, isRemote: true }, [a, b])).toMatchObject({ sandboxId: 'bbbb-2', inside: false });
    expect((await find({ hostname: 'bbbb-2-0', isRemote: true }, [a, b]))?.how).toContain(
      'the computer of this window',
    );
  });

  it.each(['bbbb-2-0', 'BBBB-2-0', 'sandbox-bbbb-2-0', 'bbbb-2-0.pods.cluster.local'])(
    'recognises a pod by its name (%s)',
    async (hostname) => {
      const found = await find({ hostname }, [a, b]);
      expect(found).toMatchObject({ sandboxId: 'bbbb-2', inside: true });
      expect(found?.how).toContain(hostname);
    },
  );

  it('recognises a container by the id that the diagnostics tell', async () => {
    const asked: string[] = [];
    const inspect = (id: string): Promise<string> => {
      asked.push(id);
      if (id === a.id) return Promise.reject(new Problem('not-found', 'gone'));
      return Promise.resolve('Container ID:   e3bf817de39b\nName: x');
    };
    const hostname = 'e3bf817de39b';
    expect(await find({ hostname }, [a, b], { inspect })).toMatchObject({ sandboxId: 'bbbb-2', inside: true });
    expect(asked).toEqual(['aaaa-1', 'bbbb-2']);
    expect(await find({ hostname: 'e3bf817de39c' }, [a, b], { inspect })).toBeNull();
  });

  it('does not look into very many containers, or for other names', async () => {
    const inspect = (): Promise<string> => Promise.reject(new Error('must not be asked'));
    const many = Array.from({ length: 21 }, (_, index) => sandboxWith({ id: `s-${index}` }));
    expect(await find({ hostname: 'e3bf817de39b' }, many, { inspect })).toBeNull();
    expect(await find({ hostname: 'laptop' }, [a], { inspect })).toBeNull();
  });

  it('stops looking when the key is refused', async () => {
    const inspect = (): Promise<string> => Promise.reject(new Problem('unauthorized', 'no'));
    await expect(find({ hostname: 'e3bf817de39b' }, [a], { inspect })).rejects.toMatchObject({ kind: 'unauthorized' });
  });

  it('takes the only running one when the editor is inside one', async () => {
    const paused = { ...b, phase: 'paused' as const };
    expect(await find({}, [a, paused], inside)).toMatchObject({ sandboxId: 'aaaa-1', inside: true });
    expect(await find({}, [a, b], inside)).toBeNull();
    expect(await find({}, [a], { ...inside, fileExists: () => Promise.resolve(false) })).toBeNull();
    expect(await find({}, [a], { ...inside, isExecdHere: () => Promise.resolve(false) })).toBeNull();
  });

  it('asks nothing on the network when the folder of a sandbox is missing', async () => {
    const isExecdHere = (): Promise<boolean> => Promise.reject(new Error('must not be asked'));
    expect(await find({}, [a], { isExecdHere })).toBeNull();
  });
});

describe('metadata that names the workspace', () => {
  const named = (metadata: Readonly<Record<string, string>>) => ({ ...b, metadata });
  it.each([
    [{ workspace: 'shop' }, { workspaceNames: ['shop'] }],
    [{ Project: 'My-Shop' }, { workspaceNames: ['my shop'] }],
    [{ repo: 'shop' }, { workspaceNames: ['docs', 'shop'] }],
    [{ repo: 'https://github.com/acme/shop.git' }, { workspaceUris: ['git@github.com:acme/shop.git'] }],
    [{ repo: 'acme/shop' }, { workspaceUris: ['https://github.com/acme/shop'] }],
    [{ repository: 'acme.shop' }, { workspaceUris: ['https://me@github.com/acme/shop.git/'] }],
    [{ 'git.remote': 'github.com-acme-shop' }, { workspaceUris: ['ssh://git@github.com/acme/shop'] }],
  ])('%j', async (metadata, hints) => {
    const found = await find(hints, [a, named(metadata)]);
    expect(found).toMatchObject({ sandboxId: 'bbbb-2', inside: false });
    expect(found?.how).toContain(Object.keys(metadata)[0]);
  });

  it.each([
    [{ workspace: 'shopping' }, { workspaceNames: ['shop'] }],
    [{ team: 'shop' }, { workspaceNames: ['shop'] }],
    [{ workspace: '' }, { workspaceNames: [''] }],
    [{ repo: 'other/shop' }, { workspaceUris: ['https://github.com/acme/shop'] }],
  ])('not %j', async (metadata, hints) => {
    expect(await find(hints, [a, named(metadata)])).toBeNull();
  });

  it('decides nothing when two fit', async () => {
    const metadata = { workspace: 'shop' };
    expect(await find({ workspaceNames: ['shop'] }, [{ ...a, metadata }, named(metadata)])).toBeNull();
  });
});
