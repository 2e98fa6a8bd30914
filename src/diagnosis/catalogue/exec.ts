import { runAgainLater } from './common-fixes.ts';
import { installsAny } from './installing.ts';
import { api, category, editor, manual, says, saysAtZero, shell, system, systemNear, variant } from './record.ts';

/** For what may be started and can not run: what it asks for to run it is named at its beginning. */
export const inspectFirstLine = shell(
  'inspect-first-line',
  'Look at the first line and the loader',
  'safe',
  'head -1 -- {path} | od -c | head -3; readelf -l {path} 2>/dev/null | grep interp',
);
/** A program of a virtual environment: its folder is named first, that of the interpreter it looks for comes later. */
const ofVenv =
  /(?<![^\s'‘"`:(])(?<venv>(?:[^\s'‘"`:]{0,200}\/)?\.?v?env[\w.-]{0,20})\/bin\/[\w.+-]{1,60}['’"`]?(?=[: ]|$)/;

/** Starting programs and scripts. */
export const execPatterns = category('exec', [
  {
    slug: 'exec-format-error',
    title: 'This program is for another kind of machine',
    severity: 'high',
    priority: 7,
    signals: [
      system('ENOEXEC'),
      says(
        /(?:^|\s)\.\/\S{1,200}: (?:line )?\d{1,3}: [Ss]yntax error: (?:Unterminated quoted string|word unexpected|"[()]" unexpected|newline unexpected)/,
        3,
      ),
      says(
        /\bcannot execute binary file\b|\bBad CPU type in executable\b|\bno matching manifest for \S{1,60} in the manifest list\b/,
      ),
      says(/\bno match for platform in manifest\b|\brequested image's platform \(\S{1,60}\) does not match\b/, 3),
      says(/\bnot a valid (?:Win32 application|executable)\b|\bInvalidExe\b|\bqemu-\w{1,20}: Could not open '\/lib/),
    ],
    exitCodes: [126],
    cause:
      'Program or image are built for another architecture, or a script has no first line that names its interpreter.',
    fixes: [
      shell('show-architectures', 'Show both architectures', 'safe', 'uname -m; file {path}'),
      shell(
        'pull-right-platform',
        'Get the build for this machine',
        'confirm',
        'docker pull --platform=linux/$(uname -m | sed -e s/x86_64/amd64/ -e s/aarch64/arm64/) {image}',
        'it runs',
      ),
    ],
    docs: 'https://docs.docker.com/build/building/multi-platform/',
  },
  {
    slug: 'text-file-busy',
    title: 'The program is being written or run right now',
    severity: 'low',
    priority: 7,
    signals: [system('ETXTBSY'), saysAtZero(/^[\w./-]{1,40}: .{1,300}: Text file busy$/, 3)],
    exitCodes: [126],
    cause: 'A build writes the file while it runs.',
    fixes: [runAgainLater, shell('show-holder', 'Show who holds it', 'safe', 'fuser -v {path}')],
    docs: 'https://man7.org/linux/man-pages/man2/execve.2.html',
  },
  {
    slug: 'crlf-shebang',
    title: 'The script has Windows line ends',
    severity: 'medium',
    priority: 9,
    signals: [
      says(/\\r[’']?: No such file|\^M: (?:bad interpreter|No such file|not found)|bad interpreter: .{0,200}\^M/),
      says(/\$'[^'\s]{0,60}\\r'?: (?:command not found|numeric argument|No such)/),
      says(/\benv: .{1,60}\\r|\benv: ‘?[\w.-]{1,40}\?’?: No such file|\bfor '?[\w.-]{1,40}\\r/),
      says(
        /\bset: -[ \r]?: invalid option\b|\bset: Illegal option -\s{0,4}$|\binvalid option name: pipefail\b.{0,4}$|: not found\r$/,
        3,
      ),
      says(/\bend of file unexpected \(expecting "(?:then|do|fi|done)"\)/, 2),
      says(/\bsyntax error: unexpected end of file\b/, 1),
      says(/\bsyntax error near unexpected token [`'](?:\$'[^']{0,10}\\r'|\S{0,10}\\r)/),
      says(/\bDOS line endings\b|\bWindows line endings\b|\bCRLF line (?:endings|terminators)\b/, 3),
    ],
    exitCodes: [127, 2],
    cause:
      'The file was checked out on Windows or written with \\r\\n, and the shell takes the \\r for a part of the name.',
    fixes: [
      editor(
        'convert-line-ends',
        'Change the line ends to LF',
        'safe',
        'Change End of Line Sequence on the file',
        'the first line has no \\r',
      ),
      shell(
        'strip-carriage-returns',
        'Remove the carriage returns[ from {path}]',
        'confirm',
        "sed -i 's/\\r$//' -- {path}",
        'it runs',
      ),
      editor(
        'set-gitattributes',
        'Keep LF in git',
        'safe',
        '*.sh text eol=lf in .gitattributes',
        'git check-attr shows eol: lf',
      ),
    ],
    docs: 'https://git-scm.com/docs/gitattributes#_eol',
  },
  {
    slug: 'missing-interpreter',
    title: 'The file is there, but not what runs it',
    severity: 'medium',
    priority: 8,
    signals: [
      says(/\bcannot execute: required file not found\b/),
      says(/\bbad interpreter: .{0,200}\b(?:No such file|no such file)/i),
      // A runtime has looked for the file before; what is written in Go has not.
      says(/(?<!fork\/)\bexec \/\S{1,200}: no such file or directory\b/, 3),
      says(
        /\bcannot run .{1,120}: No such file or directory\b.{0,60}\binterpreter\b|\binterpreter\b.{0,60}\b(?:not found|does not exist|missing)\b/i,
        3,
      ),
      says(
        /\bFailed to execute process '.{1,200}'\. Reason:|\bThe file '.{1,200}' specified the interpreter '.{1,200}', which is not an executable command\b/,
        3,
      ),
      says(/\bCould not start dynamically linked executable\b|\bexec user process caused:? "?no such file\b/),
      // Only for the environment, of which another line says what is wrong.
      says(ofVenv, 1),
    ],
    exitCodes: [127, 126],
    vetoes: [/\\r|\^M/, /^Python interpreter \d/],
    cause:
      'Three causes look the same: Windows line ends in the first line, a moved virtual environment, or a loader of another C library.',
    fixes: [
      inspectFirstLine,
      manual(
        'change-first-line',
        'Name an interpreter that is there',
        'the first line of the script; or install the one it names',
      ),
    ],
    variants: [
      variant(ofVenv, {
        fixes: [
          inspectFirstLine,
          shell(
            'recreate-venv',
            'Make the virtual environment again[: {venv}]',
            'destructive',
            // What was installed in it by hand is in no list: nothing is cleared where there is no list at all, or where it is none.
            'r=$(dirname -- {venv})/requirements.txt; if [ -f {venv}/pyvenv.cfg ] && [ -f "$r" ]; ' +
              'then python3 -m venv --clear -- {venv} && {venv}/bin/pip install -r "$r"; ' +
              'else echo "No environment with a requirements.txt beside it: nothing was changed." >&2; false; fi',
            'pip runs',
          ),
        ],
      }),
    ],
    docs: 'https://man7.org/linux/man-pages/man2/execve.2.html',
  },
  {
    slug: 'script-not-executable',
    title: 'The file may not be run',
    severity: 'low',
    priority: 6,
    signals: [
      says(
        /(?:^|: |\s)(?<path>\.{0,2}\/?[\w.@%+-]{1,80}(?:\/[\w.@%+-]{1,80}){1,20}): (?:Permission denied|Keine Berechtigung|Permission non accordée|Permiso denegado|Permissão negada|Отказано в доступе|許可がありません|权限不够)\.?$/,
        2,
      ),
      says(/(?:^|: |\s|‘|')(?<path>\.\/[^\s:'’]{1,200})[’']?: Permission denied/),
      says(
        /(?:^|: |\s|‘|')(?<path>\.\/[^\s:'’]{1,200})[’']?: (?:Keine Berechtigung|Permission non accordée|Permiso denegado|Permissão negada|Отказано в доступе|許可がありません|权限不够)/,
      ),
      says(/\bspawn(?:Sync)? (?<path>\S{1,200}) EACCES\b/),
      saysAtZero(/(?:['‘](?<path>[^'’]{1,200})['’] )?\bhook was ignored because it's not set as executable\b/),
      says(/\bexec: "(?<path>[^"]{1,200})": permission denied/),
      says(/\bfork\/exec (?<path>\S{1,200}): permission denied/),
      says(/\bpermission denied: (?<path>\S{0,60}\/\S{1,200}|\.\/\S{1,200})$/, 3),
      says(/\bpermission denied: \S{1,200}$/, 2),
      says(
        /\b(?:exec|execvp|execve|posix_spawn|Can't exec|system|spawn|failed to run command|cannot run command|could not execute)\b.{0,200}(?:Permission denied|EACCES|permission denied)/,
      ),
      says(/\bCannot run program "(?<path>[^"]{1,200})".{0,80}\berror=13\b/),
      says(
        /\bexists but is not an executable file\b|\bis not executable by this user\b|\bis not executable\b|: cannot execute(?: - | \[|: )Permission denied/,
      ),
      says(/\btrying to run its script: Permission denied\b/),
      says(/\bErlang error: :eacces\b/, 4, { near: /\bSystem\.cmd\(|\bPort\.open\(/ }),
      says(/\bcannot execute: Permission denied\b|: cannot execute$/),
      systemNear('EACCES', /\b_execute_child\b|\bsubprocess\.(?:run|Popen|call|check_)|\bin `(?:exec|spawn|system|`)'/),
      systemNear('EACCES', /\bcould not execute process\b|\bfailed to (?:execute|exec|spawn)\b/),
    ],
    exitCodes: [126],
    vetoes: [
      /\bpublickey\b/,
      /\bdocker(?:\.sock| daemon)\b/i,
      /\bcannot (?:create|open|touch|remove|stat|access|make)\b.{0,200}(?:Permission denied|Keine Berechtigung)/i,
    ],
    cause:
      'The permission to run was lost by an archive, an upload or a write over an API, or the mount forbids it (noexec).',
    fixes: [
      shell('make-executable', 'Make it executable[: {path}]', 'safe', 'chmod +x -- {path}', 'it can be run'),
      shell(
        'record-bit-in-git',
        'Keep the permission in git',
        'confirm',
        'git update-index --chmod=+x -- {path}',
        'git ls-files -s shows 100755',
      ),
      shell('show-mount-options', 'See whether the mount forbids it', 'safe', 'findmnt -no OPTIONS -T {path}'),
    ],
    docs: 'https://git-scm.com/docs/git-update-index#Documentation/git-update-index.txt---chmodx',
  },
  {
    slug: 'command-not-found',
    title: 'The command is not installed here',
    severity: 'low',
    priority: 3,
    signals: [
      says(
        /(?:^|: )(?:(?:line|Zeile|ligne|línea|linha) \d{1,6}: |\d{1,6}: )?(?<command>[\w.+@-]{1,80}): (?:command )?not found$/,
        3,
      ),
      says(/\bcommand not found: (?<command>[\w.+@-]{1,80})/, 4),
      says(/\b(?<command>[\w.+@-]{1,80}): command not found\b/, 4),
      says(/\bspawn(?:Sync)? (?<command>[\w.+@-]{1,80}) ENOENT\b/),
      says(/\bFileNotFoundError: \[Errno 2\] No such file or directory: '(?<command>[\w.+-]{1,80})'$/, 3, {
        near: /\b_execute_child\b|subprocess/,
      }),
      says(
        /\bexecutable file not found in (?:\$PATH|%PATH%|PATH)|\bnot found in (?:\$)?PATH\b|\bcommand not found in PATH\b/,
      ),
      says(/\b(?:fish: )?Unknown command:? (?<command>[\w.+@-]{1,80})/),
      says(/^(?<command>[\w.+@-]{1,80}): Command not found\.$/),
      says(/\b[Cc]ommand [`'"](?<command>[\w.+@-]{1,80})[`'"] not found\b(?!\.)/, 3),
      says(/^Command not found: (?<command>[\w.+@-]{1,80})$/),
      says(/\bcould not spawn `(?<command>[\w.+-]{1,80})\b.{0,200}: no such file\b/),
      says(/\bErlang error: :enoent\b/, 4, { near: /\bSystem\.cmd\(|\bPort\.open\(/ }),
      says(/\b(?:Failed to spawn: `?|ERR_PNPM_RECURSIVE_EXEC_FIRST_FAIL {1,4}Command ")(?<command>[\w.+@-]{1,80})/, 4, {
        near: /No such file or directory|\bRECURSIVE_EXEC\b.{0,120} not found$/,
      }),
      says(/\bNo version is set for command (?<command>[\w.+@-]{1,80})|\bis not a valid shim\b/),
      says(
        /^(?:\/\S{1,80}\/)?(?:env|xargs|make|nohup|timeout|time|nice|sudo|watch|strace|setsid|stdbuf|gmake|ninja)(?:\[\d{1,4}\])?: (?:failed to (?:run|exec(?:ute)?) (?:command )?|cannot run |can't execute )?[‘'`"]?(?<command>[\w.+@-]{1,80})[’'"]?: No such file or directory$/,
      ),
      says(/\b_execvpe\b/, 2),
      says(
        /(?:未找到命令|commande introuvable|(?:Kommando|Befehl) (?:wurde )?nicht gefunden|コマンドが見つかりません|orden no encontrada|no se encontró la orden|comando não encontrado|команда не найдена)/,
      ),
      says(/\bCannot run program "(?<command>[^"]{1,80})".{0,60}\berror=2\b/),
      says(
        /\b(?:No such file or directory|Errno::ENOENT)\b.{0,10} - (?<command>[\w.+-]{1,80})(?: \(Errno::ENOENT\))?$/,
        3,
        { near: /`(?:exec|spawn|system|`|popen|capture)/ },
      ),
      says(/\bCan't exec "(?<command>[\w.+-]{1,80})": No such file/),
      says(
        /\b(?<command>[\w.+-]{1,80}) is not recognized as (?:an internal|the name of)|\bThe term '(?<term>[\w.+-]{1,80})' is not recognized\b/,
      ),
      says(
        /\berror: no such (?:command|subcommand): [`'"]?(?<command>[\w.+-]{1,80})|\b(?:is it|is the \w{1,20}) installed(?: and (?:in|on) (?:your )?PATH)?\?/,
        3,
      ),
      says(
        /\b(?:Failed|failed|Unable|unable) to (?:spawn|start|launch|run|execute|find)\b.{0,120}(?:program not found|No such file or directory|NotFound)/,
        3,
      ),
      says(
        /\bthe specified command or file was not found\b|\bcould not determine executable to run\b|\bunable to find a build program corresponding to\b|`(?<command>[\w.+@-]{1,80})` is neither a Nushell built-in\b|^Executable [`'](?<executable>[\w.+@-]{1,80})[`'] not found$|\bExecutable not found in \$PATH\b/,
      ),
      says(
        /\[Errno 2\] No such file or directory: b'(?<command>[\w.+-]{1,80})'|^(?:\/\S{1,40}\/)?which: no (?<missing>\S{1,80}) in \(/,
      ),
      says(
        /\b(?:could not|cannot|unable to|failed to|can't|couldn't) (?:find|locate) (?:the )?(?:executable|command|program|binary)\b|\bcommand not found: ['"](?<command>[\w.+@-]{1,80})|\b(?<program>[\w.+@-]{1,80})['’"] is not recognized as (?:an internal|the name of)/i,
        3,
      ),
      says(
        /: (?<command>[\w.+@-]{1,80}): not found \[No such file or directory\]|\bfailed to spawn `(?<spawned>[\w.+@-]{1,80})`|\bcouldn't exec process: No such file\b|(?:comando non trovato|nie znaleziono polecenia|opdracht niet gevonden|komut bulunamadı|명령어를 찾을 수 없음)/,
      ),
    ],
    exitCodes: [127],
    vetoes: [/\bMCP server\b/, /\bresource (?:not found|temporarily)\b/i],
    cause: 'The tool is not in the image, PATH is not set up in this kind of shell, or it belongs to the project.',
    fixes: [
      shell(
        'use-project-binary',
        "Use the project's own[ {command_name}]",
        'safe',
        'env PATH="$PWD/node_modules/.bin:$PWD/.venv/bin:$PATH" {command}',
        'exit code 0',
      ),
      shell(
        'look-for-command',
        'Look for it[: {command_name}]',
        'safe',
        'command -v {command_name}; ls node_modules/.bin .venv/bin 2>/dev/null | grep -i -- {command_name}; apt-cache policy {command_name}',
      ),
      shell('install-command', 'Install what the project names', 'confirm', installsAny, 'the command is found'),
    ],
    docs: 'https://www.gnu.org/software/bash/manual/bash.html#Command-Search-and-Execution',
  },
  {
    slug: 'cwd-missing',
    title: 'The current folder does not exist any more',
    severity: 'low',
    priority: 8,
    signals: [
      says(
        /\buv_cwd\b|\bgetcwd\b.{0,80}\b(?:cannot access parent|No such file)|\bUnable to read current working directory\b|\berror retrieving current directory\b/,
      ),
      says(
        /\b(?:current|working) (?:working )?directory\b.{0,40}\b(?:does not exist|no longer exists|was (?:deleted|removed)|is invalid|not found|doesn't exist)\b/i,
      ),
      says(/\bCannot mkdir: \S{1,200} is not a directory\b/, 3),
      says(/\bos\.getcwd\(\)/, 2),
      says(/\bOCI runtime exec failed\b.{0,200}\bchdir to cwd\b|\bchdir to cwd\b.{0,120}\bno such file/),
      says(
        /\bgetwd: no such file or directory\b|^FileNotFoundError: \[Errno 2\] No such file or directory$|\bCould not determine current working directory\b|\b(?:failed|unable) to get (?:the )?current (?:working )?dir(?:ectory)?\b/i,
      ),
      says(/\bcouldn't get the current directory of the process\b|\bNo such file or directory - getcwd\b/),
    ],
    cause: 'The workspace was made again or mounted anew under the open shell.',
    fixes: [
      api(
        'enter-again',
        'Open a terminal in the folder that is there now',
        'safe',
        'openTerminal',
        'a new shell',
        'pwd -P works',
      ),
    ],
    docs: 'https://man7.org/linux/man-pages/man3/getcwd.3.html',
  },
]);
