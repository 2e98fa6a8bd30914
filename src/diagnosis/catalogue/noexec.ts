import { api, category, says, shell } from './record.ts';

/** Nothing of its own to say: often only a probe tells that the mount forbids running programs. */
export const noexecPatterns = category('exec', [
  {
    slug: 'noexec-mount',
    title: 'Programs may not run from this mount',
    severity: 'medium',
    priority: 7,
    signals: [
      says(/\bnoexec\b/, 4, { near: /Permission denied|EACCES|failed to map segment/i }),
      says(
        /\bfailed to map segment from shared object: Operation not permitted\b|\bfailed to map segment from shared object\b/,
      ),
    ],
    exitCodes: [126],
    cause: 'The mount has the option noexec, as /tmp often has; chmod does not help.',
    fixes: [
      api(
        'probe-mount',
        'Look at the options of the mount',
        'safe',
        'openTerminal',
        'findmnt -no OPTIONS -T on the path',
        null,
      ),
      shell(
        'run-from-home',
        'Copy it to ~/bin, to be run from there',
        'confirm',
        'mkdir -p "$HOME/bin" && cp -n -- {path} "$HOME/bin/"',
        'it runs from there',
      ),
    ],
    docs: 'https://man7.org/linux/man-pages/man8/mount.8.html',
  },
]);
