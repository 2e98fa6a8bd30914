import { asRoot } from './command-lines.ts';
import { moreMemory, restartSandbox } from './common-fixes.ts';
import { api, category, editor, manual, says, saysAtZero, shell, system } from './record.ts';

const poll = shell(
  'poll-files',
  'Watch by polling',
  'safe',
  'env CHOKIDAR_USEPOLLING=1 WATCHPACK_POLLING=true {command}',
  'it starts',
);
const showProcesses = shell(
  'show-processes',
  'Show what holds the places',
  'safe',
  'ps -eo stat,ppid,pid,nlwp,args --sort=-nlwp | head -40',
);
const morePids = {
  ...moreMemory,
  title: 'Recreate the sandbox with a higher limit of processes',
  how: 'a new sandbox with a higher limit of processes',
  check: 'pids.max is higher',
  action: null,
};

/** Limits of the system other than memory and disk. */
export const limitPatterns = category('limits', [
  {
    slug: 'inotify-watches',
    title: 'Too many watched files (the disk is not full)',
    severity: 'medium',
    priority: 10,
    signals: [
      says(/\bSystem limit for number of file watchers reached\b/),
      saysAtZero(/\binotify resources exhausted\b|\binotify cannot be used\b.{0,80}\bNo space left\b/),
      says(/\bUnable to watch for file changes in this large workspace\b/),
      says(/\binotify(?:_add_watch|_init1?)?\b.{0,120}\bNo space left on device/i),
      says(/\b(?:reached the|inotify|upper limit on) .{0,30}(?:watch limit|max_user_watches|inotify watches)\b/i),
      says(/\bnumber of inotify watches has been reached\b|\bNo space left on device.{0,80}\binotify/i),
      says(/\bOS file watch limit reached\b|\bmax_user_watches\b|\bENOSPC\b.{0,80}\bwatch\b/, 4),
      says(
        /\binotify watch(?:es)? limit is too low\b|\bListen error: unable to monitor directories\b|\bfile[- ]watch(?:er|ers|es)? limit (?:reached|exceeded|is too low)\b/i,
      ),
    ],
    cause: 'The machine allows one user only so many watched files, over all sandboxes together.',
    fixes: [
      editor(
        'exclude-folders',
        'Leave large folders out',
        'safe',
        'files.watcherExclude, server.watch.ignored: node_modules, .git, build output',
        'the watcher starts',
      ),
      poll,
      shell(
        'raise-watch-limit',
        'Raise the limit (needs rights on the machine)',
        'confirm',
        `${asRoot} sysctl fs.inotify.max_user_watches=524288`,
        'sysctl shows the new value',
      ),
    ],
    docs: 'https://man7.org/linux/man-pages/man7/inotify.7.html',
  },
  {
    slug: 'inotify-instances',
    title: 'Too many file watchers (not open files)',
    severity: 'medium',
    priority: 10,
    signals: [
      says(/\bEMFILE\b.{0,60}\btoo many open files, watch\b/),
      says(/\binotify cannot be used\b.{0,80}\bToo many open files\b/),
      says(/\binotify(?:_init1?)?\b.{0,120}\b(?:Too many open files|EMFILE|os error 24|Errno 24|instances?)\b/i),
      says(/\bmax_user_instances\b|\bnumber of inotify instances has been reached\b/),
    ],
    cause: 'One user may have only so many watchers, 128 by default, over all sandboxes together.',
    fixes: [
      poll,
      shell(
        'raise-instance-limit',
        'Raise the limit (needs rights on the machine)',
        'confirm',
        `${asRoot} sysctl fs.inotify.max_user_instances=1024`,
        'sysctl shows the new value',
      ),
    ],
    docs: 'https://man7.org/linux/man-pages/man7/inotify.7.html',
  },
  {
    slug: 'too-many-open-files',
    title: 'Too many open files',
    severity: 'medium',
    priority: 7,
    signals: [
      system('EMFILE', 'ENFILE'),
      says(
        /\bulimit -n\b.{0,60}\btoo (?:low|small)\b|\bworker_connections exceed open file resource limit\b|\bmax file descriptors\b.{0,40}too low/i,
      ),
      says(/\bset maximum open files to \d{1,9} because of OS error\b/),
    ],
    vetoes: [/, watch '/, /\binotify\b/i],
    cause: 'A process reached its own limit of open files, often because it forgets to close them.',
    fixes: [
      shell(
        'raise-open-files',
        'Run it again with a higher limit',
        'safe',
        // Without a bound it may be a milliard, and programs that go through all possible numbers stand still.
        'n=$(ulimit -Hn); case $n in unlimited | ???????*) n=524288 ;; esac; ulimit -n "$n"; {command}',
        'exit code 0',
      ),
      shell(
        'show-open-files',
        'Show who holds them',
        'safe',
        'for p in /proc/[0-9]*; do echo "$(ls "$p/fd" 2>/dev/null | wc -l) $p"; done | sort -n | tail',
      ),
    ],
    docs: 'https://man7.org/linux/man-pages/man2/getrlimit.2.html',
  },
  {
    slug: 'thread-limit',
    title: 'No more threads can be started',
    severity: 'high',
    priority: 9,
    signals: [
      says(/\bunable to create (?:new )?native thread\b/),
      says(/\bcan't start new thread\b/),
      says(/\bfailed to create new OS thread\b|\bnewosproc\b/),
      says(/\bpthread_create\b.{0,80}\b(?:failed|EAGAIN|Resource temporarily unavailable|error)/i),
      says(/\b(?:failed|unable|cannot|can't|could not|couldn't) (?:to )?(?:spawn|create|start)\b.{0,30}\bthreads?\b/i),
      // The standard library of C++ throws the bare message when it cannot start a thread.
      says(/\bwhat\(\): {1,2}(?:thread: )?Resource temporarily unavailable$|\buv_thread_create\b/),
      says(/\bThreadError\b.{0,60}\bcan't create Thread\b/i),
      says(/\bthread creation failed\b|\bThread constructor failed: Resource temporarily unavailable\b/i),
    ],
    cause: 'The limit of processes counts threads too. Java calls it "possibly out of memory"; it is not.',
    fixes: [
      { ...showProcesses, title: 'Show processes and their threads' },
      shell(
        'fewer-threads',
        'Run it again with fewer threads',
        'safe',
        'env OMP_NUM_THREADS=1 UV_THREADPOOL_SIZE=2 GOMAXPROCS=2 RAYON_NUM_THREADS=1 {command}',
        'exit code 0',
      ),
      morePids,
    ],
    docs: 'https://docs.kernel.org/admin-guide/cgroup-v2.html#pid',
  },
  {
    slug: 'pids-limit',
    title: 'No more processes can be started',
    severity: 'high',
    priority: 8,
    signals: [
      says(
        /\bfork: (?:retry: )?(?:Resource temporarily unavailable|Cannot allocate memory|Die Ressource|Ressource temporairement|资源暂时不可用|Recurso|Ресурс|リソース)/,
      ),
      says(
        /\b(?:cannot fork|unable to fork|can't fork|couldn't fork|could not fork|fork failed|[Ff]ailed to fork|cannot vfork|fork\(\) failed)\b/i,
        3,
      ),
      says(/\bspawn(?:Sync)? \S{1,200} EAGAIN\b/),
      says(/\bfork(?:\/exec)? .{0,200}: (?:resource temporarily unavailable|cannot allocate memory)/i),
      says(/\bmake: .{0,80}: Resource temporarily unavailable$/),
      says(/\berror=1[12], (?:Resource temporarily unavailable|Cannot allocate memory)/),
      says(
        /\b(?:posix_spawn|vfork|clone|fork|execvp|popen)\b.{0,60}\b(?:EAGAIN|Resource temporarily unavailable|os error 11)/i,
      ),
      says(/\bpcntl_fork\(\): Error 1[12]\b/),
      says(/\bNo more processes\b|\bpids? limit (?:reached|exceeded)\b|\bToo many processes\b/i),
      system('EAGAIN'),
    ],
    exitCodes: [254, 128],
    vetoes: [
      /\bunable to create (?:new )?native thread\b|\bpthread_create\b|\bstart new thread\b/,
      /\block\b.{0,80}(?:EAGAIN|temporarily unavailable)|temporarily unavailable.{0,60}\block\b/i,
      /\b(?:recv|read|send|write|accept|connect)\b.{0,30}\b(?:EAGAIN|Resource temporarily unavailable|os error 11|Errno 11)/i,
      /\bname resolution\b|\bgetaddrinfo\b|\bunavailable \(\S{1,255}:\d{1,5}\)/,
    ],
    cause: 'The sandbox may have only so many processes; children that nobody waits for keep their places.',
    fixes: [
      showProcesses,
      api(
        'end-process',
        'End the process that starts them',
        'confirm',
        'endProcess',
        'ask it to end',
        'the number of processes falls',
      ),
      restartSandbox,
    ],
    docs: 'https://docs.kernel.org/admin-guide/cgroup-v2.html#pid',
  },
  {
    slug: 'kernel-keyring-quota',
    title: 'The quota of kernel keys is used up (the disk is not full)',
    severity: 'high',
    priority: 10,
    signals: [
      says(
        /\b(?:create session key|session key(?:ring)?|keyctl|join session keyring|keyring)\b.{0,200}\bquota exceeded/i,
      ),
      says(/\badd_key\b.{0,60}\bquota exceeded\b/i),
    ],
    cause: 'One user may hold only so many kernel keys, and every container takes one.',
    fixes: [
      shell(
        'list-containers',
        'List containers that may be stopped',
        'safe',
        'docker ps --format "{{.ID}} {{.Names}} {{.Status}}"',
      ),
      manual('raise-maxkeys', 'Raise kernel.keys.maxkeys on the machine', 'whoever runs the machine'),
    ],
    docs: 'https://man7.org/linux/man-pages/man7/keyrings.7.html',
  },
  {
    slug: 'userns-limit',
    title: 'No more user namespaces (the disk is not full)',
    severity: 'low',
    priority: 10,
    signals: [
      says(/\bunshare(?: failed)?(?:\([A-Z_|]{1,60}\))?: No space left on device/),
      says(/\b(?:clone|unshare|CLONE_NEWUSER|user namespaces?)\b.{0,120}\bNo space left on device/i),
      says(/\bmax_\S{0,20}namespaces\b|\bCreating new namespace failed\b/),
      says(
        /\b(?:No|no) permissions to create (?:a )?new namespace\b|\bnon-privileged user namespaces\b|\bunprivileged_userns(?:_clone)?\b|\bunprivileged user namespaces? (?:is|are) (?:disabled|not)\b/,
      ),
    ],
    cause: 'The machine allows only so many user namespaces, or none at all.',
    fixes: [shell('show-namespace-limit', 'Show the limit', 'safe', 'cat /proc/sys/user/max_user_namespaces')],
    docs: 'https://man7.org/linux/man-pages/man7/user_namespaces.7.html',
  },
  {
    slug: 'argument-list-too-long',
    title: 'The command line is too long',
    severity: 'low',
    signals: [system('E2BIG')],
    exitCodes: [126],
    cause: 'Arguments and environment together are larger than one program may be given.',
    fixes: [
      manual(
        'use-xargs',
        'Hand the files over in parts',
        'find … -print0 | xargs -0, then the command without its list of files',
      ),
      shell('show-argument-limit', 'Show the limit', 'safe', 'getconf ARG_MAX; env | wc -c'),
    ],
    docs: 'https://man7.org/linux/man-pages/man2/execve.2.html',
  },
]);
