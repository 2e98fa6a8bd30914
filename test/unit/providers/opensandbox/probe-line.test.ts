import { describe, expect, it } from 'vitest';
import { parseProbeText } from '../../../../src/providers/opensandbox/probe-line.ts';
import { probeLineOf } from '../../../helpers/probe.ts';

describe('a line of the probe', () => {
  it('takes a line with nothing but its version', () => {
    expect(probeLineOf({ v: 1 })).toMatchObject({ v: 1, t: null, cg: 0, mem: null, procs: null, fds: null });
  });

  it.each([null, undefined, 3, 'x', [], {}, { v: 2 }, { v: '1' }, { type: 'ping', text: 'pong' }])(
    'does not take %j for a line of the probe',
    (json) => {
      expect(probeLineOf(json)).toBeNull();
    },
  );

  it('drops members of a wrong type and keeps the others', () => {
    const line = probeLineOf({
      v: 1,
      t: '5',
      cg: 7,
      mem: 10,
      memMax: -1,
      pids: null,
      stall: 101,
      disk: { used: 'x', free: 1 },
      inodes: { used: 1, free: 2 },
      unknown: { deep: true },
    });
    expect(line).toMatchObject({ t: null, cg: 0, mem: 10, memMax: null, pids: null, stall: null, disk: null });
    expect(line?.inodes).toEqual({ used: 1, free: 2 });
    expect(line).not.toHaveProperty('unknown');
  });

  it('keeps the processes it understands', () => {
    const line = probeLineOf({
      v: 1,
      procs: [
        { pid: 5, ppid: 'x', name: 7, rss: 10, ageMs: -1, heap: { by: 'bad name', bytes: 1 } },
        { pid: 'x', rss: 10 },
        null,
        { pid: 6, ppid: 1, name: 'node', rss: 1, ageMs: 2, heap: { by: '-Xmx', via: 'not a variable', bytes: 9 } },
      ],
    });
    expect(line?.procs).toEqual([
      { pid: 5, ppid: null, name: '?', rss: 10, ageMs: null, start: null, heap: null },
      null,
      null,
      {
        pid: 6,
        ppid: 1,
        name: 'node',
        rss: 1,
        ageMs: 2,
        start: null,
        heap: { by: '-Xmx', via: null, bytes: 9, percent: null },
      },
    ]);
  });
});

describe('parseProbeText', () => {
  it('reads JSON text', () => {
    expect(parseProbeText(' {"v":1,"t":4.5}\r')?.t).toBe(4.5);
  });

  it.each(['', 'bash: warning: setlocale', '{"v":1,', 'null', '[{"v":1}]', `{"v":1,"x":"${'a'.repeat(70_000)}"}`])(
    'knows that %.40j is none of its lines',
    (text) => {
      expect(parseProbeText(text)).toBeNull();
    },
  );
});
