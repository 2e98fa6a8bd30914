import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { CommandReader, markingLine, type ShellCommand, ShellMarks } from '../../../src/editor/shell-marks.ts';

const ready = '\u001b]633;P;SandboxForesight=1\u0007';
const mark = (text: string): string => `\u001b]633;${text}\u0007`;

describe('ShellMarks', () => {
  it('shows nothing until the shell has taken the line in, and everything after that', () => {
    const marks = new ShellMarks();
    expect(marks.take('bash-5.2# echo of the line')).toBe('');
    expect(marks.waiting).toBe(true);
    expect(marks.take(`\r\n${ready}bash-5.2# `)).toBe('bash-5.2# ');
    expect(marks.waiting).toBe(false);
    expect(marks.take(`ls ${ready}`)).toBe(`ls ${ready}`);
    expect(marks.giveUp()).toBe('');
  });

  it('finds the word of the shell in any chunking', () => {
    for (let at = 1; at < ready.length; at += 1) {
      const marks = new ShellMarks();
      expect(marks.take(`echo${ready.slice(0, at)}`)).toBe('');
      expect(marks.take(`${ready.slice(at)}$ `)).toBe('$ ');
    }
  });

  it('is not taken in by the echo of the line itself', () => {
    const marks = new ShellMarks();
    expect(marks.take(markingLine)).toBe('');
    expect(marks.waiting).toBe(true);
  });

  it('gives back what was kept when the shell is another one', () => {
    const marks = new ShellMarks();
    marks.take('> what is this?');
    expect(marks.giveUp()).toBe('> what is this?');
    expect(marks.take('\r\n> ')).toBe('\r\n> ');
  });

  it('keeps no more than a sensible amount', () => {
    const marks = new ShellMarks();
    const text = 'x'.repeat(40_000);
    expect(marks.take(text)).toBe('');
    expect(marks.take(text)).toBe(text + text);
    expect(marks.waiting).toBe(false);
  });
});

/** What an interactive shell says to these lines, prompts and all. */
function ask(shell: string, lines: readonly string[]): string {
  const input = `${markingLine.replace('\r', '\n')}${lines.join('\n')}\n`;
  const env = { PATH: process.env['PATH'] ?? '', HISTFILE: '/dev/null', PS1: '# ' };
  const done = spawnSync('sh', ['-c', `exec ${shell} 2>&1`], { input, env, encoding: 'utf8', timeout: 20_000 });
  return done.stdout;
}

/** The marks around commands, as `C` and `D;0`, in order. */
const commandMarks = (output: string): readonly string[] =>
  output
    .split('\u001b]633;')
    .map((part) => part.slice(0, part.indexOf('\u0007')))
    .filter((part) => /^[CD]/.test(part));

/** What the reader makes of an output. */
const commandsIn = (output: string): readonly ShellCommand[] => new CommandReader().take(output);

describe('CommandReader', () => {
  const output = `${mark('P;SandboxForesightCwd=/srv/a;b=c')}$ ${mark('E;make\\x3b echo \\\\n')}${mark('C')}\u001b[31merror: no\u001b[0m\r\n${mark('D;2')}$ `;
  const expected: readonly ShellCommand[] = [
    { kind: 'started', commandLine: 'make; echo \\n', cwd: '/srv/a;b=c' },
    { kind: 'ended', commandLine: 'make; echo \\n', exitCode: 2, output: '\u001b[31merror: no\u001b[0m\r\n' },
  ];

  it('finds commands in any chunking', () => {
    for (let size = 1; size <= output.length; size += 1) {
      const reader = new CommandReader();
      const found: ShellCommand[] = [];
      for (let at = 0; at < output.length; at += size) found.push(...reader.take(output.slice(at, at + size)));
      expect(found).toEqual(expected);
    }
  });

  it('ignores an end without a beginning', () => {
    expect(commandsIn(`${mark('D;1')}${mark('A')}`)).toEqual([]);
  });

  it('takes no folder from what a command writes', () => {
    const started = commandsIn(
      `${mark('P;SandboxForesightCwd=/srv')}${mark('C')}${mark('P;SandboxForesightCwd=/etc')}${mark('D;1')}${mark('C')}`,
    ).filter(({ kind }) => kind === 'started');
    expect(started).toMatchObject([{ cwd: '/srv' }, { cwd: '/srv' }]);
  });

  it('is not held up by marks that are begun and never ended', { timeout: 5_000 }, () => {
    const begun = '\u001b]633;C;'.repeat(20_000);
    const reader = new CommandReader();
    // Looked through to its end from each beginning, this takes half a minute; read once, some milliseconds.
    expect(reader.take(begun)).toEqual([]);
    expect(reader.take(mark('C'))).toEqual([{ kind: 'started', commandLine: '', cwd: null }]);
  });

  it('keeps the end of a long output, and lets no open escape sequence grow', () => {
    const reader = new CommandReader();
    reader.take(mark('C'));
    reader.take(`\u001b]633;${'x'.repeat(200_000)}`);
    const [ended] = reader.take(`the end${mark('D;1')}`);
    expect(ended).toMatchObject({ kind: 'ended', exitCode: 1, output: expect.stringMatching(/x the end$|xthe end$/) });
    expect(ended?.kind === 'ended' && ended.output.length).toBe(64 * 1024);
  });
});

