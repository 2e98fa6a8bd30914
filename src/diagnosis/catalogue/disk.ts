import { clearCaches, moreDisk, showDisk } from './common-fixes.ts';
import { category, editor, manual, says, shell, system, systemNear } from './record.ts';

/** Space, quotas and what can be written. */
export const diskPatterns = category('disk', [
  {
    slug: 'shm-full',
    title: 'Shared memory (/dev/shm) is full',
    severity: 'high',
    priority: 9,
    signals: [
      says(/\bcould not resize shared memory segment\b.{0,200}\bNo space left/i),
      says(/\/dev\/shm\/.{0,200}\bno space left/i),
      says(/\bno space left.{0,200}\/dev\/shm\b/i),
      says(/\bDataLoader worker\b.{0,200}\b(?:[Bb]us error|out of shared memory)/),
      says(
        /\bbus error encountered in worker\b|\bunable to (?:open|allocate|mmap).{0,60}shared memory (?:object|segment)?.{0,60}(?:No space|bytes)/i,
      ),
      says(/\binsufficient shared memory\b|\bshm_open\b.{0,60}No space left|\bout of shared memory \(shm\)/i),
      says(/\bobject store size exceeds \/dev\/shm\b|\/dev\/shm has only \d/),
    ],
    exitCodes: [135],
    cause:
      'Containers get 64 MB of /dev/shm unless told otherwise; databases, data loaders and old browsers allocate there.',
    fixes: [
      shell(
        'free-stale-segments',
        'Remove old segments of your own that nobody has open',
        'confirm',
        // The time of a segment says nothing about its use, and fuser may not look at every process: then it says so, and nothing is removed.
        `command -v fuser >/dev/null && find /dev/shm -type f -user "$(id -un)" -mmin +60 -exec sh -c '[ -z "$(fuser "$1" 2>&1)" ]' sh {} \\; -print -delete`,
        'df shows less than 80 % of /dev/shm in use',
      ),
      editor(
        'use-less-shm',
        'Use less of it',
        'safe',
        'num_workers=0, dynamic_shared_memory_type=mmap, --disable-dev-shm-usage',
        'exit code 0',
      ),
      {
        ...moreDisk,
        title: 'Recreate the sandbox with a larger /dev/shm',
        how: 'a new sandbox with more shared memory',
        check: 'df shows a larger /dev/shm',
      },
    ],
    docs: 'https://docs.docker.com/reference/cli/docker/container/run/#shm-size',
  },
  {
    slug: 'inodes-exhausted',
    title: 'The disk has no room for more files (inodes)',
    severity: 'high',
    priority: 9,
    signals: [
      systemNear('ENOSPC', /^\S{1,200} {1,20}\d{1,20} {1,20}\d{1,20} {1,20}0 {1,20}100% {1,10}\//),
      says(
        /\bno (?:free )?inodes? (?:left|available|free)\b|\bout of inodes\b|\binodes? exhausted\b|\binsufficient inodes\b/i,
      ),
    ],
    cause: 'Packages and caches are hundreds of thousands of small files; df -h still shows free space.',
    fixes: [
      shell(
        'clear-small-files',
        'Remove caches with many small files',
        'confirm',
        'npm cache clean --force; rm -rf node_modules/.cache .next/cache',
        'df -i shows less than 95 % in use',
      ),
      shell(
        'move-cache',
        'Let npm keep its cache in /tmp from now on',
        'confirm',
        'npm config set cache /tmp/npm-cache',
        'df -i shows free inodes',
      ),
      moreDisk,
    ],
    docs: 'https://man7.org/linux/man-pages/man1/df.1.html',
  },
  {
    slug: 'docker-disk-full',
    title: 'The disk of Docker inside the sandbox is full',
    severity: 'high',
    priority: 8,
    signals: [
      says(/\bError processing tar file.{0,300}\bno space left on device/i),
      says(/\bwrite \S{0,300}(?:docker|containerd|GetImageBlob|overlay2)\S{0,300}: no space left on device/i),
      says(
        /(?<!fatal: )\bfailed to (?:register layer|extract layer|copy (?:layer|xattrs|files?)|commit|create shim|mount|prepare).{0,400}\bno space left on device/i,
      ),
      says(/\bno space left on device.{0,200}\breturned a non-zero code\b/i),
      says(/\b(?:returned a non-zero code|did not complete successfully): (?:exit code: )?\d{1,3}/, 4, {
        near: /no space left on device/i,
      }),
      says(/\/var\/lib\/(?:docker|containerd|containers)\/.{0,300}\bno space left on device/i),
    ],
    cause:
      'Images, build cache and unused volumes fill the file system of Docker, often another one than that of the workspace.',
    fixes: [
      shell(
        'prune-build-cache',
        'Remove build cache and dangling images',
        'confirm',
        'docker builder prune -f && docker image prune -f',
        'df shows less than 90 % in use',
      ),
      shell('show-docker-disk', 'Show what Docker keeps', 'safe', 'docker system df'),
      editor(
        'keep-context-small',
        'Leave node_modules and .git out of the build',
        'safe',
        'node_modules and .git in .dockerignore',
        'the build ends with exit code 0',
      ),
      moreDisk,
    ],
    docs: 'https://docs.docker.com/engine/manage-resources/pruning/',
  },
  {
    slug: 'disk-full',
    title: 'The disk is full',
    severity: 'blocker',
    priority: 7,
    signals: [
      system('ENOSPC'),
      says(/^tar: .{1,300}: Wrote only \d{1,12} of \d{1,12} bytes$/, 3),
      says(/\bdatabase or disk is full\b|\bdisk I\/O error\b.{0,40}full|\bSQLITE_FULL\b/),
      says(
        /\bwrite error \(disk full\?\)|\b(?:disk|filesystem|file system|volume|partition|drive) (?:is )?full\b|\bDiskFull\b/i,
        3,
      ),
      says(/^(?:dash|sh|ash)?:? ?(?:\d{1,5}: )?(?:echo|printf): (?:echo: |printf: )?I\/O error/, 3),
      says(/\bcode ENOSPC\b|\berrno -28\b|\bnospc\b/, 3),
      says(/\bcurl: \(23\)|\bFailed writing body\b|\bFailure writing output to destination\b/, 3),
      says(/\bld terminated with signal 7 \[Bus error\]/),
      // The output is mapped into memory, and a page of it has no place on the disk.
      says(
        /\bBus error\b|\bSIGBUS\b|Bus-Zugriffsfehler|Erreur du bus|Error del bus|Erro no barramento|Ошибка шины|バスエラー|总线错误/,
        2,
      ),
      says(
        /\b(?:not enough|insufficient|no more) (?:free )?(?:disk |storage )?space\b(?! (?:in shared|for function|between|after|before))/i,
        3,
      ),
      says(
        /\bThe table '[^']{1,120}' is full\b|\bneeds \d{1,12} ?[KMGT]i?B (?:more space )?on the \S{1,120} filesystem\b|\bPartition \S{1,120} (?:is )?too full\b|\bdisk watermark\b.{0,40}\bexceeded\b|\bdevice full\b/,
      ),
      says(/\byou don't have enough (?:free )?(?:disk )?space\b|\bno space left\b|\bran out of disk\b/i, 3),
      says(
        /\bflood[- ]stage watermark\b|\bmore space needed on the \S{1,120} filesystem\b|\bCould not allocate space for object\b|\bfilegroup is full\b|\btransaction log for database '[^']{1,80}' is full\b|\bdatabase space exceeded\b|\bORA-0165\d\b/,
      ),
      says(/\bout of (?:disk|storage|drive) ?space\b|\bNo usable temporary directory\b/i, 3),
      says(/\bERROR_DISK_FULL\b/),
    ],
    exitCodes: [228, 28, 135],
    vetoes: [
      /System limit for number of file watchers/,
      /\bunshare(?: failed)?:/,
      /could not resize shared memory/,
      /\binotify\b/i,
      /\berrno=12\b/,
    ],
    cause: 'The disk of the sandbox is small and shared by packages, caches, logs and build output.',
    fixes: [
      showDisk,
      clearCaches,
      shell(
        'find-big-files',
        'Find large logs and core dumps',
        'safe',
        'find / -xdev -type f -size +100M -printf "%s %p\\n" 2>/dev/null | sort -n | tail',
      ),
      moreDisk,
    ],
    docs: 'https://man7.org/linux/man-pages/man1/du.1.html',
  },
  {
    slug: 'disk-quota-exceeded',
    title: 'The disk quota is used up',
    severity: 'blocker',
    priority: 8,
    signals: [
      system('EDQUOT'),
      says(/\bUnknown system error -122\b|\berrno: -122\b/),
      says(/\bdis[ck] (?:block )?quota (?:exceeded|limit reached|is exceeded)\b|\bquota exceeded\b/i, 3),
      says(
        /\bfile (?:count )?limit reached\b|\bblock limit reached\b|\bwrite failed, (?:user|group|project) block limit reached\b/i,
      ),
    ],
    vetoes: [
      /\bsession key(?:ring)?\b/,
      /\badd_key\b/,
      /\bkeyring\b|\bkeyctl\b/,
      /\b(?:API|rate|request|token|GPU|CPU|pods?|memory|insert|GetRequests|ResourceQuota)\b.{0,40}\bquota\b/i,
      /\bexceeded quota:/,
    ],
    cause: 'A user, project or volume has a limit of its own on shared storage, although df still shows free space.',
    fixes: [showDisk, clearCaches, manual('ask-for-quota', 'Ask for more quota', 'whoever runs the storage')],
    docs: 'https://man7.org/linux/man-pages/man1/quota.1.html',
  },
  {
    slug: 'read-only-fs',
    title: 'This part of the disk cannot be written',
    severity: 'high',
    priority: 8,
    signals: [
      system('EROFS'),
      says(/\bRemounting filesystem read-only\b/),
      says(/\bENOENT: no such file or directory, mkdir '[^']{1,300}\/node_modules'/, 3),
      says(/\bschreibgeschützt\b|\bNur-Lese-Dateisystem\b/i, 3),
      says(/\b(?:is mounted|mounted as) read-only\b|\bread-?only (?:root )?(?:volume|mount|bind mount)\b|\bEROFS\b/, 3),
    ],
    cause:
      'The root file system or a mount is read-only on purpose, or was made so after an error of the disk. npm tells of it as a missing folder.',
    fixes: [
      editor(
        'use-writable-place',
        'Write somewhere else',
        'safe',
        'TMPDIR, the cache and the output folder on a writable mount',
        'a file can be made there',
      ),
      shell('show-mounts', 'Show the mounts', 'safe', 'findmnt -no TARGET,OPTIONS -T .; df -h .'),
      {
        ...moreDisk,
        id: 'recreate-writable',
        title: 'Recreate it with the mount writable',
        how: 'a new sandbox without readOnly on this mount',
        check: 'a file can be made there',
        action: null,
      },
    ],
    docs: 'https://docs.docker.com/engine/storage/bind-mounts/#use-a-read-only-bind-mount',
  },
  {
    slug: 'file-size-limit',
    title: 'The file is larger than is allowed',
    severity: 'medium',
    signals: [system('EFBIG'), says(/\bFile size limit exceeded\b|\bSIGXFSZ\b|\bDateigröße\b.{0,30}überschritten/)],
    exitCodes: [153],
    vetoes: [/\bERR_FS_FILE_TOO_LARGE\b|\bGH001\b|\b413\b/],
    cause: 'The runtime sets a limit on the size of one file, or the file system has one.',
    fixes: [
      shell(
        'raise-file-limit',
        'Lift the soft limit and run again',
        'safe',
        'ulimit -f unlimited; {command}',
        'exit code 0',
      ),
      shell('show-limits', 'Show the limits', 'safe', 'ulimit -a'),
    ],
    docs: 'https://man7.org/linux/man-pages/man2/getrlimit.2.html',
  },
]);
