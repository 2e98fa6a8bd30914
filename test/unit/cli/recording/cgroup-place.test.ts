import { describe, expect, it } from 'vitest';
import { findHierarchy, joinCommand, NoCgroupError } from '../../../../src/cli/recording/cgroup-place.ts';

const v1Mounts = `tmpfs /sys/fs/cgroup tmpfs rw 0 0
cgroup /sys/fs/cgroup/cpu,cpuacct cgroup rw,cpu,cpuacct 0 0
cgroup /sys/fs/cgroup/memory cgroup rw,memory 0 0
cgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0`;
const v1Own = '4:memory:/docker/abc:def\n1:cpu,cpuacct:/\n0::/';

describe('where a controller is', () => {
  it('is its own v1 hierarchy where there is one', () => {
    expect(findHierarchy('memory', v1Mounts, v1Own)).toEqual({
      version: 1,
      mount: '/sys/fs/cgroup/memory',
      ownPath: '/docker/abc:def',
    });
    expect(findHierarchy('cpuacct', v1Mounts, v1Own)).toMatchObject({
      version: 1,
      mount: '/sys/fs/cgroup/cpu,cpuacct',
    });
  });

  it('is the one hierarchy of v2 elsewhere', () => {
    const mounts = 'cgroup2 /sys/fs/cgroup cgroup2 rw,nsdelegate 0 0';
    expect(findHierarchy('memory', mounts, '0::/user.slice/x.scope')).toEqual({
      version: 2,
      mount: '/sys/fs/cgroup',
      ownPath: '/user.slice/x.scope',
    });
  });

  it('is nowhere without a mount', () => {
    expect(findHierarchy('memory', 'proc /proc proc rw 0 0', '0::/')).toBeNull();
  });
});

describe('a machine without cgroups', () => {
  it('says why and what to do', () => {
    const { message } = new NoCgroupError('this user may not write to the cgroup file system');
    expect(message).toMatch(/may not write/);
    expect(message).toMatch(/as root/);
    expect(message).toMatch(/systemd-run --user --scope -p Delegate=yes/);
  });
});

describe('the command that joins a group', () => {
  it('passes folders and the line as arguments, never inside shell text', () => {
    const words = joinCommand(['/a b', "/c'd"], 64, 'echo "$HOME"; rm x');
    expect(words.slice(-4)).toEqual(['2', '/a b', "/c'd", 'echo "$HOME"; rm x']);
    expect(words[2]).not.toContain('/a b');
    expect(words[2]).toContain('ulimit -n 64');
  });
});
