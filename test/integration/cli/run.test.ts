import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const runner = join(import.meta.dirname, '../../../scripts/run.mjs');

/** As npm starts a script: by a shell, which waits for it. The task waits for input that does not come. */
function waiting() {
  const child = spawn('/bin/sh', ['-c', '"$0" "$1" diagnose -; exit $?', process.execPath, runner], {
    env: { ...process.env, npm_lifecycle_event: 'diagnose' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.on('error', () => undefined);
  child.stdout.setEncoding('utf8');
  return child;
}

const question = `${JSON.stringify({ id: 'a', text: 'x', exitCode: 0 })}\n`;

describe('the entry of every npm script', () => {
  it('ends its task when the shell that started it was killed', async () => {
    const child = waiting();
    child.stdin.write(question);
    await once(child.stdout, 'data');
    child.kill('SIGKILL');
    // It ends when the last process that holds it has ended.
    child.stdout.resume();
    await once(child.stdout, 'end');
    child.stdin.destroy();
  });

  it('tells npm how its task ended', async () => {
    const child = waiting();
    child.stdin.end('not json\n');
    child.stdout.resume();
    expect(await once(child, 'exit')).toEqual([1, null]);
  });
});
