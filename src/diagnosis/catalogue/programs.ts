import type { ErrorPattern } from './pattern.ts';

/** Programs that are missing or crash. */
export const programPatterns: readonly ErrorPattern[] = [
  {
    slug: 'command-not-found',
    category: 'exec',
    title: 'The command is not installed here',
    severity: 'low',
    priority: 4,
    signals: [
      { text: /(?:^|: )(?:line \d{1,6}: |\d{1,6}: )?[\w.+-]{1,100}: (?:command )?not found$/, weight: 3 },
      { text: /\bspawn [\w.+-]{1,100} ENOENT\b/, weight: 3 },
      { text: /\bexecutable file not found in \$PATH\b/, weight: 4 },
      { text: /\bcommand not found: [\w.+-]{1,100}/, weight: 3 },
      { text: /^FileNotFoundError: \[Errno 2\] No such file or directory: '[\w.+-]{1,100}'$/, weight: 3 },
      {
        text: /^(?:env|xargs|make|nohup|timeout|time): [‘'`]?[\w.+-]{1,100}[’']?: No such file or directory$/,
        weight: 4,
      },
      { text: /未找到命令|commande introuvable|Kommando nicht gefunden|コマンドが見つかりません/, weight: 3 },
    ],
    exitCodes: [127],
    byExitCodeAlone: false,
    vetoes: [],
    atExitZero: false,
    cause: 'The tool is not in the image, PATH is not set up in this kind of shell, or it belongs to the project.',
    fixes: [
      {
        title: "Use the project's own",
        kind: 'shell',
        risk: 'safe',
        action: null,
        how: 'npx --no-install {command}',
        check: 'another exit code than 127',
      },
      {
        title: 'Install what the project names',
        kind: 'shell',
        risk: 'confirm',
        action: null,
        how: 'npm ci, or pip install -r requirements.txt',
        check: 'command -v finds it',
      },
    ],
    documentation: 'https://www.gnu.org/software/bash/manual/html_node/Exit-Status.html',
  },
  {
    slug: 'segfault',
    category: 'crash',
    title: 'Crashed: segmentation fault',
    severity: 'high',
    priority: 5,
    signals: [
      { text: /\bSegmentation fault\b/, weight: 3 },
      { text: /\bSIGSEGV\b/, weight: 3 },
      { text: /"ExitCode": ?139\b|\bexited with code 139\b/, weight: 3 },
    ],
    exitCodes: [139],
    byExitCodeAlone: true,
    vetoes: [],
    atExitZero: false,
    cause:
      'A crash in native code: in sandboxes often a package built for another system or a stack that is too small.',
    fixes: [
      {
        title: 'Build the native packages again',
        kind: 'shell',
        risk: 'confirm',
        action: null,
        how: 'npm rebuild, or pip install --force-reinstall --no-cache-dir <package>',
        check: 'exit code 0',
      },
    ],
    documentation: 'https://man7.org/linux/man-pages/man7/signal.7.html',
  },
];
