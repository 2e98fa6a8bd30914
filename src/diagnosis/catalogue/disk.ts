import type { ErrorPattern } from './pattern.ts';

/** File systems: full or not writable. */
export const diskPatterns: readonly ErrorPattern[] = [
  {
    slug: 'disk-full',
    category: 'disk',
    title: 'The disk is full',
    severity: 'blocker',
    priority: 7,
    signals: [
      { text: /\bENOSPC: no space left on device\b/, weight: 3 },
      { text: /\bno space left on device\b/i, weight: 3 },
      { text: /\[Errno 28\]/, weight: 3 },
      { text: /\bdatabase or disk is full\b/, weight: 3 },
      { text: /\bcode ENOSPC\b|\berrno -28\b/, weight: 3 },
      { text: /write error \(disk full\?\)/, weight: 3 },
      { text: /\bld terminated with signal 7 \[Bus error\]/, weight: 3 },
      {
        text: /Auf dem Gerät ist kein Speicherplatz|Aucun espace disponible|No queda espacio en el dispositivo|Não há espaço disponível|На устройстве не осталось|デバイスに空き領域がありません|设备上没有空间/,
        weight: 3,
      },
    ],
    exitCodes: [228],
    byExitCodeAlone: false,
    vetoes: [
      /\bSystem limit for number of file watchers\b/,
      /\bunshare(?: failed)?: /,
      /\bcould not resize shared memory\b|\/dev\/shm\//,
    ],
    atExitZero: false,
    cause: 'The disk of the sandbox is small and shared by packages, caches, logs and build output.',
    fixes: [
      {
        title: 'Show what uses the space',
        kind: 'shell',
        risk: 'safe',
        action: 'openTerminal',
        how: 'du -xh -d2 "$PWD" "$HOME" /tmp | sort -h | tail -25',
        check: null,
      },
      {
        title: 'Empty the package caches',
        kind: 'shell',
        risk: 'confirm',
        action: null,
        how: 'npm cache clean --force; pip cache purge; apt-get clean',
        check: 'at least 5 % and 500 MB of the disk are free',
      },
    ],
    documentation: 'https://man7.org/linux/man-pages/man1/du.1.html',
  },
  {
    slug: 'read-only-fs',
    category: 'disk',
    title: 'This part of the disk cannot be written',
    severity: 'high',
    priority: 7,
    signals: [
      { text: /\bread-only file system\b/i, weight: 3 },
      { text: /\bEROFS\b/, weight: 3 },
      { text: /\[Errno 30\]/, weight: 3 },
      { text: /Dateisystem ist nur lesbar|Système de fichiers accessible en lecture seulement/, weight: 3 },
    ],
    exitCodes: [],
    byExitCodeAlone: false,
    vetoes: [],
    atExitZero: false,
    cause:
      'The root of the image or a mounted folder is read-only, or the system made it so after an input/output error.',
    fixes: [
      {
        title: 'Write somewhere else',
        kind: 'editor',
        risk: 'safe',
        action: null,
        how: 'point TMPDIR, cache and output folders to a place that can be written',
        check: 'a file can be created there',
      },
      {
        title: 'Look at the mounts',
        kind: 'shell',
        risk: 'safe',
        action: 'openTerminal',
        how: 'findmnt -no OPTIONS -T .',
        check: null,
      },
    ],
    documentation: 'https://man7.org/linux/man-pages/man8/findmnt.8.html',
  },
];
