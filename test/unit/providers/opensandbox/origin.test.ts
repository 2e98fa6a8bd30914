import { describe, expect, it } from 'vitest';
import { originOf } from '../../../../src/providers/opensandbox/origin.ts';

const image = 'registry.example.com/team/api:1.4';

describe('what a sandbox was made from', () => {
  it('is the same for the same image and start command, and another for another', () => {
    const origin = originOf(image, ['node', 'server.js']);
    expect(originOf(image, ['node', 'server.js'])).toBe(origin);
    expect(originOf(image, ['node', 'worker.js'])).not.toBe(origin);
    expect(originOf('python:3.11', ['node', 'server.js'])).not.toBe(origin);
    expect(originOf(image, ['node', 'server.js --port', '80'])).not.toBe(
      originOf(image, ['node', 'server.js', '--port 80']),
    );
  });

  it('names the image and tells nothing of the start command', () => {
    const origin = originOf(image, ['gunicorn', 'app', '--token=s3cr3t']);
    expect(origin).toMatch(/^registry\.example\.com\/team\/api:1\.4 #[0-9a-f]{12}$/);
  });

  it.each([
    [['tail', '-f', '/dev/null']],
    [['sleep', 'infinity']],
    [['/opt/opensandbox/bootstrap.sh', 'tail', '-f', '/dev/null']],
    [['/usr/bin/tini', '--', 'sleep', '3600']],
    [['bash']],
    [['sh', '-c', 'while true; do sleep 30; done']],
    [['/bin/sh', '-c', 'exec tail -f /dev/null']],
    [['sh', '-c']],
    [['env', 'A=1', 'cat']],
    [[]],
  ])('is unknown of one that only waits: %j', (entrypoint) => {
    expect(originOf(image, entrypoint)).toBeNull();
  });

  it.each([
    [['bash', 'run.sh']],
    [['sh', '-c', 'npm start']],
    [['bash', '-lc', 'sleep 5; node server.js']],
    [['/opt/opensandbox/bootstrap.sh', 'node', 'server.js']],
    [['env', 'NODE_ENV=production', 'node', 'server.js']],
    [['postgres']],
  ])('is known of one that works: %j', (entrypoint) => {
    expect(originOf(image, entrypoint)).not.toBeNull();
  });

  it('is unknown where the server tells no image or no start command', () => {
    expect(originOf(null, ['node', 'a.js'])).toBeNull();
    expect(originOf('unknown', ['node', 'a.js'])).toBeNull();
    expect(originOf(image, undefined)).toBeNull();
  });
});
