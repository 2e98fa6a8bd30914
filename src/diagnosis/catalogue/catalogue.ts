import { agentPatterns, browserPatterns } from './browser.ts';
import { buildPatterns } from './build.ts';
import { configPatterns } from './config.ts';
import { crashPatterns } from './crash.ts';
import { databasePatterns } from './databases.ts';
import { diskPatterns } from './disk.ts';
import { dockerPatterns } from './docker.ts';
import { execPatterns } from './exec.ts';
import { filesystemPatterns } from './filesystem.ts';
import { gitPatterns } from './git.ts';
import { gitMergingPatterns } from './git-merging.ts';
import { gitRemotePatterns } from './git-remote.ts';
import { heapPatterns } from './heaps.ts';
import { httpPatterns } from './http.ts';
import { deploymentPatterns, kubernetesPatterns } from './kubernetes.ts';
import { lifecyclePatterns } from './lifecycle.ts';
import { limitPatterns } from './limits.ts';
import { lockfilePatterns } from './lockfiles.ts';
import { memoryPatterns } from './memory.ts';
import { modulePatterns } from './modules.ts';
import { nativePatterns } from './native.ts';
import { networkPatterns } from './network.ts';
import { nodePackagePatterns } from './node-packages.ts';
import { noexecPatterns } from './noexec.ts';
import type { ErrorPattern } from './pattern.ts';
import { permissionPatterns } from './permissions.ts';
import { phpPatterns } from './php.ts';
import { portPatterns } from './ports.ts';
import { postgresPatterns } from './postgres.ts';
import { programMissingPatterns } from './program-missing.ts';
import { pythonPackagePatterns } from './python-packages.ts';
import { registryPatterns } from './registries.ts';
import { registryAnswerPatterns } from './registry-answers.ts';
import { runtimePatterns } from './runtime.ts';
import { sandboxPatterns } from './sandbox.ts';
import { systemPackagePatterns } from './system-packages.ts';
import { terminalPatterns } from './terminal.ts';
import { clockPatterns, tlsPatterns } from './tls.ts';

/** All known patterns. A new category is a new list and one line here. */
export const catalogue: readonly ErrorPattern[] = [
  ...sandboxPatterns,
  ...lifecyclePatterns,
  ...memoryPatterns,
  ...heapPatterns,
  ...diskPatterns,
  ...limitPatterns,
  ...portPatterns,
  ...networkPatterns,
  ...httpPatterns,
  ...gitRemotePatterns,
  ...gitPatterns,
  ...gitMergingPatterns,
  ...pythonPackagePatterns,
  ...registryPatterns,
  ...registryAnswerPatterns,
  ...systemPackagePatterns,
  ...lockfilePatterns,
  ...nodePackagePatterns,
  ...modulePatterns,
  ...phpPatterns,
  ...nativePatterns,
  ...buildPatterns,
  ...postgresPatterns,
  ...databasePatterns,
  ...runtimePatterns,
  ...configPatterns,
  ...permissionPatterns,
  ...terminalPatterns,
  ...execPatterns,
  ...programMissingPatterns,
  ...crashPatterns,
  ...dockerPatterns,
  ...kubernetesPatterns,
  ...deploymentPatterns,
  ...filesystemPatterns,
  ...noexecPatterns,
  ...tlsPatterns,
  ...clockPatterns,
  ...browserPatterns,
  ...agentPatterns,
];
