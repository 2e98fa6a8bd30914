import { describe, expect, it } from 'vitest';
import { heapEnvironment } from '../../../../src/cli/recording/heap-environment.ts';

describe('what is told of the environment', () => {
  it('is heap limits by name, and nothing beside them', () => {
    expect(
      heapEnvironment({
        PATH: '/usr/bin',
        API_KEY: 'secret',
        NODE_OPTIONS: '--require=/home/me/hook.js --max-old-space-size=2048 --title=secret',
        JAVA_TOOL_OPTIONS: '-Dpassword=secret -Xmx512m -XX:MaxRAMPercentage=75.0',
        GOMEMLIMIT: '340MiB',
      }),
    ).toEqual({
      NODE_OPTIONS: '--max-old-space-size=2048',
      JAVA_TOOL_OPTIONS: '-Xmx512m -XX:MaxRAMPercentage=75.0',
      GOMEMLIMIT: '340MiB',
    });
  });

  it('is nothing when no limit is set, or a variable holds something else', () => {
    expect(
      heapEnvironment({ NODE_OPTIONS: '--inspect', GOMEMLIMIT: 'off; curl', JAVA_TOOL_OPTIONS: undefined }),
    ).toEqual({});
  });
});
