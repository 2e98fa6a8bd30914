import { describe, expect, it } from 'vitest';
import { KeptMutes } from '../../../src/editor/kept-mutes.ts';
import { EditorState } from '../../helpers/editor-state.ts';

const memoryOf = (sandboxId: string) => ({ sandboxId, signal: 'memory' }) as const;

describe('what a person muted', () => {
  it('is kept over sessions, once each, until it is taken back', async () => {
    const state = new EditorState();
    const mutes = new KeptMutes(state);
    expect(mutes.list).toEqual([]);
    for (const id of ['a', 'b', 'a']) await mutes.add(memoryOf(id));
    await mutes.add({ sandboxId: 'a', signal: 'disk' });
    const next = new KeptMutes(state);
    expect(next.list).toEqual([memoryOf('b'), memoryOf('a'), { sandboxId: 'a', signal: 'disk' }]);
    await next.remove(new Set(['a']));
    expect(new KeptMutes(state).list).toEqual([memoryOf('b')]);
  });

  it('is the same array until it changes, and follows another window', async () => {
    const state = new EditorState();
    const [here, there] = [new KeptMutes(state), new KeptMutes(state)];
    await here.add(memoryOf('a'));
    const { list } = here;
    expect(here.list).toBe(list);
    await there.add(memoryOf('b'));
    expect(here.list).toEqual([memoryOf('a'), memoryOf('b')]);
  });

  it('is bounded: the oldest is let go', async () => {
    const state = new EditorState();
    const mutes = new KeptMutes(state);
    for (let index = 0; index < 210; index += 1) await mutes.add(memoryOf(`s${index}`));
    expect(mutes.list).toHaveLength(200);
    expect(mutes.list[0]).toEqual(memoryOf('s10'));
    expect(mutes.list.at(-1)).toEqual(memoryOf('s209'));
  });

  it.each([
    ['no list', 'memory'],
    ['no entries', [null, 7, [], 'a']],
    ['another shape', [{ sandboxId: 7, signal: 'memory' }, { signal: 'memory' }, memoryOf('')]],
    ['an unknown signal', [{ sandboxId: 'a', signal: 'warp' }]],
  ])('is not taken from %s', (_, stored) => {
    const state = new EditorState();
    state.values.set('mutes', stored);
    expect(new KeptMutes(state).list).toEqual([]);
  });

  it('holds for the session when it can not be written, and says so', async () => {
    const state = new EditorState();
    const mutes = new KeptMutes({
      get: (key) => state.get(key),
      update: async (key, value) => {
        await state.update(key, value);
        throw new Error('The disk is full');
      },
    });
    await expect(mutes.add(memoryOf('a'))).rejects.toThrow('The disk is full');
    expect(mutes.list).toEqual([memoryOf('a')]);
  });
});
