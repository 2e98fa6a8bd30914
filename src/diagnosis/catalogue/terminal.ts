import { category, editor, says, shell, system } from './record.ts';

/** Programs that expect a terminal. */
export const terminalPatterns = category('terminal', [
  {
    slug: 'not-a-tty',
    title: 'It expects a terminal and has none',
    severity: 'low',
    priority: 6,
    signals: [
      says(/\bthe input device is not a TTY\b|\bcannot attach stdin to a TTY-enabled container\b/),
      // ssh says so before it goes on without one.
      says(/\bPseudo-terminal will not be allocated\b/, 2),
      says(
        /\bInappropriate ioctl for device\b|\bnot a tty\b|\bUnable to use a TTY\b|(?<!because )\bstdin is not a (?:tty|terminal)\b|\b(?:ENOTTY|ERR_TTY_INIT_FAILED)\b|\bsetRawMode is not a function\b|\bRaw mode is not supported\b/i,
        3,
      ),
      says(
        /\b(?:no tty present|open \/dev\/tty: no such device|could not open a new TTY|\/dev\/tty: No such device or address|must be run (?:from|in) an? (?:interactive )?(?:terminal|tty)|requires? an? (?:interactive )?(?:terminal|TTY))\b|\bin non-TTY environments\b|^Must be (?:connected to|run from) a terminal\b/i,
      ),
      system('ENOTTY'),
      says(
        /\bERR_USE_AFTER_CLOSE\b|^EOFError: EOF when reading a line$|\bExitPromptError\b|\bnot running interactively\b|\bnon-interactive (?:environment|shell|terminal|session)\b/i,
        3,
      ),
    ],
    vetoes: [/\bcould not read Username\b/, /\bsudo: a terminal is required\b/],
    cause: 'Agents and pipelines run commands without a terminal.',
    fixes: [
      shell('run-without-tty', 'Run it as if in a pipeline', 'safe', 'env CI=1 {command} </dev/null', 'exit code 0'),
      editor(
        'drop-tty-flag',
        'Leave out -t',
        'safe',
        'the flags of docker run, docker exec, ssh, kubectl exec',
        'exit code 0',
      ),
    ],
    docs: 'https://docs.docker.com/reference/cli/docker/container/exec/',
  },
  {
    slug: 'term-unset',
    title: 'TERM is not set',
    severity: 'low',
    priority: 7,
    signals: [
      says(
        /\bTERM environment variable (?:is )?(?:not set|needs set)\b|\bNo value for \$TERM\b|\bunknown terminal(?: type)?\b|\bmissing or unsuitable terminal\b|\bTERM is not set\b|\bError opening terminal\b|\bcannot find terminfo entry\b|\bterminals database is inaccessible\b/,
      ),
    ],
    cause: 'The command was started without the environment of a terminal.',
    fixes: [shell('set-term', 'Run again with TERM set', 'safe', 'env TERM=xterm-256color {command}', 'exit code 0')],
    docs: 'https://man7.org/linux/man-pages/man7/term.7.html',
  },
]);
