import { category, editor, says, saysAtZero, shell, system, variant } from './record.ts';

const showUsers = shell('show-users', 'Show what uses it', 'safe', 'findmnt -T {path}; fuser -vm {path}');

/** Files and folders that cannot be moved, removed or followed. */
export const filesystemPatterns = category('filesystem', [
  {
    slug: 'cross-device-rename',
    title: 'A file cannot be moved between two mounts',
    severity: 'low',
    signals: [system('EXDEV')],
    cause: 'Cache and target lie on different mounts, and a rename cannot cross them.',
    fixes: [
      shell(
        'same-mount',
        'Keep cache and temporary files on the same mount',
        'safe',
        'mkdir -p .tmp .npm-cache; env TMPDIR="$PWD/.tmp" npm_config_cache="$PWD/.npm-cache" {command}',
        'exit code 0',
      ),
    ],
    docs: 'https://man7.org/linux/man-pages/man2/rename.2.html',
  },
  {
    slug: 'mount-busy',
    title: 'It is in use',
    severity: 'medium',
    signals: [
      system('EBUSY'),
      says(/\btarget is busy\b|\bdevice is busy\b/),
      // Of two names the first is the one that is busy: `mv: cannot move 'a' to 'b'`.
      says(
        /\bcannot move ['‘](?<moved>[^'’]{1,300})['’] to ['‘][^'’]{1,300}['’]: Device or resource busy\b|['‘](?<path>[^'’]{1,300})['’]: Device or resource busy\b/,
        2,
      ),
    ],
    vetoes: [/\bETXTBSY\b|\b[Tt]ext file (?:is )?busy\b/, /\bAddress already in use\b/i],
    cause: 'A process stands in it or has a file of it open, or it is a mount of its own.',
    fixes: [showUsers],
    variants: [
      // Only who was about to remove it wants it empty; who unmounts or moves it wants to keep what is in it.
      variant(/^(?:\S{0,80}\/)?(?:rm|rmdir): |\bEBUSY\b.{0,60}, (?:rm|rmdir|unlink) '/, {
        title: 'It is in use and cannot be removed',
        cause: 'The folder is a mount of its own, so that only its contents can be removed, or a process stands in it.',
        fixes: [
          showUsers,
          shell(
            'empty-mount',
            'Empty it instead of removing it',
            'destructive',
            'p=$(readlink -f -- {path}) && [ "$p" != / ] && mountpoint -q "$p" && find "$p" -xdev -mindepth 1 -delete',
            'the folder is empty',
          ),
        ],
      }),
    ],
    docs: 'https://man7.org/linux/man-pages/man2/umount.2.html',
  },
  {
    slug: 'symlink-loop',
    title: 'A link points to itself',
    severity: 'low',
    signals: [
      system('ELOOP'),
      saysAtZero(/^[\w./-]{1,40}: (?:.{0,60} ['"])?(?<path>[^:'"]{1,300})['"]?: Too many levels of symbolic links$/, 3),
      says(/\b(?:open|stat|lstat|readlink|chdir) (?<path>\S{1,300}): too many levels of symbolic links$/, 2),
      says(/\bToo many levels of symbolic links: ['"](?<path>[^'"]{1,300})['"]$/, 2),
    ],
    cause: 'A link leads back to itself, often after a workspace was copied or restored.',
    fixes: [
      shell('show-link-chain', 'Show where the links lead', 'safe', 'namei -l {path}'),
      shell(
        'remove-link',
        'Remove the broken link',
        'confirm',
        '[ -L {path} ] && rm -- {path}',
        'the path can be followed',
      ),
    ],
    docs: 'https://man7.org/linux/man-pages/man7/symlink.7.html',
  },
  {
    slug: 'name-too-long',
    title: 'A file name is too long',
    severity: 'low',
    signals: [system('ENAMETOOLONG')],
    cause: 'A name may have 255 bytes, fewer on encrypted file systems.',
    fixes: [editor('shorten-name', 'Shorten the name', 'safe', 'what makes the file name', 'exit code 0')],
    docs: 'https://man7.org/linux/man-pages/man7/path_resolution.7.html',
  },
]);
