import type { Incident } from '../../model/incident.ts';
import type { PatternBook } from '../../monitor/pattern-facts.ts';

/** Who is to blame for a failure; null where that cannot be said. */
export type Blame = 'environment' | 'code' | null;

/** @returns whether the environment is to blame; null where nobody knows. */
export const byEnvironment = (blame: Blame): boolean | null => (blame === null ? null : blame === 'environment');

/** By the categories of the error catalogue. A category that is not here says nothing. */
const categories = new Map<string, Blame>([
  ...[
    'sandbox',
    'lifecycle',
    'memory',
    'disk',
    'filesystem',
    'limits',
    'network',
    'tls',
    'clock',
    'native',
    'permissions',
    'exec',
    'database',
    'docker',
    'k8s',
    'browser',
    'agent',
    'terminal',
  ].map((name): [string, Blame] => [name, 'environment']),
  ...['runtime', 'modules', 'package-manager', 'build', 'config', 'crash'].map((name): [string, Blame] => [
    name,
    'code',
  ]),
]);

/** Patterns that differ from the rest of their category. */
const exceptions = new Map<string, Blame>([
  ...[
    'script-not-executable',
    'crlf-shebang',
    'db-migration-missing',
    'db-deadlock',
    'docker-build-copy-missing',
    'dockerfile-missing',
    'docker-build-step-failed',
  ].map((slug): [string, Blame] => [slug, 'code']),
  ...[
    'apt-lock-held',
    'apt-package-not-found',
    'registry-auth',
    'registry-forbidden',
    'node-version-mismatch',
    'python-version-mismatch',
    'ruby-version-mismatch',
    'rust-version-mismatch',
    'java-version-mismatch',
    'java-home-missing',
    'platform-mismatch',
    'native-build-failed',
    'pip-externally-managed',
    'python-home-broken',
    'locale-encoding',
    'node-openssl-legacy',
    'env-var-missing',
    'git-object-corrupt',
    'git-dubious-ownership',
    'git-auth',
    'git-ssh-auth',
    'git-identity-missing',
    'illegal-instruction',
  ].map((slug): [string, Blame] => [slug, 'environment']),
]);

/** @param pattern slug of a recognised error, or null. */
export const blameOfPattern = (pattern: string | null, patterns: PatternBook): Blame => {
  if (pattern === null) return null;
  const exception = exceptions.get(pattern);
  return exception !== undefined ? exception : (categories.get(patterns(pattern)?.category ?? '') ?? null);
};

/** What checks, builds or tests the project itself, by the words of its normalised command. */
const ofTheProject: readonly RegExp[] = [
  /^(?:tsc|eslint|biome|jest|vitest|mocha|ava|pytest|tox|mypy|pyright|ruff|flake8|pylint|rspec|rubocop|phpunit|phpstan)\b/,
  /^(?:javac|rustc|gcc|g\+\+|clang|clang\+\+)(?= |$)/,
  /^(?:npm|pnpm|yarn|bun|deno)(?: run)? (?:test|lint|build|check|type-?check|compile|t)\b/,
  /^cargo (?:test|build|check|clippy|run|nextest)\b/,
  /^go (?:test|build|vet|run)\b/,
  /^(?:mvn|gradle|gradlew|dotnet|swift|mix|sbt|stack|bazel) (?:test|build|compile|verify|check)\b/,
];

/**
 * Who is to blame for an error nobody knows, by the command it came from.
 * @param commandKey the normalised command, or null.
 */
export const blameOfCommand = (commandKey: string | null): Blame =>
  commandKey !== null && ofTheProject.some((words) => words.test(commandKey)) ? 'code' : null;

/** Ended from outside: nobody knows by whom. */
const fromOutside: readonly (number | null)[] = [null, 137, 143];

/**
 * Whether an incident is a failure at all: an end that was wanted, or that the clock brought while nothing ran, is none.
 * @param interruptedWork asked only where it decides.
 */
export const isFailure = ({ cause }: Incident, interruptedWork: () => boolean): boolean =>
  cause === 'expired' ? interruptedWork() : cause !== 'deleted' && cause !== 'exited';

/** Who is to blame for an incident that is a failure. */
export const blameOfIncident = ({ cause, exitCode }: Incident): Blame => {
  if (cause !== 'crashed') return 'environment';
  return fromOutside.includes(exitCode) ? null : 'code';
};
