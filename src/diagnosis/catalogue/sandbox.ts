import {
  extendTime,
  recreate,
  restartSandbox,
  resume,
  showDiagnostics,
  showListeners,
  showMemory,
} from './common-fixes.ts';
import { api, category, editor, says, saysAtZero, shell } from './record.ts';

/** What the system around the sandbox did. */
export const sandboxPatterns = category('sandbox', [
  {
    slug: 'sandbox-expired',
    title: 'The sandbox is gone',
    severity: 'blocker',
    priority: 10,
    signals: [
      says(/\b[Ss]andbox was not found\b|\bSandbox Not Found\b/),
      says(
        /\b[Ss]andbox (?:with (?:ID|id|name) )?["'`]?[\w.-]{1,80}["'`]? (?:not found\b|has already (?:shut down|terminated|finished)\b)/,
      ),
      says(/\b[Ss]andbox ["'`]?[\w.-]{1,80}["'`]? (?:was not|wasn't|not) found\b/),
      says(
        /\b(?:DOCKER|KUBERNETES)::SANDBOX_NOT_FOUND\b|\bSANDBOX_NOT_FOUND\b|\bSandboxExpired\b|\bSandboxNotFound(?:Error|Exception)?\b|\bttl_expir(?:y|ed)\b/,
      ),
      says(
        /\bNo sandbox found\b|\b[Ss]andbox (?:has |is )?(?:already )?(?:expired|been (?:deleted|terminated|killed|destroyed)|no longer (?:exists|running|available))\b/,
      ),
      says(
        /\b(?:workspace|environment|devbox|codespace|VM|microVM|instance) ["'`]?[\w.-]{0,80}["'`]? ?(?:has expired|has been (?:deleted|terminated)|does not exist anymore)\b/i,
      ),
      says(
        /\b[Ss]andbox \\?["'`]?[\w.-]{1,80}\\?["'`]? (?:doesn't|does not|no longer) exists?\b|\b[Ss]andbox has already (?:shut down|terminated|finished|stopped)\b/,
      ),
      says(/\b[Ss]andbox with (?:ID or name|ID|id|name) \S{1,80} (?:does not exist|doesn't exist|not found)\b/),
      says(
        /\b(?:workspace|devbox|codespace|sandbox|machine|microVM) ["'`]?[\w.-]{0,80}["'`]? ?(?:was|has been|is) (?:deleted|destroyed|reclaimed)\b/i,
      ),
      says(
        /\bgetting (?:full )?codespace\b.{0,40}\bHTTP 404\b|\(NotFound\): (?:sandboxes\S{0,60}|pods) "(?:sandbox|sbx|workspace|devbox)[\w.-]{0,80}" not found\b/,
      ),
      saysAtZero(
        /^\{.{0,200}(?:\bSANDBOX_NOT_FOUND\b|\b[Ss]andbox (?:was )?not found\b|\b[Ss]andbox \\?["'][\w.-]{1,80}\\?["'] (?:not found|doesn't exist))/,
      ),
    ],
    cause: 'Its time was over while nobody worked in it, or somebody deleted it.',
    fixes: [
      recreate,
      {
        ...extendTime,
        id: 'auto-extend',
        title: 'Extend the next one in time',
        how: 'renew the expiration before it is over',
      },
      showDiagnostics,
    ],
    docs: 'https://github.com/alibaba/OpenSandbox',
  },
  {
    slug: 'sandbox-port-closed',
    title: 'The sandbox runs, but nothing listens on the port',
    severity: 'medium',
    priority: 10,
    signals: [
      says(/\bsandbox is running but (?:the )?port (?<port>\d{1,5})? ?is not open\b/i),
      says(/\bport is not open\b|\bno service (?:is )?(?:running|listening) on port (?<port>\d{1,5})/i),
      says(/\bClosed Port Error\b|\bthere's no service running on port\b/i),
      says(/^502 Bad Gateway$/, 3, { near: /^nginx/ }),
      saysAtZero(/^\{.{0,200}\bsandbox is running but (?:the )?port is not open\b/i),
      says(
        /\b(?:nothing|no (?:application|server|process|program))(?: is)? (?:running|listening) (?:on|at) port (?<port>\d{1,5})\b/i,
      ),
    ],
    cause: 'The server in it crashed, was not started or listens on localhost only; the client blames the time limit.',
    fixes: [
      showListeners,
      shell(
        'restart-on-all-addresses',
        'Start the server on all addresses',
        'confirm',
        'env HOST=0.0.0.0 {command}',
        'the address answers',
      ),
      editor(
        'keep-all-addresses',
        'Let the script listen on all addresses',
        'safe',
        'the host in the scripts of package.json',
        'the address answers',
      ),
    ],
    docs: 'https://e2b.dev/docs/sandbox/internet-access',
  },
  {
    slug: 'sandbox-agent-down',
    title: 'The agent inside the sandbox does not answer',
    severity: 'high',
    priority: 10,
    signals: [
      says(/\bFailed to execute command: \(502\)/),
      says(/\bAgent trying to connect from non-latest build\b|\bbuild is outdated\b/),
      says(/\bSANDBOX_EXECD_START_FAILED\b|\bEXECD_[A-Z_]{3,40}FAILED\b/),
      says(
        /\b(?:execd|envd|sandbox agent|workspace agent|toolbox|daemon agent)\b.{0,60}\b(?:not (?:reachable|responding|running|ready)|unreachable|unavailable|did not respond|disconnected|timed out)\b/i,
      ),
      says(/\b[Aa]gent (?:is not connected|stopped responding|is disconnected|did not (?:connect|respond))\b/, 3),
    ],
    cause: 'The agent was killed for memory or is of another version than the server.',
    fixes: [
      api('probe-agent', 'See whether it answers', 'safe', 'showDetails', 'ask the agent for its health', null),
      restartSandbox,
    ],
    docs: 'https://github.com/alibaba/OpenSandbox',
  },
  {
    slug: 'sandbox-start-timeout',
    title: 'The sandbox did not start in time',
    severity: 'high',
    priority: 9,
    signals: [
      says(/\bPOD_READY_TIMEOUT\b|\bprovision_timeout\b|\bSANDBOX_(?:START|CREATE)_TIMEOUT\b/),
      says(/\bDEADLINE_EXCEEDED\b/, 3),
      says(
        /\b(?:sandbox|workspace|devbox|pod|environment)\b.{0,80}\b(?:did not (?:start|become ready)|start(?:up)? timed out|timed out (?:waiting )?(?:to|for)(?: \w{1,20}){0,4} (?:start|ready|running))|\b(?:sandbox|workspace|devbox)\b.{0,80}\btimed out waiting for the condition\b/i,
      ),
      says(/\bTimed out waiting for (?:sandbox|pod|container|workspace)\b/i),
    ],
    // The answer of any server that speaks gRPC.
    vetoes: [/\bStatusCode\.DEADLINE_EXCEEDED\b|\b4 DEADLINE_EXCEEDED\b|\bgrpc\b/i],
    cause: 'Pulling the image, finding a node for it or a quota took longer than the server waits.',
    fixes: [showDiagnostics, api('create-again', 'Create it again', 'confirm', null, 'create', 'the sandbox runs')],
    docs: 'https://kubernetes.io/docs/tasks/debug/debug-application/debug-pods/',
  },
  {
    slug: 'sandbox-paused',
    title: 'The sandbox is paused',
    severity: 'info',
    priority: 9,
    signals: [
      says(/\bCONTAINER_PAUSED\b/),
      says(/\bSANDBOX_NOT_RUNNING\b|\b[Ss]andbox is (?:not running|paused|hibernated|asleep)\b/),
      says(/"state": {0,4}"Paused"/, 3),
      says(
        /\bcontainer \S{1,80} is paused\b|\bcannot exec in a paused container\b|\bis paused, unpause the container before exec\b/i,
      ),
      says(
        /\b[Ss]andbox is not started\b|\b(?:sandbox|codespace|workspace|devbox)\b.{0,60}\b(?:is in state|is currently|state:) ["'(]?(?:stopped|paused|hibernated|suspended|shutdown)\b/i,
      ),
    ],
    cause: 'Somebody or an idle timer paused it.',
    fixes: [resume],
    docs: 'https://docs.docker.com/reference/cli/docker/container/pause/',
  },
  {
    slug: 'ide-server-killed',
    title: 'The editor server in the sandbox was killed',
    severity: 'high',
    priority: 9,
    signals: [
      says(/\bShell server terminated \(code: 137\b/),
      says(
        /\bextension host (?:process )?(?:terminated unexpectedly|\(.{1,40}\) terminated unexpectedly|with pid \d{1,8} exited with code: 137)/i,
      ),
      says(/\bThe (?:VS ?Code|remote) server (?:was killed|terminated unexpectedly)\b/i),
    ],
    cause: 'Server, extensions and builds together need more memory than the sandbox has.',
    fixes: [
      editor(
        'fewer-extensions',
        'Disable heavy extensions in the sandbox',
        'safe',
        'the extensions view, filtered by those in the sandbox',
        'no restart for ten minutes',
      ),
      showMemory,
    ],
    docs: 'https://code.visualstudio.com/docs/remote/troubleshooting',
  },
  {
    slug: 'entrypoint-crashed',
    title: 'The start command of the sandbox ended',
    severity: 'high',
    priority: 3,
    signals: [
      says(/\bCONTAINER_EXITED_ERROR\b/, 3),
      says(/\bSandbox container exited with code \d{1,3}\b/, 3),
      says(/\b(?:container|pod|entrypoint) .{0,60}\bexited with (?:non-zero )?(?:code|status) (?!0\b)\d{1,3}\b/i, 3),
      says(
        /^\S{1,100} exited with code (?!0\b|137\b|139\b|143\b|12[67]\b)\d{1,3}$|\bcontainer \S{1,100} exited \((?!0\b|137|139|143|12[67])\d{1,3}\)/,
        3,
      ),
      says(/^\S{1,120} {1,40}\d{1,4}\/\d{1,4} {1,40}(?:Init:)?Error {1,40}\d/, 3),
    ],
    vetoes: [/\bcode:? {0,14}(?:137|139|143|12[67])\b/i, /\bOOMKilled: {1,14}True\b/],
    cause: 'The start command failed, and the sandbox ends with it.',
    fixes: [api('show-logs', 'Show the logs', 'safe', 'showDetails', 'the logs of the sandbox', null), recreate],
    docs: 'https://docs.docker.com/reference/dockerfile/#entrypoint',
  },
  {
    slug: 'no-systemd',
    title: 'There is no systemd in the sandbox',
    severity: 'low',
    signals: [
      says(/\bSystem has not been booted with systemd as init system\b/),
      says(/\bFailed to connect to bus: (?:Host is down|No such file or directory|No medium found)\b/, 3, {
        near: /systemctl|systemd|journalctl/i,
      }),
      says(/\bFailed to get D-Bus connection: Operation not permitted\b|\bRunning in chroot, ignoring request\b/),
      says(
        /\bFailed to connect to bus: \$DBUS_SESSION_BUS_ADDRESS\b|\bFailed to connect to (?:system|user)(?: scope)? bus via local transport\b|^[\w.-]{1,40}: unrecognized service$/,
        3,
      ),
    ],
    cause: 'A container runs one program and has no init system.',
    fixes: [
      shell(
        'start-directly',
        'Start the service without systemd',
        'confirm',
        'service {service} start',
        'the service listens',
      ),
    ],
    docs: 'https://docs.docker.com/engine/containers/multi-service_container/',
  },
]);
