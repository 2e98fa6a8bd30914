import { describe, expect, it } from 'vitest';
import { errorLine } from '../../../src/diagnosis/error-line.ts';
import { fingerprintOf, normalise } from '../../../src/diagnosis/fingerprint.ts';
import { recognise } from '../../../src/diagnosis/recognise.ts';
import { visibleLines } from '../../../src/diagnosis/text.ts';
import type { ErrorEvent } from '../../../src/model/error-event.ts';

const event = (part: Partial<ErrorEvent>): ErrorEvent => ({
  sandboxId: 's',
  commandId: null,
  commandLine: 'npm test',
  source: 'terminal',
  text: '',
  exitCode: 1,
  atMs: 0,
  ...part,
});

const esc = '\u001b';

describe('recognising', () => {
  it('hears nothing in a command that ended well, or that the person stopped', () => {
    expect(recognise(event({ exitCode: 0, text: 'ENOSPC: no space left on device' }))).toBeNull();
    expect(recognise(event({ exitCode: 130, text: '^C' }))).toBeNull();
  });

  it('lets a pattern speak at exit 0 that really ends so', () => {
    const text = "W: Failed to fetch http://mirror.example.org  Temporary failure resolving 'mirror.example.org'";
    expect(recognise(event({ exitCode: 0, text }))?.pattern).toBe('dns-failure');
  });

  it('believes the counter before the text', () => {
    expect(recognise(event({ exitCode: 137 }), { oomKillDelta: 1 })?.pattern).toBe('oom-killed');
    expect(recognise(event({ exitCode: 137, text: 'Killed' }), { oomKillDelta: null })?.pattern).toBe('oom-killed');
    expect(recognise(event({ exitCode: 137, text: 'Killed' }), { oomKillDelta: 0 })?.pattern).toBe('sigkill-unknown');
  });

  it('hears the lines behind an escape sequence whose end was cut off', () => {
    for (const start of [`${esc}]0;a title`, `${esc}P1;2q`, `${esc}]8;;https://example.org/`]) {
      const text = `${start}\nError: ENOSPC: no space left on device, write`;
      expect(recognise(event({ text }))?.pattern, start).toBe('disk-full');
    }
  });

  it('prefers the cause to the symptom', () => {
    const text =
      'Error: ENOSPC: System limit for number of file watchers reached, watch /app\nENOSPC: no space left on device';
    expect(recognise(event({ text }))?.pattern).toBe('inotify-watches');
  });

  it('does not take what a reader shows for an error, but hears the reader itself', () => {
    const shown = 'try { } catch { throw "EADDRINUSE: address already in use" }';
    expect(recognise(event({ commandLine: 'grep -rn EADDR src | head', text: shown }))?.pattern).toBeNull();
    const own = 'cat: write error: No space left on device';
    expect(recognise(event({ commandLine: 'cat big', text: own }))?.pattern).toBe('disk-full');
  });

  it('does not hear quoted source and names of tests', () => {
    const text = ' 12 |   throw new Error("EMFILE: too many open files")\nFAILED test_x.py::test_too_many_open_files';
    expect(recognise(event({ text }))?.pattern).toBeNull();
  });

  it('hears the exception of a test of Clojure, and not what one compared', () => {
    const report = (kind: string, actual: string): string =>
      [`${kind} in (a-test) (core_test.clj:7)`, 'expected: (= 1 (core/write))', `  actual: ${actual}`].join('\n');
    const heard = (kind: string, actual: string): string | null =>
      recognise(event({ text: `${report(kind, actual)}\n\n1 failures, 1 errors.` }))?.pattern ?? null;
    expect(heard('ERROR', 'java.io.IOException: No space left on device')).toBe('disk-full');
    expect(heard('ERROR', 'java.net.ConnectException: Connection refused (Connection refused)')).toBe(
      'connection-refused',
    );
    expect(heard('FAIL', '(not (= "busy" "java.io.IOException: No space left on device"))')).toBeNull();
    expect(heard('FAIL', '"No space left on device"')).toBeNull();
  });

  it('keeps an unknown error with its line and without a cause', () => {
    const found = recognise(event({ text: 'doing things\nfrobnicator: cannot frobnicate the widget' }));
    expect(found).toMatchObject({ pattern: null, cause: null, title: 'frobnicator: cannot frobnicate the widget' });
    expect(recognise(event({ text: '', exitCode: 42 }))?.title).toBe('Ended with exit code 42');
  });

  it('combines an exit code with what else is known', () => {
    const killed = event({ exitCode: 137, text: 'tests running\nKilled' });
    expect(recognise(killed, { oomKillDelta: 2 })).toMatchObject({ pattern: 'oom-killed', confidence: 0.99 });
    expect(recognise(killed, { oomKillDelta: 0 })?.pattern).toBe('sigkill-unknown');
    expect(recognise(event({ exitCode: 137, commandLine: 'timeout -k 5 60 npm test' }))?.pattern).toBe(
      'command-timeout',
    );
    expect(recognise(event({ exitCode: 137, commandLine: 'kill -9 $$' }))?.pattern).toBe('sigkill-unknown');
    expect(recognise(event({ exitCode: 1, text: 'signal: killed' }), { oomKillDelta: 1 })?.pattern).toBe('oom-killed');
    const full = event({ text: 'write out.bin: no space left on device' });
    expect(recognise(full, { oomKillDelta: null, inodesFree: 0 })?.pattern).toBe('inodes-exhausted');
    expect(recognise(full, { oomKillDelta: null, inodesFree: 4_000 })?.pattern).toBe('disk-full');
    const fork = event({ text: 'runner: spawn helper: unknown failure' });
    expect(recognise(fork, { oomKillDelta: null, pidsAtLimit: true })?.pattern).toBe('pids-limit');
    expect(recognise(fork, { oomKillDelta: null, pidsAtLimit: false })?.pattern).toBeNull();
    const short = event({ text: 'writer: short write' });
    expect(recognise(short, { oomKillDelta: null, diskFreeBytes: 0 })?.pattern).toBe('disk-full');
    expect(recognise(short, { oomKillDelta: null, diskFreeBytes: 10 ** 9 })?.pattern).toBeNull();
  });

  it.each([
    ['OOMKilled', null, 'oom-killed'],
    ['FAILED', '1/1 observed pods failed; primary reason=OOMKilled; sample pod=a-0', 'oom-killed'],
    ['FAILED', '1/1 observed pods failed; primary reason=CrashLoopBackOff; sample pod=a-0', 'crash-loop'],
    ['FAILED', '1/1 observed pods failed; primary reason=ImagePullBackOff; sample pod=a-0', 'image-pull-failed'],
    ['Evicted', null, 'k8s-evicted-disk'],
    ['POD_PLATFORM_UNSCHEDULABLE', 'no node', 'k8s-unschedulable'],
    ['DOCKER::SANDBOX_NOT_FOUND', 'Sandbox x not found.', 'sandbox-expired'],
    ['CONTAINER_PAUSED', 'Sandbox container is paused.', 'sandbox-paused'],
    ['CONTAINER_EXITED_ERROR', 'Sandbox container exited with code 137.', 'sigkill-unknown'],
    ['CONTAINER_EXITED_ERROR', 'Sandbox container exited with code 3.', 'entrypoint-crashed'],
    ['CONTAINER_RUNNING', 'Sandbox container is running.', null],
  ])('believes the lifecycle before the text: %s, %s', (reason, message, pattern) => {
    const context = { oomKillDelta: null, lifecycle: { state: 'Failed', reason, message } };
    expect(recognise(event({ text: 'something broke' }), context)?.pattern ?? null).toBe(pattern);
  });

  it('reads a line that the terminal has wrapped', () => {
    const text = `${'at the very end of a rather long line there stands: '.padEnd(70, '.')} address already i\nn use`;
    expect(recognise(event({ text }))?.pattern).toBe('port-in-use');
  });

  it('names what the text names', () => {
    expect(
      recognise(event({ text: 'Error: listen EADDRINUSE: address already in use 127.0.0.1:3000' }))?.parameters,
    ).toMatchObject({
      port: '3000',
      host: '127.0.0.1',
    });
    expect(recognise(event({ text: "ModuleNotFoundError: No module named 'fastapi'" }))?.parameters).toMatchObject({
      module: 'fastapi',
    });
    expect(
      recognise(event({ exitCode: 127, text: 'bash: line 1: pnpm: command not found' }))?.parameters,
    ).toMatchObject({
      command_name: 'pnpm',
    });
    expect(recognise(event({ text: 'curl: (6) Could not resolve host: a.example' }))?.parameters).toMatchObject({
      host: 'a.example',
    });
    expect(recognise(event({ text: 'bash: ./run.sh: Permission denied' }))?.parameters).toMatchObject({
      path: './run.sh',
    });
    expect(recognise(event({ text: 'connect ECONNREFUSED 127.0.0.1:99999' }))?.parameters['port']).toBeUndefined();
  });

  it('is not blinded by what cannot be read', () => {
    const binary = Array.from({ length: 4_000 }, (_, index) => String.fromCodePoint((index * 7) % 32)).join('');
    expect(recognise(event({ text: `${binary}\nwrite x: no space left on device\n${binary}` }))?.pattern).toBe(
      'disk-full',
    );
    expect(recognise(event({ text: binary }))?.pattern ?? null).toBeNull();
    expect(recognise(event({ text: '\u202ewrite x: no space\u202c left on\u200b device' }))?.pattern).toBe('disk-full');
    expect(
      recognise(event({ text: `${'░▒▓█'.repeat(2_000)}\nmkdir: cannot create directory: Read-only file system` }))
        ?.pattern,
    ).toBe('read-only-fs');
  });

  it('takes a description of a healthy container for no error', () => {
    const text = 'Status: running\nOOMKilled: False\nExit Code: 0';
    expect(recognise(event({ source: 'diagnostics', exitCode: null, text }))).toBeNull();
  });
});

