import { describe, expect, it } from 'vitest';
import { commandKey, otherCommand } from '../../../src/model/command-key.ts';

describe('the key of a command', () => {
  it.each([
    ['npm run test:e2e -- --grep login', '/home/u/api', 'npm run test:e2e @api'],
    ['NODE_ENV=production TOKEN="a b" npm ci', null, 'npm ci'],
    ['/usr/local/bin/python3 scripts/train.py --key 1', '/srv/model', 'python3 train.py @model'],
    ['cargo build --release', '/w/my-crate/', 'cargo build @my-crate'],
    ['docker compose up db web', null, 'docker compose up db'],
    ['"C:\\Program Files\\nodejs\\node.exe" server.js', 'C:\\work\\shop', 'node server.js @shop'],
    ['./gradlew :app:build', null, 'gradlew'],
    ['make -j8 all', null, 'make'],
  ])('of %s in %s', (line, cwd, key) => {
    expect(commandKey(line, cwd)).toBe(key);
  });

  it.each([
    ['sudo npm ci', 'npm ci'],
    ['sudo -u bob -EH npm ci', 'npm ci'],
    ['sudo -ubob npm ci', 'npm ci'],
    ['sudo --user bob npm ci', 'npm ci'],
    ['env -i -u HOME A=b C=d npm ci', 'npm ci'],
    ['/usr/bin/time -f %e npm ci', 'npm ci'],
    ['time -p npm ci', 'npm ci'],
    ['nice -n 10 npm ci', 'npm ci'],
    ['nice -10 npm ci', 'npm ci'],
    ['npx --yes vite@5.1.0 build', 'vite build'],
    ['npx -p typescript tsc', 'tsc'],
    ['bunx @scope/tool@2 run', 'tool run'],
    ['pnpm dlx tsx src/main.ts', 'tsx main.ts'],
    ['pnpm test', 'pnpm test'],
    ['sudo env X=1 nice npm ci', 'npm ci'],
    ['npx -- eslint src', 'eslint src'],
  ])('is that of what is wrapped in %s', (line, key) => {
    expect(commandKey(line, null)).toBe(key);
  });

  it.each([
    ['cd /app && npm ci', 'npm ci'],
    ['export A=b; npm ci', 'npm ci'],
    ['(cd x && make) && rm x', 'make'],
    ['if true; then npm ci; fi', 'npm ci'],
    ['A=$(cat x y) npm ci', 'npm ci'],
    ['A=`cat x y` npm ci', 'npm ci'],
    ['npm ci > out.log 2>&1', 'npm ci'],
    ['cat a.json | jq .', 'cat a.json'],
  ])('is that of the first that does more than prepare in %s', (line, key) => {
    expect(commandKey(line, null)).toBe(key);
  });

  it.each([
    ['docker login -u me -p hunter2', 'docker login'],
    ['docker login me hunter', 'docker login'],
    ['vault write secret hunter', 'vault write secret'],
    ['mysql -phunter shop', 'mysql'],
    ['tool admin:hunter', 'tool'],
    ['curl https://me:hunter@host/x', 'curl'],
    ['echo hunter | docker login --password-stdin', 'echo'],
    ['tool "hunter"', 'tool'],
    ['tool $HUNTER', 'tool'],
    ['tool a8f3c9d1e2b4', 'tool'],
    ['tool AKIAIOSFODNN7EXAMPLE', 'tool'],
    ['tool key=hunter', 'tool'],
    ['ghp_16C7e42F292c6912E7710c838347Ae178B4a', otherCommand],
  ])('tells no secret of %s', (line, key) => {
    expect(commandKey(line, null)).toBe(key);
  });

  it('leaves out a folder that is named by an id, or not at all', () => {
    expect(commandKey('npm ci', '/tmp/0b5e0f8e-1111-4222-8333-444455556666')).toBe('npm ci');
    expect(commandKey('npm ci', '/')).toBe('npm ci');
    expect(commandKey('npm ci', '')).toBe('npm ci');
  });

  it('is the same word for everything that has no name', () => {
    for (const line of ['', '   ', '# nothing', '"', "'", '$(', '\\', '&&', 'A=b', '--flag', '日本語']) {
      expect(commandKey(line, null)).toBe(otherCommand);
    }
  });
});