describe('the line in a real bash', () => {
  const bash = 'bash --norc --noprofile -i';

  it('marks where commands begin and end, with their exit codes', () => {
    const output = ask(bash, ['echo one', 'false', '(exit 7)']);
    expect(commandMarks(output)).toEqual(['C', 'D;0', 'C', 'D;1', 'C', 'D;7']);
    expect(output).toContain(`${mark('C')}one\n${mark('D;0')}`);
  });

  it('tells the command lines as they were typed', () => {
    const lines = ['echo "a;b\\\\c"', 'ls /no-such-folder; false'];
    const ended = commandsIn(ask(bash, lines)).filter(({ kind }) => kind === 'ended');
    expect(ended.map(({ commandLine }) => commandLine)).toEqual(lines);
    expect(ended[1]).toMatchObject({ exitCode: 1, output: expect.stringContaining('/no-such-folder') });
  });

  it('tells the folder in which each began', () => {
    const strange = '/tmp/$(id) a;b';
    const lines = ['cd /usr', 'false', `mkdir -p '${strange}' && cd '${strange}'`, 'false', 'cd /; rmdir $OLDPWD'];
    const began = commandsIn(ask(bash, lines)).flatMap((one) => (one.kind === 'started' ? [one.cwd] : []));
    expect(began.slice(1)).toEqual(['/usr', '/usr', strange, strange]);
  });

  it('tells of no folder whose name would end the mark early', () => {
    const lines = ['cd /tmp', 'mkdir -p /tmp/usr$(printf "\\a")x && cd /tmp/usr*x', 'false', 'cd /; rmdir /tmp/usr*x'];
    const began = commandsIn(ask(bash, lines)).flatMap((one) => (one.kind === 'started' ? [one.cwd] : []));
    expect(began.slice(1)).toEqual(['/tmp', null, null]);
  });

  it('marks nothing for an empty line', () => {
    expect(commandMarks(ask(bash, ['', '', 'true']))).toEqual(['C', 'D;0']);
  });

  it('marks the prompt, also one that is changed later', () => {
    const output = ask(bash, ["PS1='mine> '", 'true']);
    expect(output).toContain(`${mark('A')}# ${mark('B')}`);
    expect(output).toContain(`${mark('A')}mine> ${mark('B')}`);
  });

  it('keeps the exit code for the next command, and what was to be done at the prompt', () => {
    const output = ask(bash, ['PROMPT_COMMAND="$PROMPT_COMMAND; echo at-prompt \\$?"', '(exit 3)', 'echo code $?']);
    expect(output).toContain('at-prompt 3');
    expect(output).toContain('code 3');
  });

  it('leaves no trace in the history and exports nothing', () => {
    const output = ask(bash, ['echo one', 'history', 'echo end-of-history', 'env']);
    const [history = '', rest = ''] = output.split(`${mark('C')}end-of-history`);
    expect(history).toMatch(/1\s+echo one\n\s+2\s+history/);
    expect(history.slice(history.indexOf('1  echo one'))).not.toContain('__foresight');
    expect(rest).not.toMatch(/foresight_|PS0/);
  });

  it('works with unset variables forbidden', () => {
    const output = ask(bash, ['set -u', '', 'echo one']);
    expect(output).toContain(`one\n${mark('D;0')}`);
    expect(output).not.toContain('unbound');
  });

  it('is passed over by a shell that is not bash', () => {
    const output = ask('sh -i', ['echo one']);
    expect(output).toContain(ready);
    expect(output).toContain('one\n');
  });
});
