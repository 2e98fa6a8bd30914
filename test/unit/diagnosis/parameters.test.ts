import { describe, expect, it } from 'vitest';
import { recognise } from '../../../src/diagnosis/recognise.ts';

const named = (text: string, commandLine = './run.sh', exitCode = 1): Readonly<Record<string, string>> =>
  recognise({ sandboxId: '', commandId: null, commandLine, source: 'terminal', text, exitCode, atMs: 0 })?.parameters ??
  {};

describe('the values that an error names', () => {
  it.each([
    ['Go', 'listen tcp 127.0.0.1:4100: bind: address already in use'],
    [
      'uvicorn',
      "ERROR:    [Errno 98] error while attempting to bind on address ('127.0.0.1', 4100): address already in use",
    ],
    ['Redis', 'Warning: Could not create server TCP listening socket 127.0.0.1:4100: bind: Address already in use'],
  ])('have the port as %s writes it', (_name, text) => {
    expect(named(text)['port']).toBe('4100');
  });

  it('have the port of the command where no line has it', () => {
    const text = 'OSError: [Errno 98] Address already in use';
    expect(named(text, 'python3 -m http.server 4100 --bind 127.0.0.1')['port']).toBe('4100');
    expect(named(text, 'flask run -p 4100')['port']).toBe('4100');
    expect(named(text, 'python3 app.py')).not.toHaveProperty('port');
  });

  it('have host and port from whichever line of a chain of causes names them', () => {
    const text = [
      'ConnectionRefusedError: [Errno 111] Connection refused',
      "requests.exceptions.ConnectionError: HTTPConnectionPool(host='db.example', port=8086): Max retries exceeded (Caused by NewConnectionError('Failed to establish a new connection: [Errno 111] Connection refused'))",
    ].join('\n');
    expect(named(text)['port']).toBe('8086');
  });

  it('do not take a place in a source for a port, nor the name of a service for a host', () => {
    const certificate =
      'ssl.SSLCertVerificationError: certificate verify failed: self-signed certificate (_ssl.c:1006)';
    expect(named(certificate)).not.toHaveProperty('port');
    expect(named('Could not connect to Redis at 127.0.0.1:6399: Connection refused')['host']).toBe('127.0.0.1');
  });

  it('are gathered from all lines that say the error', () => {
    const text =
      "npm error code E404\nnpm error 404 Not Found - GET https://registry.example/left-padd\nnpm error 404  The requested resource 'left-padd@*' could not be found or you do not have permission to access it.";
    expect(named(text, 'npm i left-padd')['package']).toBe('left-padd');
  });

  it.each([
    ['Docker: Conflict. The container name "/web-1" is already in use by container "eb8ae0c5".', 'name', 'web-1'],
    [
      "hint: The '.git/hooks/pre-commit' hook was ignored because it's not set as executable.",
      'path',
      '.git/hooks/pre-commit',
    ],
    ["OSError: [Errno 40] Too many levels of symbolic links: 'data/link'", 'path', 'data/link'],
    ['open link: too many levels of symbolic links', 'path', 'link'],
    ["rmdir: failed to remove 'mnt': Device or resource busy", 'path', 'mnt'],
    ["touch: cannot touch 'build/out': Permission denied", 'path', 'build/out'],
    ['tar: build/out: Cannot open: Permission denied', 'path', 'build/out'],
  ])('name what a fix needs: %s', (text, name, value) => {
    expect(named(text)[name]).toBe(value);
  });
});
