import { inspectFirstLine } from './exec.ts';
import { category, manual, says, shell, variant } from './record.ts';

/** What starts the main process of a container: its runtime, the script of an image or of the sandbox's server, or an init. */
const startsMain =
  /\bOCI runtime create failed\b|\brunc create failed\b|\bfailed to (?:create|start) (?:shim|containerd) (?:task|container)\b|\bStartError\b|\b(?:bootstrap|entrypoint)(?:\.\w{1,8})?: |\btini \(/;
/** The exit code of a program that is not there, where the text tells it. */
const endedMissing = /\bexit(?:ed with)? (?:code|status):? {0,8}127\b|\bError 127$/i;

/** A program that is started by its path, and is not there. */
export const programMissingPatterns = category('exec', [
  {
    slug: 'program-missing',
    title: 'There is no program at this path',
    severity: 'medium',
    priority: 3,
    signals: [
      // dash, then busybox, which puts the line behind `exec` and leaves it out for a command line of its own.
      says(/: \d{1,6}: (?:exec: )?(?<path>[\w.@+~-]{0,80}\/[^\s:'"‘’`]{1,200}): not found$/),
      says(
        /(?:\b(?:ba|da|a|k)?sh|\bline \d{1,6}): (?:exec: )?(?<path>[\w.@+~-]{0,80}\/[^\s:'"‘’`]{1,200}): not found$/,
      ),
      says(/\bcan't execute '(?<path>[^'\s]{0,80}\/[^'\s]{1,200})': No such file or directory$/),
      says(/\bexec: (?<path>[\w.@+~-]{0,80}\/[^\s:'"‘’`]{1,200}): (?:cannot execute: )?No such file or directory$/),
      says(/: (?<path>[\w.@+~-]{0,80}\/[^\s:'"‘’`]{1,200}): cannot execute: No such file or directory$/),
      // bash and zsh say the same of a file they are to read from, and of what a person mistypes: how a script ended tells them apart.
      says(
        /(?:^|[\s/])(?!\w{0,4}sh: )[\w.@+-]{1,80}: line \d{1,6}: (?<path>[\w.@+~-]{0,80}\/[^\s:'"‘’`]{1,200}): No such file or directory$/,
        2,
      ),
      says(
        /\b(?:ba|k)?sh: (?:line \d{1,6}: )?(?<path>[\w.@+~-]{0,80}\/[^\s:'"‘’`]{1,200}): No such file or directory$/,
        3,
        { near: endedMissing },
      ),
      says(/\bzsh(?::\d{1,6})?: no such file or directory: (?<path>[\w.@+~-]{0,80}\/[^\s:'"‘’`]{1,200})$/, 3, {
        near: endedMissing,
      }),
      says(endedMissing, 1),
      // Runtimes of containers, what is written in Go, and the programs that start another one.
      says(/\bexec: "(?<path>[^"\s]{0,80}\/[^"\s]{1,200})": stat \S{1,200}: no such file or directory\b/),
      says(/\bfork\/exec (?<path>[\w.@+~-]{0,80}\/[^\s:'"]{1,200}): no such file or directory\b/),
      says(/\bexec (?<path>[\w.@+~-]{0,80}\/[^\s:'"]{1,200}) failed: No such file or directory$/),
      says(
        /^(?:\/\S{1,80}\/)?(?:env|nohup|timeout|time|nice|setsid|stdbuf|xargs|strace|chroot)(?:\[\d{1,4}\])?: (?:failed to (?:run|exec(?:ute)?) (?:command )?|cannot run )?[‘'`"]?(?<path>[\w.@+~-]{0,80}\/[^\s:'"‘’`]{1,200})[’'"]?: No such file or directory$/,
      ),
    ],
    exitCodes: [127],
    vetoes: [/\\r|\^M/, /\bchdir to cwd\b/],
    cause:
      'The path is wrong, or what brings the file was not run or mounted; or the file is there, and its interpreter or loader is not.',
    fixes: [
      shell(
        'show-path',
        'Show what is there[: {path}]',
        'safe',
        'ls -ld -- {path}; d=$(dirname -- {path}); ls -a -- "$d"',
      ),
      inspectFirstLine,
      manual(
        'correct-path',
        'Correct the path[ {path}]',
        'where the command is written; or make or mount the file first',
      ),
    ],
    variants: [
      variant(
        startsMain,
        {
          title: 'The start command does not exist in the image',
          cause:
            'The entrypoint is not in the image at this path, or a mount hides it; or it is there, and its interpreter or loader is not.',
          fixes: [
            manual(
              'check-entrypoint',
              'Check the path of the start command[: {path}]',
              'the entrypoint the sandbox is made with, and where the image keeps the program (WORKDIR, COPY, CMD)',
            ),
            manual(
              'check-first-line',
              'Check the first line of the script',
              'an interpreter that is in the image, and no Windows line ends: a \\r becomes a part of its name',
            ),
            manual(
              'check-mounts',
              'Check what is mounted there',
              'a volume hides what the image has in its folder; one that is to bring the file may be empty',
            ),
            manual(
              'check-build',
              'Check what the program was built for',
              'the architecture, and the C library: a program for glibc finds no loader in an Alpine image',
            ),
          ],
          documentation: 'https://docs.docker.com/reference/dockerfile/#entrypoint',
        },
        // A command in a container that runs.
        { unless: /\bOCI runtime exec failed\b/ },
      ),
    ],
    docs: 'https://man7.org/linux/man-pages/man2/execve.2.html',
  },
]);
