import { asRoot, owning, systemPackages } from './command-lines.ts';
import { api, editor, shell } from './record.ts';

/** Fixes that several patterns share. */

export const moreMemory = api(
  'recreate-larger',
  'Recreate the sandbox with more memory',
  'destructive',
  'recreateLarger',
  'snapshot, then a new sandbox from it with twice the memory',
  'the memory limit inside the new sandbox is larger',
);

export const moreDisk = api(
  'recreate-larger',
  'Snapshot, then recreate with a larger disk',
  'destructive',
  'recreateLarger',
  'snapshot, then a new sandbox from it with a larger disk',
  'df shows a larger file system',
);

export const runAgain = shell('run-again', 'Run it again', 'safe', '{command}', 'exit code 0');

export const runAgainLater = shell(
  'run-again-later',
  'Try again in a few seconds',
  'safe',
  'sleep 5; {command}',
  'exit code 0',
);

export const showMemory = shell(
  'show-memory',
  'Show memory and the largest processes',
  'safe',
  'free -m; ps -eo rss,pid,args --sort=-rss | head -15',
);

export const showListeners = shell('show-listeners', 'Show what listens', 'safe', 'ss -ltnp || netstat -ltnp');

export const showDisk = shell(
  'show-disk-usage',
  'Show what uses the space',
  'safe',
  'df -h . /tmp; du -xh -d2 . /tmp 2>/dev/null | sort -h | tail -25',
);

export const clearCaches = shell(
  'clear-caches',
  'Clear the package caches',
  'confirm',
  // Those that are not there are left out, and are no failure.
  'command -v npm >/dev/null && npm cache clean --force; command -v pip >/dev/null && pip cache purge; ' +
    `command -v go >/dev/null && go clean -cache; command -v apt-get >/dev/null && ${asRoot} apt-get clean; true`,
  'df shows at least 5 % free',
);

export const showDiagnostics = api(
  'show-diagnostics',
  'Show the events of the sandbox',
  'safe',
  'showDetails',
  'what the provider tells of the sandbox: state, events, logs',
);

export const showPods = shell(
  'show-pods',
  'Show the pods and the newest events',
  'safe',
  'kubectl get pods -o wide; kubectl get events --sort-by=.lastTimestamp | tail -20',
);

export const extendTime = api(
  'extend',
  'Extend the time of the sandbox',
  'safe',
  'extend',
  'renew the expiration',
  'the sandbox expires later',
);

export const recreate = api(
  'recreate',
  'Recreate it from a snapshot',
  'confirm',
  null,
  'a new sandbox from the last snapshot',
  'the new sandbox runs',
);

export const restartSandbox = api(
  'restart',
  'Restart the sandbox',
  'destructive',
  null,
  'restart: files stay, processes end',
  'the agent answers',
);

export const ownWorkspace = shell(
  'take-ownership',
  'Take ownership[ of {path}]',
  'confirm',
  owning('{path}'),
  'the path can be written',
);

export const openManifest = editor(
  'open-manifest',
  'Open the line in the manifest',
  'safe',
  'package.json, requirements.txt, Cargo.toml, pom.xml',
  'the installation ends with exit code 0',
);

export const allowHost = api(
  'allow-host',
  'Allow the host[ {host}] in the egress policy',
  'confirm',
  null,
  'add the host to the egress policy',
  'the host answers',
);

export const buildTools = shell(
  'install-build-tools',
  'Install compiler and headers',
  'confirm',
  systemPackages(
    'build-essential python3-dev pkg-config',
    'build-base python3-dev pkgconf',
    'gcc-c++ make python3-devel pkgconf',
  ),
  'the build goes on',
);

export const openAddress = editor(
  'open-database-address',
  'Open the address of the database',
  'safe',
  'DATABASE_URL in .env',
  'the database answers',
);

export const resume = api('resume', 'Resume it', 'safe', 'resume', 'resume', 'the sandbox is running and answers');
