import { describe, expect, it } from 'vitest';
import { HighWater, roundShare } from '../../../../src/cli/recording/high-water.ts';
import { parseOptions } from '../../../../src/cli/recording/options.ts';
import { kernelLines, plannedSummary, tidyWith } from '../../../../src/cli/recording/summary.ts';

const log = `[1.0] oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=/a/b/mine,task_memcg=/a/b/mine,task=node,pid=5,uid=0
[1.1] Memory cgroup out of memory: Killed process 5 (node) total-vm:1kB
[2.0] oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=/other,task_memcg=/other,task=node,pid=6,uid=0
[2.1] Memory cgroup out of memory: Killed process 6 (node) total-vm:1kB
[3.0] device eth0 entered promiscuous mode`;

describe('the JSON beside a trace', () => {
  it('has the members of the format', () => {
    const options = parseOptions(['--disk', '200m', '--seed', '4', '--', 'x'], 0);
    const planned = plannedSummary(options, 'x', 'ext4', { NODE_OPTIONS: '--max-old-space-size=300', HOME: '/h' });
    expect(planned).toMatchObject({
      command: 'x',
      seed: 4,
      limits: {
        mem_bytes: 512 * 2 ** 20,
        cpus: 1,
        pids_max: 256,
        nofile: 4_096,
        disk: { type: 'ext4', mb: 200 },
        max_s: 600,
      },
      env: { NODE_OPTIONS: '--max-old-space-size=300' },
    });
    expect(Object.keys(planned)).toEqual(
      'id workload family intended command seed language limits env params'.split(' '),
    );
    expect(plannedSummary(options, 'x', null, {}).limits.disk).toBeNull();
  });

  it('names folders instead of telling where they are, and covers secrets', () => {
    const tidy = tidyWith({
      $PROJECT: '/home/me/app',
      $WORK: '/tmp/run-1/disk',
      $RUN: '/tmp/run-1',
      '~': '/home/me',
      $NONE: '',
    });
    expect(tidy('/home/me/app/x /home/me/y /tmp/run-1/disk/z /tmp/run-1/beat')).toBe(
      '$PROJECT/x ~/y $WORK/z $RUN/beat',
    );
    expect(tidy('TOKEN=abcdef123 run')).not.toContain('abcdef123');
  });

  it('keeps the kernel lines of its own group, without the way to it', () => {
    const lines = kernelLines(log, 'mine');
    expect(lines).toHaveLength(2);
    expect(lines[0]).toContain('oom_memcg=/mine,task_memcg=/mine');
    expect(lines[1]).toContain('Killed process 5');
  });
});

describe('high water', () => {
  it('is a share of the limit with four digits', () => {
    expect(roundShare(0.912_345)).toBe(0.9123);
    expect(roundShare(new HighWater().workingSet)).toBeNull();
  });
});
