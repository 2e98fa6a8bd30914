import { describe, expect, it } from 'vitest';
import { heapLimitOf, runtimeOf } from '../../../../src/providers/local/heap-flags.ts';

const mebibyte = 1024 ** 2;

describe('heap limits', () => {
  const of = (program: string | null, argv: string, environment: string, whole: number | null = 1024 * mebibyte) =>
    heapLimitOf(program, argv.replaceAll(' ', '\0'), environment.replaceAll('|', '\0'), whole);

  it.each([
    ['/usr/bin/node', 'node --max-old-space-size=512 app.js --max-old-space-size=9', '', 512, '--max-old-space-size'],
    ['/usr/bin/node', 'node -r ./boot.js --max_old_space_size=256 app.js', '', 256, '--max-old-space-size'],
    [null, '/usr/bin/node app.js', 'NODE_OPTIONS=--max-old-space-size=300', 300, '--max-old-space-size (NODE_OPTIONS)'],
    [
      '/usr/bin/node',
      'next-server',
      'NODE_OPTIONS=--max-old-space-size-percentage=50',
      512,
      '--max-old-space-size-percentage (NODE_OPTIONS)',
    ],
    ['/usr/bin/java', 'java -Xmx2g -jar x.jar -Xmx9g', '', 2048, '-Xmx'],
    ['/usr/bin/java', 'java -XX:MaxRAMPercentage=25 X', '', 256, '-XX:MaxRAMPercentage'],
    ['/usr/bin/java', 'java -XX:MaxRAMPercentage=25 -Xmx100m X', '', 100, '-Xmx'],
    ['/usr/bin/java', 'java -Xmx100m X', '_JAVA_OPTIONS=-Xmx200m', 200, '-Xmx (_JAVA_OPTIONS)'],
    ['/opt/jre/bin/java (deleted)', 'java -Xmx100m X', '', 100, '-Xmx'],
    ['/app/server', 'server', 'GOMEMLIMIT=512MiB', 512, 'GOMEMLIMIT'],
    ['/app/api', 'api', 'DOTNET_GCHeapHardLimit=0x10000000', 256, 'DOTNET_GCHeapHardLimit'],
    ['/app/api', 'api', 'DOTNET_GCHeapHardLimitPercent=0x32', 512, 'DOTNET_GCHeapHardLimitPercent'],
  ])('%s %s with %s', (program, argv, environment, megabytes, source) => {
    expect(of(program, argv, environment)).toEqual({ limitBytes: megabytes * mebibyte, source });
  });

  it.each([
    ['/usr/bin/python3', 'python3 app.py', 'GOMEMLIMIT=512MiB'],
    ['/app/server', 'server', 'GOMEMLIMIT=off'],
    ['/bin/bash', 'bash -c node --max-old-space-size=512', ''],
  ])('%s %s with %s has none', (program, argv, environment) => {
    expect(of(program, argv, environment)).toBeNull();
  });

  it.each([
    ['/usr/bin/node', 'node app.js', 'GOMEMLIMIT=512MiB', 512, 'default of node'],
    ['/usr/bin/node', 'node --max-old-space-size=lots app.js', '', 512, 'default of node'],
    ['/usr/bin/node', 'node --max-old-space-size=0 app.js', '', 512, 'default of node'],
    ['/usr/bin/java', 'java -jar x.jar', '', 256, 'default of java'],
  ])('%s %s with %s has what the runtime chooses by itself', (program, argv, environment, megabytes, source) => {
    expect(of(program, argv, environment)).toEqual({ limitBytes: megabytes * mebibyte, source });
    expect(of(program, argv, environment, null)).toBeNull();
  });

  it('tells nothing of a process that may not be read', () => {
    expect(heapLimitOf(null, null, null, null)).toBeNull();
    expect(of('/usr/bin/java', 'java -XX:MaxRAMPercentage=25 X', '', null)).toBeNull();
  });

  it('knows runtimes by the names of their programs', () => {
    expect(
      ['/usr/bin/node', 'node22', 'electron', 'java', 'java17', 'javac', 'python3.12', 'bash', 'sh', 'server'].map(
        runtimeOf,
      ),
    ).toEqual(['node', 'node', 'node', 'java', 'java', 'other', 'none', 'none', 'none', 'other']);
  });
});