describe('the lines of an output', () => {
  it('come without colours, links, titles and overwritten progress', () => {
    const text = `${esc}[31mred${esc}[0m\r\n10 %\r50 %\r100 %\n${esc}]8;;https://x.example\u0007link${esc}]8;;\u0007\n${esc}]633;D;1\u0007end\n\n`;
    expect(visibleLines(text)).toEqual(['red', '100 %', 'link', 'end']);
  });

  it('are those at the end when there are too many', () => {
    const lines = visibleLines(`${'x'.repeat(100)}\n`.repeat(2000));
    expect(lines.length).toBeLessThan(800);
    expect(new Set(lines)).toEqual(new Set(['x'.repeat(100)]));
  });
});

describe('the one line', () => {
  it.each([
    [
      'a Python traceback',
      'Traceback (most recent call last):\n  File "a.py", line 3, in f\nOSError: [Errno 28] No space left on device',
      'OSError: [Errno 28] No space left on device',
    ],
    [
      'a Node crash',
      "Error: listen EADDRINUSE: address already in use :::3000\n    at Server.setup (node:net:1)\n  code: 'EADDRINUSE',\nNode.js v20.2.0",
      'Error: listen EADDRINUSE: address already in use :::3000',
    ],
    [
      'make',
      'make: /bin/sh: Resource temporarily unavailable\nmake: *** [Makefile:2: all] Error 127',
      'make: /bin/sh: Resource temporarily unavailable',
    ],
    ['npm', 'npm error code ENOSPC\nnpm error A complete log of this run can be found in: /x', 'code ENOSPC'],
    ['no words of an error', 'one\ntwo', 'two'],
    ['nothing', '', ''],
  ])('of %s', (_what, text, line) => {
    expect(errorLine(text)).toBe(line);
  });
});

