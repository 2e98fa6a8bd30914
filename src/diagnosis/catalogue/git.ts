import { asRoot, owning } from './command-lines.ts';
import { category, editor, manual, says, shell, variant } from './record.ts';

/** Git in its own repository, and what Subversion and Mercurial say of theirs. */
export const gitPatterns = category('git', [
  {
    slug: 'git-index-lock',
    title: 'A lock file of git was left behind',
    severity: 'low',
    priority: 8,
    signals: [
      says(
        /(?<![^'\s])(?<path>[^'\s]{0,200}\.git\/[^'\s]{1,200}\.lock)['’]?[:：]? ?(?:File exists|Die Datei existiert|文件已存在|Le fichier existe|El fichero ya existe|Arquivo existe|Файл существует|ファイルが存在します)/,
      ),
      says(
        /['‘](?<path>[^'’]{0,200}\.git\/[^'’]{1,200}\.lock)['’] (?:nicht erstellen|.{0,60}existiert bereits)|无法创建 ['‘](?<zh>[^'’]{0,200}\.git\/[^'’]{1,200}\.lock)/,
      ),
      says(/\bcould not lock config file .{1,200}: File exists\b|\bcannot lock ref .{1,300}File exists\b/),
      says(
        /\bAnother git process seems to be running\b|\bEin anderer Git-Prozess\b|\bUn autre processus git\b|\bUnable to create '(?<lock>[^']{0,200}\.git\/[^']{1,200}\.lock)': File exists/,
      ),
    ],
    exitCodes: [128, 255],
    cause: 'A git that was killed, paused or crashed left its lock; or another one is really at work.',
    fixes: [
      shell(
        'remove-stale-lock',
        'Remove the lock if no git is running',
        'confirm',
        // Not where nobody can say whether one runs: pgrep is not everywhere.
        'pgrep -x git; [ $? -eq 1 ] && rm -f -- {path}',
        'git status',
      ),
      shell('show-git-processes', 'See whether git is running', 'safe', 'pgrep -a -x git'),
    ],
    docs: 'https://git-scm.com/docs/git-status',
  },
  {
    slug: 'working-copy-locked',
    title: 'The working copy is locked',
    severity: 'low',
    priority: 8,
    signals: [says(/\bE155004\b/), says(/\btimed out waiting for lock held by\b/, 3)],
    exitCodes: [1, 255],
    cause: 'A program that was killed or lost its connection left its lock; or another one is really at work.',
    fixes: [
      manual(
        'free-lock',
        'Take the lock away if nothing else works there',
        'svn cleanup for Subversion; for Mercurial, end the process that hg debuglocks names',
      ),
    ],
    variants: [
      variant(/\bE155004\b/, {
        fixes: [
          shell(
            'clean-up-svn',
            'Let svn take its lock away if no other one is running',
            'confirm',
            // Not where nobody can say whether one runs: pgrep is not everywhere.
            'pgrep -x svn; [ $? -eq 1 ] && svn cleanup',
            'svn status',
          ),
        ],
      }),
    ],
    docs: 'https://svnbook.red-bean.com/en/1.7/svn.ref.svn.c.cleanup.html',
  },
  {
    slug: 'git-dubious-ownership',
    title: 'git does not trust the owner of the folder',
    severity: 'low',
    priority: 8,
    signals: [
      says(
        /\bdetected dubious ownership in repository(?: at '(?<path>[^']{1,200})')?|\bconfig --global --add safe\.directory\b|\bunsafe repository \(/,
      ),
      says(/\berror obtaining VCS status: exit status 128\b/),
    ],
    exitCodes: [128],
    cause: 'The volume of the workspace belongs to another user.',
    fixes: [
      shell(
        'trust-folder',
        'Trust this folder[: {path}]',
        'confirm',
        'git config --global --add safe.directory {path}',
        'git status',
      ),
      shell('own-repository', 'Take ownership[ of {path}]', 'confirm', owning('{path}'), 'git status'),
    ],
    docs: 'https://git-scm.com/docs/git-config#Documentation/git-config.txt-safedirectory',
  },
  {
    slug: 'git-object-corrupt',
    title: 'The repository is damaged',
    severity: 'high',
    priority: 8,
    signals: [
      says(
        /\bloose object [0-9a-f]{4,64} .{0,200}\bis corrupt\b|\bobject file .{1,300} is empty\b|\bindex file (?:corrupt|smaller than expected)\b|\bbad (?:index file )?signature\b/,
      ),
      says(
        /\b(?:bad object (?:HEAD|refs)|broken (?:ref|link)|missing blob|unable to read (?:tree|sha1 file)|packfile .{1,200} (?:cannot be accessed|is corrupt)|error in object|inflate: data stream error|object corrupt or missing)\b/,
      ),
      says(/\binvalid sha1 pointer [0-9a-f]{7,40}\b/),
      says(
        /\bdoes not point to a valid object\b|\bpacked object [0-9a-f]{4,64} .{0,160}\bis corrupt\b|\bmissing tree object\b|\bfailed to read object [0-9a-f]{4,64}\b|\bunable to read object\b|\bpack has bad object\b|\bbad packed object CRC\b/,
      ),
    ],
    exitCodes: [128],
    cause: 'The sandbox was stopped hard before everything was written, or the disk was full.',
    fixes: [
      shell('check-repository', 'See what is damaged', 'safe', 'git fsck --full 2>&1 | head -40'),
      shell(
        'rebuild-index',
        'Build the index again',
        'confirm',
        'i=$(git rev-parse --git-path index) && mv -f -- "$i" "$i.damaged" && git reset',
        'git status',
      ),
      shell(
        'fetch-objects',
        'Fetch the missing objects',
        'destructive',
        'o=$(git rev-parse --git-path objects) && find "$o" -type f -size 0 -delete && git fetch',
        'git fsck',
      ),
    ],
    docs: 'https://git-scm.com/docs/git-fsck',
  },
  {
    slug: 'git-identity-missing',
    title: 'git does not know who you are',
    severity: 'low',
    priority: 8,
    signals: [
      says(
        /\bAuthor identity unknown\b|\bPlease tell me who you are\b|\bempty ident name\b|\bunable to auto-detect email address\b|\bno (?:email|name) was given and auto-detection is disabled\b|\bCommitter identity unknown\b/,
      ),
      says(/^abort: no username supplied\b/),
    ],
    exitCodes: [128],
    cause: 'The home folder of the sandbox is new.',
    fixes: [
      shell(
        'set-identity',
        'Commit here under the name of the last commit',
        'confirm',
        'n=$(git log -1 --format=%an) && e=$(git log -1 --format=%ae) && git config user.name "$n" && git config user.email "$e"',
        'git var GIT_AUTHOR_IDENT',
      ),
    ],
    docs: 'https://git-scm.com/docs/git-config#Documentation/git-config.txt-username',
  },
  {
    slug: 'git-not-a-repo',
    title: 'This is not a repository',
    severity: 'low',
    priority: 7,
    signals: [
      says(
        /\bnot a git repository\b|\b[Kk]ein Git-Repository\b|\bn'est pas un dépôt git\b|\bce n'est ni un dépôt git\b|不是一个? ?git 仓库|\bno es un repositorio git\b|\bnão é um repositório git\b/i,
      ),
      says(
        /\.git can't be found\b|\bare you in a Git repository directory\b|\bno repository found in '|' is not a working copy$|\bThere is no jj repo in\b|\bnot (?:in|inside) a git repo(?:sitory)?\b|\bmust be (?:run )?(?:in|from|inside) a git repo/i,
      ),
      says(
        /\bmust be run in a work tree\b|\bnot in a git directory\b|git リポジトリではありません|не найден git[ -]репозиторий|\bnon è un repository git\b/,
      ),
    ],
    exitCodes: [128],
    cause: 'It runs in another folder, or the copy was made without .git or whatever else makes it a repository.',
    fixes: [
      shell(
        'find-repository',
        'Find the repository',
        'safe',
        'find . -maxdepth 3 \\( -name .git -o -name .svn -o -name .hg -o -name .jj \\)',
      ),
      editor('open-repository-folder', 'Open the folder of the repository', 'safe', 'File: Open Folder', null),
    ],
    docs: 'https://git-scm.com/docs/git-init',
  },
  {
    slug: 'git-hook-failed',
    title: 'A hook of git said no',
    severity: 'low',
    priority: 2,
    signals: [
      says(
        /\bhusky - \S{1,40} (?:hook|script) (?:exited|failed)|\bhook exited with code [1-9]|\bpre-(?:commit|push) hook (?:failed|declined)|\bpre-receive hook declined\b|\blefthook\b.{0,60}\bfailed\b|^(?:[\w .-]{3,60})\.{3,80}Failed$/,
      ),
      says(/\blint-staged failed\b/, 3),
    ],
    exitCodes: [1],
    cause: 'What the hook itself said stands above.',
    fixes: [editor('open-hook', 'Open the hook', 'safe', '.husky, .git/hooks or .pre-commit-config.yaml', null)],
    docs: 'https://git-scm.com/docs/githooks',
  },
  {
    slug: 'git-unknown-ref',
    title: 'git does not know this branch, tag or path',
    severity: 'low',
    priority: 5,
    signals: [
      says(
        /\bdid not match any file\(s\) known to git\b|\bfatal: invalid (?:reference|upstream|object name)\b|\bunknown revision or path\b|\bcouldn't find remote ref\b|\bRemote branch \S{1,200} not found in upstream\b|\bnot a valid (?:ref|object name)\b|\bNot a valid object name\b|\bbad revision\b|\bsrc refspec \S{1,120} does not match any\b/i,
      ),
      says(
        /\berror: (?:branch|tag) '[^']{1,200}' not found\b|\bfatal: Needed a single revision\b|\bis not a commit and a branch\b|\bCould not find remote branch\b|\bnot something we can merge\b|\bfatal: [Nn]o such (?:ref|branch): /,
      ),
    ],
    exitCodes: [128, 1],
    cause: 'A shallow clone does not have it, or it is misspelt.',
    fixes: [shell('fetch-all', 'Fetch branches and tags', 'safe', 'git fetch --all --tags', 'git rev-parse finds it')],
    docs: 'https://git-scm.com/docs/git-fetch',
  },
  {
    slug: 'git-permission',
    title: 'git may not write into .git',
    severity: 'low',
    priority: 8,
    signals: [
      says(
        /\.git\/\S{0,120}['’]?: (?:Permission denied|Keine Berechtigung|Permission non accordée)|\binsufficient permission for adding an object\b/,
      ),
      says(
        /\b(?:cannot open|Unable to create|could not write|cannot create|unable to write|cannot update)\b.{0,200}\.git\b.{0,120}: Permission denied/i,
      ),
      says(
        /\bcould not create (?:work tree|leading directories).{0,200}: Permission denied\b|\bunable to (?:unlink old|create file) .{1,200}: Permission denied\b/,
      ),
    ],
    exitCodes: [128, 255],
    cause: 'Parts of .git belong to root.',
    fixes: [
      shell(
        'own-git-folder',
        'Take ownership of .git',
        'confirm',
        `${asRoot} chown -R "$(id -u):$(id -g)" .git`,
        'git status',
      ),
    ],
    docs: 'https://git-scm.com/docs/git-init#Documentation/git-init.txt---sharedfalsetrueumaskgroupallworldeverybodyltpermgt',
  },
  {
    slug: 'git-unrelated-histories',
    title: 'The two histories have nothing in common',
    severity: 'low',
    priority: 7,
    signals: [
      says(/\brefusing to merge unrelated histories\b|\bverweigere den Merge von nicht zusammenhängenden Historien\b/),
    ],
    exitCodes: [128],
    cause: 'One of them was begun anew.',
    fixes: [
      manual(
        'decide-on-histories',
        'Decide which history is the right one',
        'a merge with --allow-unrelated-histories mixes both',
      ),
    ],
    docs: 'https://git-scm.com/docs/git-merge#Documentation/git-merge.txt---allow-unrelated-histories',
  },
  {
    slug: 'git-branch-checked-out',
    title: 'The branch is in use in another worktree',
    severity: 'low',
    priority: 7,
    signals: [
      says(
        /\bis already (?:checked out|used by worktree) at\b|\bcannot (?:delete|force update the) branch '[^']{1,200}' (?:checked out|used by worktree) at\b|\brefusing to (?:update checked out branch|fetch into (?:current )?branch)\b/i,
      ),
    ],
    exitCodes: [128, 1],
    cause: 'An agent works on it in a worktree of its own.',
    fixes: [shell('list-worktrees', 'Show the worktrees', 'safe', 'git worktree list; git worktree prune --dry-run')],
    docs: 'https://git-scm.com/docs/git-worktree',
  },
  {
    slug: 'git-unknown-command',
    title: 'git was asked for something it does not know',
    severity: 'low',
    priority: 2,
    signals: [says(/\bgit: '[\w-]{1,40}' is not a git command\b/)],
    vetoes: [/'lfs' is not/],
    exitCodes: [1],
    cause: 'A typing error, or a helper of git that is not installed here.',
    fixes: [shell('list-git-commands', 'Show what git can do', 'safe', 'git help -a | head -60')],
    docs: 'https://git-scm.com/docs',
  },
]);
