import { describe, expect, it } from 'vitest';
import { isProgramMissing } from '../../../../src/providers/opensandbox/program-missing.ts';

describe('isProgramMissing', () => {
  it.each([
    ['start bash: exec: "bash": executable file not found in $PATH', null],
    ['fork/exec /bin/sh: no such file or directory', null],
    ['fork/exec /bin/bash: exec format error', null],
    ['sh: 1: bash: not found', null],
    ['spawn bash ENOENT', null],
    ['exit status 127', 127],
    ['exit status 126', 126],
  ])('%s', (said, exitCode) => {
    expect(isProgramMissing(said, exitCode)).toBe(true);
  });

  it.each([
    ['exit status 254: bash: fork: Cannot allocate memory', 254],
    ['fork/exec /bin/sh: cannot allocate memory', null],
    ['fork/exec /bin/bash: resource temporarily unavailable', null],
    ['bash: fork: retry: Resource temporarily unavailable', 254],
    ['sh: 1: Cannot fork', 2],
    ['exit status 127: bash: error while loading shared libraries: Cannot allocate memory', 127],
    ['exit status 127: bash: /tmp/execd_bash_123.sh: No such file or directory', 127],
    ['open /tmp/0123.stdout: no space left on device', null],
    ['chdir /work: no such file or directory', null],
    ['signal: killed', null],
    ['context deadline exceeded', null],
    ['', 1],
  ])('not %s', (said, exitCode) => {
    expect(isProgramMissing(said, exitCode)).toBe(false);
  });
});
