import type { FileReader } from '../../model/ports.ts';

/*
 * Where this process stands in the control groups, and which folders tell of it. A container shows its own group as the root of what it
 * sees; outside of containers, and in nested groups, the own group lies deeper, and each group above it may hold a limit of its own.
 */

/** Control groups as they are mounted: all in one tree (2), one tree for each controller (1). */
export type CgroupVersion = 1 | 2;

/** The folders of one controller, from the own group up to the highest one that is visible. Never empty. */
export type Levels = readonly string[];

/** Where to read each controller; null for one that can not be seen. */
export interface CgroupPlaces {
  readonly memory: { readonly version: CgroupVersion; readonly levels: Levels } | null;
  readonly cpu: { readonly version: CgroupVersion; readonly levels: Levels } | null;
  /** Only version 1 counts processor time in a controller of its own. */
  readonly cpuacct: Levels | null;
  readonly pids: Levels | null;
}

interface Mount {
  readonly version: CgroupVersion;
  readonly root: string;
  readonly folder: string;
  /** Names of the controllers of a version 1 mount. */
  readonly controllers: readonly string[];
}

const defaultRoot = '/sys/fs/cgroup';
/** More levels than any system nests; a bound for what is read. */
const deepest = 16;

/** In `mountinfo` blanks, tabs, line ends and backslashes are written as octal numbers. */
const plainPath = (text: string): string =>
  text.replace(/\\(040|011|012|134)/g, (_all, code: string) => String.fromCharCode(Number.parseInt(code, 8)));

/** The control group mounts in `/proc/self/mountinfo`. */
export const readMounts = (text: string | null): readonly Mount[] => {
  const mounts: Mount[] = [];
  for (const line of text?.split('\n') ?? []) {
    const [before = '', after = ''] = line.split(' - ');
    const [, , , root, folder] = before.split(' ');
    const [type, , options = ''] = after.split(' ');
    if (root === undefined || folder === undefined || (type !== 'cgroup' && type !== 'cgroup2')) continue;
    mounts.push({
      version: type === 'cgroup2' ? 2 : 1,
      root: plainPath(root),
      folder: plainPath(folder),
      controllers: type === 'cgroup2' ? [] : options.split(','),
    });
  }
  return mounts;
};

/** The own group of each controller in `/proc/self/cgroup`; the one of version 2 has the name ''. */
export const readOwnGroups = (text: string | null): ReadonlyMap<string, string> => {
  const groups = new Map<string, string>();
  for (const line of text?.split('\n') ?? []) {
    const match = /^\d+:([^:]*):(\/.*)$/.exec(line);
    if (match === null) continue;
    for (const controller of (match[1] ?? '').split(',')) groups.set(controller, match[2] ?? '/');
  }
  return groups;
};

/** The part of the own group's path below what is mounted; null when it lies outside, so that only the mount's root can be meant. */
export const below = (own: string, root: string): string | null => {
  if (own.split('/').includes('..')) return null;
  const path = own === '/' ? '' : own.replace(/\/+$/, '');
  if (root === '/') return path;
  return path === root || path.startsWith(`${root}/`) ? path.slice(root.length) : null;
};

const levelsOf = (folder: string, path: string): Levels => {
  const levels: string[] = [];
  const parts = path.split('/').filter((part) => part !== '');
  for (let depth = parts.length; depth >= 0; depth -= 1) levels.push([folder, ...parts.slice(0, depth)].join('/'));
  return levels.slice(-deepest);
};

/** Finds the folders by what is mounted and by what is really there. Two calls may differ: a process can be moved. */
export const findCgroups = async (files: FileReader): Promise<CgroupPlaces> => {
  const own = readOwnGroups(await files.text('/proc/self/cgroup'));
  const mounts = readMounts(await files.text('/proc/self/mountinfo'));
  const isThere = async (path: string): Promise<boolean> => (await files.text(path, 1)) !== null;

  const levels = async (mount: Mount, group: string | undefined, file: string): Promise<Levels | null> => {
    const path = group === undefined ? null : below(group, mount.root);
    const all = levelsOf(mount.folder, path ?? '');
    // A group of version 2 may lack a controller that one above it has. A container without a namespace of its own names a path that it
    // can not see; what it sees is its own group.
    const candidates = mount.version === 2 ? all : [all[0] ?? mount.folder, mount.folder];
    for (const folder of candidates) {
      if (await isThere(`${folder}/${file}`)) return all.slice(all.indexOf(folder));
    }
    return null;
  };
  const ofVersion1 = async (controller: string, file: string): Promise<Levels | null> => {
    const listed = mounts.filter(({ version, controllers }) => version === 1 && controllers.includes(controller));
    const usual = [controller, 'cpu,cpuacct'].map(
      (name): Mount => ({ version: 1, root: '/', folder: `${defaultRoot}/${name}`, controllers: [] }),
    );
    const candidates = listed.length > 0 ? listed : controller.startsWith('cpu') ? usual : usual.slice(0, 1);
    for (const mount of candidates) {
      const found = await levels(mount, own.get(controller), file);
      if (found !== null) return found;
    }
    return null;
  };
  const version2: readonly Mount[] = mounts.some(({ version }) => version === 2)
    ? mounts.filter(({ version }) => version === 2)
    : [{ version: 2, root: '/', folder: defaultRoot, controllers: [] }];
  const ofVersion2 = async (file: string): Promise<Levels | null> => {
    for (const mount of version2) {
      const found = await levels(mount, own.get(''), file);
      if (found !== null) return found;
    }
    return null;
  };
  const either = async (controller: string, file1: string, file2: string): Promise<CgroupPlaces['memory']> => {
    // In a mixed system a controller is in one of the two trees; version 1 takes it away from version 2.
    const old = await ofVersion1(controller, file1);
    if (old !== null) return { version: 1, levels: old };
    const present = await ofVersion2(file2);
    return present === null ? null : { version: 2, levels: present };
  };

  const [memory, cpu, cpuacct, pids1] = await Promise.all([
    either('memory', 'memory.usage_in_bytes', 'memory.current'),
    // Unlike the quota, `cpu.stat` of version 2 is also in the root group, where it counts the whole machine.
    either('cpu', 'cpu.cfs_quota_us', 'cpu.stat'),
    ofVersion1('cpuacct', 'cpuacct.usage'),
    ofVersion1('pids', 'pids.current'),
  ]);
  return { memory, cpu, cpuacct, pids: pids1 ?? (await ofVersion2('pids.current')) };
};
