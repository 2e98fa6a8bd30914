import { asRoot } from './command-lines.ts';
import { ownWorkspace } from './common-fixes.ts';
import { category, editor, manual, says, shell, system } from './record.ts';

/** What the user of the sandbox may do. */
export const permissionPatterns = category('permissions', [
  {
    slug: 'npm-eacces',
    title: 'npm may not write there',
    severity: 'medium',
    priority: 7,
    signals: [
      says(/\bcode EACCES\b|\bcode EPERM\b.{0,5}$/, 4, { near: /\bnpm\b|\b_logs\b|\bnode_modules\b/ }),
      says(/\bcache folder contains root-owned files\b/),
      says(/\b(?:EACCES|EPERM)\b.{0,80}'\S{0,200}(?:node_modules|\.npm|_cacache|npm-cache)\b/),
    ],
    exitCodes: [243],
    vetoes: [/\blisten EACCES\b/, /\bspawn\b.{0,200}\bEACCES\b/],
    cause: 'The image was built as root, and the user of the sandbox is another.',
    fixes: [
      shell(
        'own-npm-folders',
        'Take ownership of the folders of npm',
        'confirm',
        `${asRoot} chown -R "$(id -u):$(id -g)" node_modules "$(npm config get cache)"`,
        'npm ci',
      ),
      shell(
        'use-own-cache',
        'Use a cache of your own',
        'safe',
        'env npm_config_cache="$HOME/.npm" {command}',
        'exit code 0',
      ),
    ],
    docs: 'https://docs.npmjs.com/resolving-eacces-permissions-errors-when-installing-packages-globally',
  },
  {
    slug: 'operation-not-permitted',
    title: 'The sandbox does not allow this (not even with sudo)',
    severity: 'medium',
    priority: 5,
    signals: [
      system('EPERM'),
      says(/\bmust be superuser to use mount\b|\bmount: (?:.{0,80}: )?permission denied\b/),
      says(
        /\bsysctl: (?:permission denied|setting key .{1,120}: Read-only)|\b(?:seccomp|apparmor|SELinux|capabilit(?:y|ies)|CAP_[A-Z_]{3,20})\b.{0,80}\b(?:denied|not permitted|blocked|missing|required)/i,
      ),
      says(
        /\bperf_event_paranoid\b|\brequires root privileges\b|\b(?:must be run as root|requires? root(?: privileges)?|you must be root|only root can|need to be root|run as root)\b/i,
        3,
      ),
    ],
    vetoes: [/\bno new privileges\b/, /^E: .{0,300}\bare you root\?/],
    cause: 'Sandboxes take rights away from every program, root included.',
    fixes: [
      shell(
        'show-capabilities',
        'Show which rights there are',
        'safe',
        'grep -E "Cap(Eff|Bnd)|Seccomp|NoNewPrivs" /proc/self/status; id',
      ),
      manual('recreate-with-right', 'Recreate it with the right', 'the security settings of the sandbox'),
    ],
    docs: 'https://man7.org/linux/man-pages/man7/capabilities.7.html',
  },
  {
    slug: 'deno-permission',
    title: 'Deno was not given this right',
    severity: 'low',
    priority: 6,
    signals: [
      says(
        /\b(?:NotCapable|PermissionDenied): Requires (?<name>read|write|net|env|run|sys|ffi|import|all|hrtime) access\b/,
      ),
      says(/\bRequires \w{2,8} access to .{1,300}, run again with the --allow-\w{2,10} flag\b/),
    ],
    cause: 'Programs under Deno may do only what the command allows.',
    fixes: [
      editor('allow-in-task', 'Allow it in the task', 'safe', 'the task in deno.json', 'the program goes on'),
      manual(
        'run-with-flag',
        'Run it again with the flag',
        'the output names it: --allow-…, best with the path or host it needs',
      ),
    ],
    docs: 'https://docs.deno.com/runtime/fundamentals/security/',
  },
  {
    slug: 'file-eacces',
    title: 'A file may not be read or written',
    severity: 'low',
    priority: 3,
    signals: [
      system('EACCES'),
      says(
        /\bEACCES: permission denied, (?:open|mkdir|unlink|rename|scandir|copyfile|rmdir|access|stat|lstat|symlink|chmod|write)\b.{0,3}(?:'(?<path>[^']{1,200})')?/,
      ),
      says(/\bPermissionError: \[Errno 13\]/, 3),
      says(
        /\bAccess to the path '(?<path>[^']{1,200})' is denied\b|\bAccessDeniedException: (?<java>\S{1,200})|\bjava\.io\.FileNotFoundException: (?<jpath>\S{1,200}) \(Permission denied\)|\berror\.AccessDenied\b|^error: AccessDenied$|\bPermissionDenied: /,
      ),
      says(
        /\b(?:is|are) not writable\b|\bno write (?:permission|access)\b|\bnot writeable\b|\bFailed to open stream: Permission denied\b/i,
        3,
      ),
      says(/\bneed to grant write permissions\b/),
      // Only for the path, which the message of the system stands behind.
      says(/['‘"](?<path>[^'’"]{1,300})['’"]: Permission denied$/, 1),
      says(/^[\w.-]{1,30}: (?<path>[^:'‘"]{1,300}): (?:Cannot (?:open|mkdir|create \w{1,20}): )?Permission denied$/, 1),
    ],
    exitCodes: [1],
    // The last ones are servers, which have rights of their own.
    vetoes: [
      /\bpublickey\b/,
      /\bcode EACCES\b/,
      /\b(?:403|code = PermissionDenied|PERMISSION_DENIED|rpc error|etcdserver)\b.{0,60}\b[Pp]ermission denied\b/,
      /\bpermission denied for (?:table|view|schema|sequence|database|function|relation|column|type)\b/,
    ],
    cause: 'The image and the volume of the workspace have different owners.',
    fixes: [shell('show-owner', 'Show who owns it[: {path}]', 'safe', 'namei -l {path}; id'), ownWorkspace],
    docs: 'https://man7.org/linux/man-pages/man7/path_resolution.7.html',
  },
  {
    slug: 'apt-needs-root',
    title: 'Packages of the system need root',
    severity: 'low',
    priority: 9,
    signals: [
      says(/^E: .{0,300}\bare you root\?/),
      says(
        /\bdpkg: error: requested operation requires superuser privilege\b|\bThis command has to be run with superuser privileges\b|\bERROR: Unable to lock database: Permission denied\b|\berror: you cannot perform this operation unless you are root\b/,
      ),
    ],
    exitCodes: [100],
    vetoes: [/^mount: /],
    cause: 'The user of the sandbox is not root.',
    fixes: [shell('with-sudo', 'Run it with sudo', 'confirm', 'sudo {command}', 'exit code 0')],
    docs: 'https://manpages.debian.org/stable/apt/apt-get.8.en.html',
  },
  {
    slug: 'sudo-unavailable',
    title: 'sudo cannot be used here',
    severity: 'low',
    priority: 8,
    signals: [
      says(
        /\bsudo: (?:command )?not found\b|\bcommand not found: sudo\b|\b"?no new privileges"? flag is set\b|\bexec: "sudo": executable file not found\b/,
      ),
      says(
        /\bsudo: (?:a password is required|a terminal is required|\S{1,80} must be owned by uid 0|effective uid is not 0|unable to allocate pty)|\bis not in the sudoers file\b/,
      ),
      says(
        /\bMissing sudo password\b|\bIncorrect sudo password\b|^doas: (?:Operation not permitted|a tty is required)/,
      ),
    ],
    cause: 'It is not in the image, it asks for a password, or the sandbox forbids programs to gain rights.',
    fixes: [
      shell('show-user', 'See whether you are root already', 'safe', 'id; grep NoNewPrivs /proc/self/status'),
      manual('run-without-sudo', 'Run it without sudo', 'the same command without the word sudo'),
    ],
    docs: 'https://docs.kernel.org/userspace-api/no_new_privs.html',
  },
]);
