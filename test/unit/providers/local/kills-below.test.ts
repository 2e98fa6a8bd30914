import { mkdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type FixtureFiles, fixtureFiles, keptLog, readerOf } from './fixture-files.ts';

const root = '/sys/fs/cgroup/memory';

/** Lets seconds pass on the machine's clock. */
const pass = (tree: FixtureFiles, seconds: number): void => {
  const [now = '0'] = tree.read('/proc/uptime').split(' ');
  tree.write('/proc/uptime', `${(Number(now) + seconds).toFixed(2)} 9000.00\n`);
};

/** Kills of a group, which is made where there is none. */
const kills = (tree: FixtureFiles, name: string, count: number): void => {
  const folder = tree.at(`${root}/${name}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/memory.oom_control`, `oom_kill_disable 0\nunder_oom 0\noom_kill ${count}\n`);
};

/** Kills that a reader tells after each change. */
const toldOver = async (
  tree: FixtureFiles,
  changes: readonly (() => void)[],
  files = tree.files,
  seconds = 5,
): Promise<readonly (number | null)[]> => {
  const reader = readerOf(files, keptLog());
  const told: (number | null)[] = [];
  for (const change of changes) {
    change();
    told.push((await reader.read(0)).memory?.oomKillCount ?? null);
    pass(tree, seconds);
  }
  return told;
};

const nothing = (): void => undefined;

// The fixture's own group has counted four.
describe('kills below the group that is watched', () => {
  it('are seen at once in a group that is known, and none is told of those before the first reading', async () => {
    using tree = fixtureFiles('v1');
    kills(tree, 'child', 3);
    kills(tree, 'child/deeper', 1);
    expect(
      await toldOver(
        tree,
        [nothing, () => kills(tree, 'child', 4), () => kills(tree, 'child/deeper', 3), nothing],
        tree.files,
        1,
      ),
    ).toEqual([4, 5, 7, 7]);
  });

  it('count from the first in a group that is made later, and stay when it is removed', async () => {
    using tree = fixtureFiles('v1');
    expect(
      await toldOver(tree, [
        nothing,
        () => kills(tree, 'late', 2),
        () => tree.remove(`${root}/late`),
        // One of the same name.
        () => kills(tree, 'late', 1),
        () => kills(tree, 'late', 0),
        () => kills(tree, 'late', 1),
      ]),
    ).toEqual([4, 6, 6, 7, 7, 8]);
  });

  it('count with those of the group itself, and of the groups between it and the own one', async () => {
    using tree = fixtureFiles('v1-nested');
    const set = (name: string, file: string, text: string): void => tree.write(`${root}/${name}${file}`, `${text}\n`);
    // The limit stands above: the own group has none.
    set('docker/abc/', 'memory.limit_in_bytes', '9223372036854771712');
    set('docker/abc/', 'memory.stat', 'hierarchical_memory_limit 9223372036854771712\ntotal_rss 1');
    set('', 'memory.limit_in_bytes', String(1000 * 1024 ** 2));
    expect(
      await toldOver(tree, [
        nothing,
        () => kills(tree, 'docker/abc', 5),
        () => kills(tree, 'docker', 1),
        () => kills(tree, '', 6),
      ]),
    ).toEqual([4, 5, 6, 8]);
  });

  it('do not jump when something can not be read for once', async () => {
    using tree = fixtureFiles('v1');
    kills(tree, 'child', 3);
    let broken = false;
    const files = {
      ...tree.files,
      text: (path: string, most?: number) =>
        broken && path.includes('child') ? Promise.resolve(null) : tree.files.text(path, most),
      names: (path: string) => (broken && path.startsWith(root) ? Promise.resolve(null) : tree.files.names(path)),
    };
    const turn = (isBroken: boolean) => (): void => {
      broken = isBroken;
    };
    const changes = [nothing, turn(true), turn(true), turn(false), () => kills(tree, 'child', 4)];
    expect(await toldOver(tree, changes, files)).toEqual([4, 4, 4, 4, 5]);
  });

  it('count in no more groups than can be looked at, and none twice', async () => {
    using tree = fixtureFiles('v1');
    for (let i = 0; i < 60; i += 1) kills(tree, `box${i}`, 5);
    const changes = Array.from({ length: 50 }, (_, i) => () => tree.remove(`${root}/box${i}`));
    const told = await toldOver(tree, [nothing, ...changes, () => kills(tree, 'box55', 6)]);
    expect(told).toEqual([...Array.from({ length: 51 }, () => 4), 5]);
  });

  it('are not looked for where there is no limit, and not with version 2, which counts them above', async () => {
    using free = fixtureFiles('v1-unlimited');
    kills(free, 'child', 3);
    const reader = readerOf(free.files);
    expect((await reader.read(0)).oomKillCount).toBe(4);
    kills(free, 'child', 4);
    pass(free, 5);
    expect((await reader.read(0)).oomKillCount).toBe(4);
  });
});
