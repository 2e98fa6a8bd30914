/**
 * Teaches a bash in a sandbox to mark where each command begins and ends, so that commands and their exit codes are known.
 * The marks are the editor's own (OSC 633), but we read them ourselves: the editor loses the output of a command that
 * ends within some milliseconds, and most failures do. bash is told by one line typed ahead; the line, its echo and its entry in the
 * history are not seen. The folder is told by a mark of a name the editor does not know: it is none of the editor's computer. Nothing is exported and no file is written. A bash before 4.4 has no PS0 and then marks no command.
 */

/** What the shell says once it has read the line; a property of a name the editor does not know and therefore ignores. */
const ready = '\u001b]633;P;SandboxForesight=1\u0007';
/** After so much output without a word from the shell, it is none that understands the line. */
const patienceCharacters = 64 * 1024;

// Read by `eval`, within single quotes. `(history 1)` begins with the number of the line itself.
const forBash = [
  // With HISTCONTROL=ignoreboth the line is not there, and the last entry is the person's own.
  'case "$(history 1)" in *__foresight_prompt*) history -d "$(history 1 | { read -r n _; echo "$n"; })" ;; esac',
  '__foresight_prompt() { local code=$?',
  'if [ -n "$__foresight_ran" ]; then __foresight_ran=; printf "\\033]633;D;%s\\007" "$code"; fi',
  // A sign that ends a mark would make another folder of it.
  'local folder=$PWD',
  'case $folder in *[[:cntrl:]]*) folder= ;; esac',
  'printf "\\033]633;P;SandboxForesightCwd=%s\\007" "$folder"',
  'case $PS1 in *"633;B"*) ;; *) PS1="\\[\\e]633;A\\a\\]$PS1\\[\\e]633;B\\a\\]" ;; esac',
  'return "$code"; }',
  // The line as it was typed, escaped as the editor wants it.
  '__foresight_line() { local line; line=$(HISTTIMEFORMAT= history 1); line=${line#*[0-9]  }',
  'line=${line//\\\\/\\\\\\\\}; printf %s "${line//;/\\\\x3b}"; }',
  'PROMPT_COMMAND="__foresight_prompt${PROMPT_COMMAND:+; $PROMPT_COMMAND}"',
  // Sets the variable and expands to nothing: only a command that really ran gets an end.
  'PS0="\\e]633;E;\\$(__foresight_line)\\a\\${PS4:\\$((__foresight_ran=1, 0)):0}\\e]633;C\\a"',
].join('; ');

/** The line to be typed ahead. Any other shell of the Bourne kind passes over it and says no more than "ready". */
export const markingLine = ` [ -n "$BASH_VERSION" ] && eval '${forBash}'; printf '\\033]633;P;SandboxForesight=1\\007'\r`;

/** Keeps back what a shell writes while it takes the line in. */
export class ShellMarks {
  private kept: string | null = '';

  /** Whether output is still being kept back. */
  get waiting(): boolean {
    return this.kept !== null;
  }

  /** @returns what of the next piece of output is to be shown. */
  take(text: string): string {
    if (this.kept === null) return text;
    this.kept += text;
    const at = this.kept.indexOf(ready);
    if (at >= 0) {
      const rest = this.kept.slice(at + ready.length);
      this.kept = null;
      return rest;
    }
    return this.kept.length > patienceCharacters ? this.giveUp() : '';
  }

  /** Keeps nothing back any more. @returns what was kept back until now. */
  giveUp(): string {
    const text = this.kept ?? '';
    this.kept = null;
    return text;
  }
}

/** What a marking shell did. */
export type ShellCommand =
  /** `cwd` is the folder the shell was in before it; null where it does not tell. */
  | { readonly kind: 'started'; readonly commandLine: string; readonly cwd: string | null }
  /** `exitCode` is null when the shell was gone before it could tell. `output` is the end of what the command wrote, with its escape sequences. */
  | { readonly kind: 'ended'; readonly commandLine: string; readonly exitCode: number | null; readonly output: string };

const esc = String.fromCodePoint(0x1b);
const bell = String.fromCodePoint(0x07);
/**
 * What the shell integration script writes (VS Code's OSC 633): its letter and what follows it. An escape character begins another
 * mark, so that each character of an output is read once, however many marks are begun in it and never ended.
 */
const mark = new RegExp(`${esc}\\]633;([CDEP])(?:;([^${bell}${esc}]*))?${bell}`, 'g');
const folderMark = 'SandboxForesightCwd=';
/** A mark is never longer than the longest line that is typed; anything else is output. */
const longestMark = 16 * 1024;
const outputCapCharacters = 64 * 1024;

/** Finds the commands in the output of a marking shell. */
export class CommandReader {
  private rest = '';
  private commandLine = '';
  private cwd: string | null = null;
  private output: string | null = null;

  /** @returns what the next piece of output tells. */
  take(text: string): readonly ShellCommand[] {
    const commands: ShellCommand[] = [];
    const all = this.rest + text;
    let at = 0;
    for (const found of all.matchAll(mark)) {
      this.collect(all.slice(at, found.index));
      at = found.index + found[0].length;
      const [, letter, value = ''] = found;
      if (letter === 'E') this.commandLine = unescaped(value);
      else if (letter === 'P') {
        // What a command writes while it runs is no word of the shell.
        if (this.output === null && value.startsWith(folderMark)) this.cwd = value.slice(folderMark.length) || null;
      } else if (letter === 'C') {
        this.output = '';
        commands.push({ kind: 'started', commandLine: this.commandLine, cwd: this.cwd });
      } else if (this.output !== null) {
        const { commandLine, output } = this;
        commands.push({ kind: 'ended', commandLine, exitCode: Number.parseInt(value, 10) || 0, output });
        this.output = null;
        this.commandLine = '';
      }
    }
    // The beginning of a mark waits for the rest of it.
    const open = all.lastIndexOf('\u001b');
    const isPart = open >= at && all.length - open < longestMark && !all.includes('\u0007', open);
    const end = isPart ? open : all.length;
    this.collect(all.slice(at, end));
    this.rest = all.slice(end);
    return commands;
  }

  /** The shell is gone. @returns the end of the command that still ran, if one did. */
  end(): readonly ShellCommand[] {
    if (this.output === null) return [];
    const { commandLine, output } = this;
    this.output = null;
    return [{ kind: 'ended', commandLine, exitCode: null, output }];
  }

  /** The reason of a failure stands at the end, and memory stays bounded. */
  private collect(text: string): void {
    if (this.output !== null) this.output = (this.output + text).slice(-outputCapCharacters);
  }
}

const unescaped = (text: string): string =>
  text.replace(/\\(?:x([0-9a-f]{2})|\\)/g, (_all, hex: string | undefined) =>
    hex === undefined ? '\\' : String.fromCharCode(Number.parseInt(hex, 16)),
  );
