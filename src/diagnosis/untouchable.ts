/** Names of processes whose end is the end of the sandbox, or of the connection to it. */
export const untouchable: ReadonlySet<string> = new Set([
  'execd',
  'bootstrap.sh',
  'tini',
  'dumb-init',
  'docker-init',
  'systemd',
]);
