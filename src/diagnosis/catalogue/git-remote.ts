import { systemPackages } from './command-lines.ts';
import { category, editor, manual, says, shell, variant } from './record.ts';

const showKeys = shell('show-keys', 'Show which keys there are', 'safe', 'ssh-add -l');

const signIn = editor(
  'sign-in',
  'Sign in, or forward your login',
  'safe',
  'the account of the editor, or gh auth login',
  'git ls-remote',
);

/** Git and the servers it talks to. */
export const gitRemotePatterns = category('git', [
  {
    slug: 'git-transfer-aborted',
    title: 'A transfer of git was cut short',
    severity: 'medium',
    priority: 5,
    signals: [
      says(/\bRPC failed; (?:curl \d|HTTP \d|result)/),
      says(
        /\bfatal: (?:early EOF|fetch-pack: unexpected disconnect|the remote end hung up)|\binvalid index-pack output\b|\bunexpected disconnect while reading sideband packet\b|\bindex-pack failed\b/,
        3,
      ),
      says(
        /\bbytes of body are still expected\b|\bexpected flush after ref listing\b|\bprotocol error: bad line length\b|\bfatal: expected 'packfile'/,
      ),
    ],
    exitCodes: [128],
    vetoes: [
      /\bdied of signal 9\b/,
      /\b[Qq]uota\b/,
      /\bNo space left\b/i,
      /\bPermission denied \(publickey/,
      /\breturned error: [45]\d\d\b/,
    ],
    cause: 'The network was cut, a proxy broke the connection, or a limit ended the receiving side.',
    fixes: [
      shell(
        'retry-shallow',
        'Try again over HTTP/1.1',
        'safe',
        'env GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=http.version GIT_CONFIG_VALUE_0=HTTP/1.1 {command}',
        'exit code 0',
      ),
      shell(
        'fetch-depth-one',
        'Fetch only the newest commit (history gets shallow)',
        'confirm',
        'git -c http.version=HTTP/1.1 fetch --depth 1',
        'exit code 0',
      ),
    ],
    docs: 'https://git-scm.com/docs/git-clone#Documentation/git-clone.txt---depthdepth',
  },
  {
    slug: 'git-auth',
    title: 'git has no login here',
    severity: 'medium',
    priority: 7,
    signals: [
      says(
        /\bcould not read (?:Username|Password) for\b|\bAuthentication failed for\b|\bunable to access .{1,300}returned error: 40[13]\b|\bInvalid username or (?:password|token)\b|\bSupport for password authentication was removed\b|\bterminal prompts disabled\b/,
      ),
      says(
        /\bHTTP Basic: Access denied\b|\bremote: (?:Permission to .{1,120} denied|Invalid credentials|HTTP Basic|The requested URL returned error: 403|Write access to repository not granted)/,
      ),
      says(
        /\brun: {1,2}gh auth login\b|\bwith: {1,2}gh auth login\b|\bHTTP 401: (?:Bad credentials|Requires authentication)\b|\bfailed to authenticate when downloading repository\b|\bResource not accessible by (?:integration|personal access token)\b/,
      ),
      says(
        /\bunable to get password from user\b|\bbatch response: Authentication required\b|\bAuthorization error: https?:\/\//,
      ),
      says(
        /\bERROR: Permission to \S{1,120} denied to\b|\buser interactivity has been disabled\b|\bLogon failed, use ctrl\+c\b|\benabled or enforced SAML SSO\b|\bremote: (?:Invalid|Expired) (?:access )?token\b/,
      ),
    ],
    exitCodes: [128],
    vetoes: [/\bCONNECT tunnel\b/],
    cause: 'The sandbox has no credential helper, or its token has expired.',
    fixes: [
      signIn,
      shell(
        'check-login',
        'See whether there is a login',
        'safe',
        'gh auth status; git config --get-all credential.helper',
      ),
    ],
    docs: 'https://git-scm.com/docs/gitcredentials',
  },
  {
    slug: 'git-ssh-auth',
    title: 'The SSH key was refused',
    severity: 'medium',
    priority: 8,
    signals: [
      says(
        /\bPermission denied \((?:publickey|password|keyboard-interactive|gssapi)|\bToo many authentication failures\b|\bno mutual signature algorithm\b|\bLoad key ".{1,200}": (?:invalid format|error in libcrypto)|\bssh: handshake failed: ssh: unable to authenticate\b/,
      ),
      says(
        /\battempted ssh-agent authentication, but no usernames succeeded\b|\bsign_and_send_pubkey: .{0,120}\bfailed\b|\bagent refused operation\b/,
      ),
      says(/\bfailed to authenticate when downloading repository: (?:ssh:\/\/|git@)/),
      says(
        /\bCould not open a connection to your authentication agent\b|\bError connecting to agent: |\bUnable to negotiate with \S{1,100} port\b|\bno such identity: /,
        3,
      ),
    ],
    exitCodes: [128, 255],
    cause: 'The agent with your keys is not forwarded into the sandbox.',
    fixes: [
      showKeys,
      manual(
        'forward-agent',
        'Give the sandbox a key',
        'forward the agent with your keys, or make a key that the server knows',
      ),
    ],
    variants: [
      variant(/\bgithub\.com\b/, {
        fixes: [
          showKeys,
          shell(
            'use-https',
            'Use https for GitHub instead',
            'confirm',
            'git config --global url.https://github.com/.insteadOf git@github.com:',
            'git ls-remote',
          ),
        ],
      }),
    ],
    docs: 'https://code.visualstudio.com/remote/advancedcontainers/sharing-git-credentials',
  },
  {
    slug: 'ssh-host-key-changed',
    title: 'The host key is new or another one',
    severity: 'medium',
    priority: 8,
    signals: [
      says(
        /\bREMOTE HOST IDENTIFICATION HAS CHANGED\b|\bHost key verification failed\b|\bknownhosts: key (?:is unknown|mismatch)\b|\bNo \S{1,30} host key is known for\b/,
      ),
      says(/\bThe authenticity of host .{1,200} can't be established\b/, 3),
    ],
    exitCodes: [255],
    cause: 'The sandbox was made again under the same address, which is expected; or somebody stands in between.',
    fixes: [
      shell('remove-old-key', 'Forget the old key of this sandbox', 'confirm', 'ssh-keygen -R {host}', 'ssh connects'),
      manual(
        'compare-keys',
        'Compare it with the key the owner publishes',
        'never accept a changed key of a code host unseen',
      ),
    ],
    docs: 'https://man7.org/linux/man-pages/man1/ssh-keygen.1.html',
  },
  {
    slug: 'ssh-key-permissions',
    title: 'Others may read the private key',
    severity: 'low',
    priority: 9,
    signals: [
      says(
        /\bUNPROTECTED PRIVATE KEY FILE\b|\bbad permissions\b|\bPermissions \d{3,4} for '(?<path>[^']{1,200})' are too open\b|\bBad owner or permissions on (?<config>\S{1,200})/,
      ),
    ],
    cause: 'A mount shows the key with other permissions.',
    fixes: [shell('protect-key', 'Protect the key[: {path}]', 'safe', 'chmod 600 -- {path}', 'ssh-keygen -y reads it')],
    docs: 'https://man7.org/linux/man-pages/man1/ssh.1.html',
  },
  {
    slug: 'git-push-rejected',
    title: 'The push was refused: others pushed before',
    severity: 'low',
    priority: 7,
    signals: [
      says(/! \[rejected\].{0,200}\((?:non-fast-forward|fetch first|stale info)\)/),
      says(/\bUpdates were rejected because\b|! \[remote rejected\]|\bfailed to push some refs\b/, 3),
      says(
        /\bYou are not allowed to (?:force )?push code to\b|\bGH013: Repository rule violations\b|! \[rejected\].{0,200}\((?:already exists|would clobber existing tag)\)/,
      ),
    ],
    exitCodes: [1],
    vetoes: [/\bhas no upstream\b/, /\bshallow update not allowed\b/, /\bsrc refspec \S{1,120} does not match any\b/],
    cause: 'The branch moved on the other side.',
    fixes: [shell('pull-rebase', 'Take over what the others did', 'confirm', 'git pull --rebase', 'git push')],
    docs: 'https://git-scm.com/docs/git-push#_note_about_fast_forwards',
  },
  {
    slug: 'git-no-upstream',
    title: 'The branch has no counterpart on the server',
    severity: 'low',
    priority: 8,
    signals: [
      says(
        /\bhas no upstream branch\b|\bno tracking information\b|\bno upstream configured for branch\b|\bno configured push destination\b|\bhat keinen Upstream-Branch\b/,
      ),
      says(/\bNo configured push destination\b/),
      says(/\bfatal: You are not currently on a branch\b/, 3),
    ],
    exitCodes: [128, 1],
    cause: 'It was made in this sandbox and not pushed yet.',
    fixes: [
      shell('set-upstream', 'Push it and set the counterpart', 'confirm', 'git push -u origin HEAD', 'git status -sb'),
    ],
    docs: 'https://git-scm.com/docs/git-push#Documentation/git-push.txt--u',
  },
  {
    slug: 'git-lfs-missing',
    title: 'Git LFS is missing',
    severity: 'low',
    priority: 8,
    signals: [
      says(
        /\bgit-lfs\b.{0,60}\bnot found\b|'lfs' is not a git command\b|\bThis repository is configured for Git LFS but\b|\bexternal filter 'git-lfs.{0,60}failed\b|\bsmudge filter lfs failed\b/,
      ),
      says(/\bSmudge error: |\bshould have been (?:a )?pointers?, but\b/, 3),
    ],
    cause: 'It is not in the image.',
    fixes: [
      shell(
        'install-lfs',
        'Install it',
        'confirm',
        `{ ${systemPackages('git-lfs', 'git-lfs', 'git-lfs')}; } && git lfs install && git lfs pull`,
        'git lfs env',
      ),
    ],
    docs: 'https://git-lfs.com/',
  },
  {
    slug: 'git-repo-not-found',
    title: 'The repository on the server is not found',
    severity: 'low',
    priority: 6,
    signals: [
      says(
        /\bfatal: repository '[^']{1,300}' (?:not found|does not exist)|\bremote: Repository not found\b|\bERROR: Repository not found\b|\bremote: The project you were looking for could not be found\b|\bfatal: '[^']{1,200}' does not appear to be a git repository\b|\brepository '[^']{1,200}' does not exist\b/,
      ),
      says(/\bCould not resolve to a Repository with the name\b/),
      says(
        /\bNo such remote '|\bThe project you were looking for could not be found\b|\bconq: repository does not exist\b|\bTF401019\b|\bfatal: No such remote\b/,
      ),
    ],
    exitCodes: [128],
    cause: 'A typing error, or the login of this sandbox may not see it.',
    fixes: [shell('show-remote', 'Show where it points', 'safe', 'git remote -v'), signIn],
    docs: 'https://git-scm.com/docs/git-remote',
  },
  {
    slug: 'git-shallow',
    title: 'The clone does not have the whole history',
    severity: 'low',
    priority: 6,
    signals: [
      says(
        /\bNo (?:names|tags) (?:found|can describe)\b|\bshallow (?:update not allowed|file has changed|clone)\b|\battempt to (?:fetch|push).{0,60}shallow\b|\bcannot describe anything\b|\brefusing to .{0,60}shallow\b|\bfatal: error processing shallow info\b/,
      ),
      says(/\bShallow clone detected\b/, 3),
      says(
        /\bNo annotated tags can describe\b|\bdoes not allow request for unadvertised object\b|--unshallow on a complete repository\b|\bno merge base found\b/,
      ),
    ],
    exitCodes: [128],
    cause: 'Sandboxes clone only the newest commits to save time.',
    fixes: [
      shell('unshallow', 'Fetch the rest of the history', 'safe', 'git fetch --unshallow --tags', 'git describe works'),
    ],
    docs: 'https://git-scm.com/docs/git-fetch#Documentation/git-fetch.txt---unshallow',
  },
  {
    slug: 'git-submodule-missing',
    title: 'A submodule cannot be fetched',
    severity: 'low',
    priority: 7,
    signals: [
      says(
        /\bclone of '[^']{1,300}' into submodule path '(?<path>[^']{1,300})' failed|\bFailed to clone '(?<name>[^']{1,200})'|\bno submodule mapping found\b|\bUnable to checkout '[0-9a-f]{7,40}' in submodule path\b|\bFetched in submodule path\b.{0,120}\bdid not contain\b|\bfatal: No url found for submodule path\b/,
      ),
      says(
        /\bUnable to find current \S{1,120} revision in submodule path\b|\bPlease make sure that the \.gitmodules file is in the working tree\b|\bupload-pack: not our ref\b|\bfatal: transport 'file' not allowed\b/,
        3,
      ),
    ],
    exitCodes: [1, 128],
    cause: 'Its address is relative or not open to this login.',
    fixes: [
      shell(
        'sync-submodules',
        'Set the addresses anew and fetch',
        'confirm',
        'git submodule sync --recursive && git submodule update --init --recursive',
        'git submodule status',
      ),
    ],
    docs: 'https://git-scm.com/docs/git-submodule',
  },
  {
    slug: 'git-destination-exists',
    title: 'There is something at the place to clone to',
    severity: 'low',
    priority: 7,
    signals: [
      says(
        /\bdestination path '(?<path>[^']{1,200})' already exists and is not an empty directory\b|\bexistiert bereits und ist kein leeres Verzeichnis\b/,
      ),
      says(
        /\bcontains files that could conflict\b|^error: destination `(?<path>[^`]{1,200})` already exists$|\b[Tt]arget directory\b.{0,80}\bis not empty\b/,
      ),
    ],
    exitCodes: [128],
    cause: 'It was cloned before, or an earlier clone was interrupted.',
    fixes: [
      shell('look-at-destination', 'See what is there', 'safe', 'ls -la {path}; git -C {path} status'),
      editor('open-existing', 'Open the folder that is there', 'safe', 'File: Open Folder', null),
    ],
    docs: 'https://git-scm.com/docs/git-clone',
  },
]);
