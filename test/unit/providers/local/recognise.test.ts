import { describe, expect, it } from 'vitest';
import { remoteEnvironment } from '../../../../src/model/other-computer.ts';
import { recognisePlace } from '../../../../src/providers/local/recognise.ts';
import { filesOf } from './fixture-files.ts';

describe('where this is', () => {
  const find = (
    environment: Readonly<Record<string, string>>,
    files: Readonly<Record<string, string>> = {},
    folders: readonly string[] = [],
    remoteName: string | null = null,
  ) => recognisePlace({ files: filesOf(files, folders), environment, remoteName });

  it.each([
    ['opensandbox', { OPENSANDBOX_ID: 'x' }, {}, []],
    ['opensandbox', {}, { '/opt/opensandbox/bootstrap.sh': '#', '/.dockerenv': '' }, []],
    ['opensandbox', {}, {}, ['/opt/opensandbox']],
    ['e2b', { E2B_SANDBOX: 'true' }, {}, []],
    ['daytona', { DAYTONA_SANDBOX_ID: 'x' }, { '/.dockerenv': '' }, []],
    ['modal', { MODAL_TASK_ID: 'x' }, {}, []],
    ['codespaces', { CODESPACES: 'true', REMOTE_CONTAINERS: 'true' }, { '/.dockerenv': '' }, []],
    ['codesandbox', { CSB: '1' }, {}, []],
    ['dev-container', { REMOTE_CONTAINERS: 'true' }, { '/.dockerenv': '' }, []],
    ['kubernetes', { KUBERNETES_SERVICE_HOST: '10.0.0.1' }, { '/.dockerenv': '' }, []],
    ['kubernetes', {}, { '/proc/self/cgroup': '0::/kubepods/burstable/pod1/abc' }, []],
    ['docker', {}, { '/.dockerenv': '' }, []],
    ['docker', {}, { '/proc/self/cgroup': '4:memory:/docker/0123456789abcdef' }, []],
    ['container', {}, { '/run/.containerenv': 'engine' }, []],
    ['container', { container: 'lxc' }, {}, []],
  ] as const)('is %s with %j and %j', async (kind, environment, files, folders) => {
    const place = await find(environment, files, folders);
    expect(place.kind).toBe(kind);
    expect(place.evidence.length).toBeGreaterThan(0);
  });

  it('is a plain machine without any sign, also with signs switched off', async () => {
    expect(await find({ CODESPACES: 'false', E2B_SANDBOX: '', PATH: '/bin' })).toEqual({
      kind: 'machine',
      title: 'machine',
      name: 'this machine',
      evidence: [],
    });
  });

  it('goes by what the editor calls its remote, and never shows a value', async () => {
    expect((await find({}, {}, [], 'dev-container')).evidence).toEqual(['the editor calls it dev-container']);
    const place = await find({ OPENSANDBOX_ID: 'hunter2' });
    expect(JSON.stringify(place)).not.toContain('hunter2');
  });

  it('takes only the names it knows from the environment of a remote computer', async () => {
    const files = filesOf({ '/proc/self/environ': 'PASSWORD=hunter2\0CODESPACES=true\0XCSB=1\0CSB=a=b\0' });
    expect(await remoteEnvironment(files)).toEqual({ CODESPACES: 'true', CSB: 'a=b' });
    expect(await remoteEnvironment(filesOf({}))).toEqual({});
  });
});
