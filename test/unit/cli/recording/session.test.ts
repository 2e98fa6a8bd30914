import { describe, expect, it } from 'vitest';
import { commandLine, describeSession, parseSession } from '../../../../src/cli/recording/session.ts';

const text = `# three builds
npm run build
sleep 20

  sleep 0.5s
node server.js &
sleep 3 && echo done
true && false
`;

describe('a session', () => {
  it('is commands, pauses and comments, a line each', () => {
    expect(parseSession(text)).toEqual([
      { kind: 'command', line: 'npm run build', waits: true },
      { kind: 'pause', seconds: 20 },
      { kind: 'pause', seconds: 0.5 },
      { kind: 'command', line: 'node server.js', waits: false },
      { kind: 'command', line: 'sleep 3 && echo done', waits: true },
      { kind: 'command', line: 'true && false', waits: true },
    ]);
  });

  it('needs a command', () => {
    expect(() => parseSession('# nothing\nsleep 5\n')).toThrow(/no command/);
  });

  it('is told as one shell line', () => {
    expect(describeSession(parseSession('a\nsleep 2\nb --x &\nc\n'))).toBe('a; sleep 2; (b --x) & c');
  });
});

describe('the words of a command', () => {
  it('are shell text when there is one', () => {
    expect(commandLine(['npm run build && npm test'])).toBe('npm run build && npm test');
  });

  it('are quoted where the shell would read them otherwise', () => {
    expect(commandLine(['node', '-e', "a('b')", '--x=1'])).toBe("node -e 'a('\\''b'\\'')' --x=1");
  });
});