describe('normalising', () => {
  it.each([
    ['connect ECONNREFUSED 127.0.0.1:5432', 'connect ECONNREFUSED <address>'],
    ['listen EADDRINUSE: address already in use :::3000', 'listen EADDRINUSE: address already in use <address>'],
    ["ENOENT: no such file, open '/home/a/b/main-12.js'", "ENOENT: no such file, open '<path>/main-*.js'"],
    ['OSError: [Errno 28] No space left on device', 'OSError: [Errno 28] No space left on device'],
    ['bash: line 1: 30423 Killed   python3 train.py', 'bash: line <n>: <n> Killed python3 train.py'],
    ['2026-11-21T20:46:19.123Z write out.bin: no space', '<time> write out.bin: no space'],
    ['sandbox 0b5e0f8e-1111-4222-8333-444455556666 not found', 'sandbox <id> not found'],
    ['commit 3f2a9bc1de failed after 12.5 s', 'commit <id> failed after <n> s'],
    ['GET https://user:secret@x.example/a?token=1 failed', 'GET <url> failed'],
    ['exited with code 137', 'exited with code 137'],
    ['login failed: password=hunter2, token: abc', 'login failed: password=<secret>, token: <secret>'],
    ['Authorization: Bearer eyJhbGciOi.x was refused', 'Authorization: <secret> was refused'],
    ['error TS2307: Cannot find module', 'error TS2307: Cannot find module'],
  ])('%s', (from, to) => {
    expect(normalise(from)).toBe(to);
  });

  it('keeps different errors and different patterns apart', () => {
    expect(fingerprintOf(null, 'cannot open a')).not.toBe(fingerprintOf(null, 'cannot close a'));
    expect(fingerprintOf('disk-full', 'x')).not.toBe(fingerprintOf(null, 'x'));
    expect(fingerprintOf(null, '[Errno 28] x')).not.toBe(fingerprintOf(null, '[Errno 24] x'));
    expect(fingerprintOf('disk-full', 'x')).toMatch(/^v1\/disk-full\/[0-9a-f]{12}$/);
  });
});
