import { describe, expect, it } from 'vitest';
import { planFix } from '../../../src/diagnosis/plan-fix.ts';
import { recognise } from '../../../src/diagnosis/recognise.ts';
import { eventOf } from '../../helpers/error-samples.ts';

/** What a person is told of a text, and what is offered: what cannot be planned is left out, as in the editor. */
const told = (command: string | null, text: string, exitCode: number | null = 1) => {
  const found = recognise(eventOf({ command, text, exitCode }));
  const plans = (found?.record?.fixes ?? []).map((fix) => planFix(fix, found?.parameters ?? {}, command));
  return {
    pattern: found?.pattern ?? null,
    title: found?.title ?? null,
    cause: found?.cause ?? null,
    fixes: plans.filter(({ kind, argv }) => kind !== 'shell' || argv !== null),
  };
};
const idsOf = ({ fixes }: ReturnType<typeof told>): readonly string[] => fixes.map(({ id }) => id);

describe('a fix that removes something', () => {
  const targets = ({ fixes }: ReturnType<typeof told>): string => JSON.stringify(fixes);

  it('goes to what the line of the error names, not to what another line speaks of', () => {
    const venv = told(
      null,
      'Using /home/u/a/.venv/bin/python\nbash: ./b/.venv/bin/pip: /home/u/b/.venv/bin/python: bad interpreter: No such file or directory',
      126,
    );
    expect(targets(venv)).not.toContain('/home/u/a/');
    const busy = told(
      null,
      "rm: cannot remove '/w/tmp': Device or resource busy\nmv: cannot move '/data' to '/data.old': Device or resource busy",
    );
    expect(targets(busy)).toContain('/w/tmp');
    expect(targets(busy)).not.toMatch(/"\/data"|'\/data'/);
  });
});

describe('a folder that is in use', () => {
  it.each([
    ['sudo umount /mnt/data', 'umount: /mnt/data: target is busy.', '/mnt/data'],
    ['umount /home', 'umount: /home: device is busy.', '/home'],
    ['mv /data /data.old', "mv: cannot move '/data' to '/data.old': Device or resource busy", '/data'],
    ['docker rm a', 'failed to remove root filesystem: unlinkat /var/lib/x: device or resource busy', '/var/lib/x'],
  ])('is not emptied for who keeps what is in it: %s', (command, text, path) => {
    const found = told(command, text);
    expect(found.pattern).toBe('mount-busy');
    expect(found.title).toBe('It is in use');
    expect(idsOf(found)).toEqual(['show-users']);
    expect(found.fixes[0]?.argv?.at(-1)).toBe(path);
  });

  it.each([
    ['rm -rf /w/app', "rm: cannot remove '/w/app/node_modules': Device or resource busy"],
    ['rmdir /w/app/node_modules', "rmdir: failed to remove '/w/app/node_modules': Device or resource busy"],
    ['node clean.js', "Error: EBUSY: resource busy or locked, rmdir '/w/app/node_modules'"],
  ])('can be emptied by who was about to remove it: %s', (command, text) => {
    const found = told(command, text);
    expect(found.title).toBe('It is in use and cannot be removed');
    expect(idsOf(found)).toEqual(['show-users', 'empty-mount']);
    expect(found.fixes[1]).toMatchObject({ risk: 'destructive' });
    expect(found.fixes[1]?.argv?.at(-1)).toBe('/w/app/node_modules');
  });
});

describe('a virtual environment', () => {
  it.each([
    ['./run.sh', 'bash: ./run.sh: /bin/zsh: bad interpreter: No such file or directory'],
    ['./tool', 'bash: ./tool: cannot execute: required file not found'],
    ['npm start', 'sh: /usr/bin/env: bad interpreter: No such file or directory'],
    ['pyenv x', 'bash: /root/.pyenv/bin/pyenv: cannot execute: required file not found'],
  ])('is not made again for what is in none: %s', (command, text) => {
    const found = told(command, text, 126);
    expect(found.pattern).toBe('missing-interpreter');
    expect(idsOf(found)).not.toContain('recreate-venv');
  });

  it.each([
    ['bash: ./.venv/bin/pip: /old/.venv/bin/python: bad interpreter: No such file or directory', './.venv'],
    ['bash: /w/my-app/venv/bin/pytest: cannot execute: required file not found', '/w/my-app/venv'],
    ["exec '/app/.venv-3.12/bin/gunicorn': cannot execute: required file not found", '/app/.venv-3.12'],
    ['zsh: .venv/bin/pip: bad interpreter: /old/venv/bin/python: no such file or directory', '.venv'],
  ])('is made again where the program lies in it, after saying that something is lost: %s', (text, venv) => {
    const found = told('pip install x', text, 126);
    const fix = found.fixes.find(({ id }) => id === 'recreate-venv');
    expect(fix?.risk).toBe('destructive');
    expect(fix?.argv?.slice(4)).toEqual([venv]);
  });
});

const requests404 =
  'requests.exceptions.HTTPError: 404 Client Error: Not Found for url: https://api.example.com/users/1';

describe('what a server answers', () => {
  it.each([
    ['curl -f https://api.example.com/a', 'curl: (22) The requested URL returned error: 404', 'It is not there (404)'],
    ['python sync.py', requests404, 'It is not there (404)'],
    ['yarn dev', 'Error: Request failed with status code 404', 'It is not there (404)'],
    ['go run . get', 'unexpected status 404 Not Found', 'It is not there (404)'],
    ['npm run sync', 'AxiosError: Request failed with status code 404', 'It is not there (404)'],
    ['npm install', 'npm error AxiosError: Request failed with status code 404', 'It is not there (404)'],
    ['node sync.js', 'AxiosError: Request failed with status code 401', 'Who asks is not known there (401)'],
    ['node sync.js', 'AxiosError: Request failed with status code 403', 'It is forbidden there (403)'],
    ['docker build .', '#7 0.4 curl: (22) The requested URL returned error: 404', 'It is not there (404)'],
  ])('is not said of a registry where nobody asked one: %s', (command, text, title) => {
    const found = told(command, text);
    expect(found.title).toBe(title);
    expect(`${found.cause} ${JSON.stringify(found.fixes)}`).not.toMatch(/registry|package|npm|pip/i);
    expect(found.fixes.length).toBeGreaterThan(0);
  });

  it.each([
    ['npm install nope', 'npm error code E404', 'The registry does not have it (404)'],
    ['npm ci', 'npm error code E401', 'The registry wants to know who asks (401)'],
    ['npm publish', 'npm error code E403', 'The registry forbids it (403)'],
    [null, 'go: example.com/x: reading https://example.com/x: 404 Not Found', 'The registry does not have it (404)'],
    [
      'python -m pip install x',
      'HTTP error 404 while getting https://x.example',
      'The registry does not have it (404)',
    ],
    [
      'poetry install',
      '404 Client Error: Not Found for url: https://x.example/',
      'The registry does not have it (404)',
    ],
    [
      'cargo build',
      'error: failed to download from `https://x.example`: got 401',
      'The registry wants to know who asks (401)',
    ],
    ['cd web && yarn --immutable', 'Error: status code 404', 'The registry does not have it (404)'],
    ['npm --prefix web ci', 'Error: status code 404', 'The registry does not have it (404)'],
    ['docker push a/b', 'denied: requested access to the resource is denied', 'The registry forbids it (403)'],
    ['brew install nope', 'Warning: No available formula with the name "nope".', 'The registry does not have it (404)'],
  ])('is said of the registry where one was asked: %s', (command, text, title) => {
    expect(told(command, text).title).toBe(title);
  });

  it('in trouble is no reason to change the registry, unless it is one', () => {
    expect(idsOf(told('node a.js', 'AxiosError: Request failed with status code 503'))).toEqual(['retry-with-pauses']);
    expect(idsOf(told('npm ci', 'npm error code E503'))).toContain('switch-registry');
    expect(idsOf(told('node a.js', 'AxiosError: Request failed with status code 429'))).not.toContain('use-mirror');
    expect(idsOf(told('npm ci', 'npm error code E429'))).toContain('use-mirror');
  });

  it('keeps the fingerprint: the variant is only told', () => {
    const text = 'error: status code 404';
    const [plain, asked] = ['node a.js', 'npm ci'].map((command) => recognise(eventOf({ command, text, exitCode: 1 })));
    expect(plain?.fingerprint).toBe(asked?.fingerprint);
    expect(plain?.title).not.toBe(asked?.title);
  });
});

describe('other texts that several tools share', () => {
  it('is a sum of any file, for which no cache of packages is cleared', () => {
    const found = told('sha256sum -c SHA256SUMS', 'sha256sum: WARNING: 1 computed checksum did NOT match');
    expect(found.title).toBe('A checksum does not fit');
    expect(idsOf(found)).toEqual(['fetch-again']);
    expect(idsOf(told('npm ci', 'npm error code EINTEGRITY'))).toContain('verify-cache');
  });

  it('is a refused key, which https helps against only where it is GitHub', () => {
    expect(idsOf(told('ssh web', 'web: Permission denied (publickey).', 255))).not.toContain('use-https');
    expect(idsOf(told('git pull', 'git@github.com: Permission denied (publickey).', 128))).toContain('use-https');
  });

  it('is a container of a cluster, which Docker does not know', () => {
    const text = 'error: unable to upgrade connection: container not found ("app")';
    expect(idsOf(told('kubectl exec a -- ls', text))).toEqual(['show-pods']);
  });

  it('is sudo that asks for a password: it is there', () => {
    expect(told('sudo -n true', 'sudo: a password is required').title).toBe('sudo cannot be used here');
  });

  it('is a wait for something in a cluster, which need not be the sandbox', () => {
    expect(told('helm upgrade a b --wait', 'Error: UPGRADE FAILED: timed out waiting for the condition').pattern).toBe(
      'k8s-wait-timeout',
    );
    expect(told(null, 'creating sandbox a: timed out waiting for the condition').pattern).toBe('sandbox-start-timeout');
  });

  it('is a lock of git only within a repository', () => {
    expect(told('make', "ln: failed to create hard link '/home/u/db.lock': File exists").pattern).toBeNull();
    const other = told(
      'git x',
      "fatal: Unable to create '/home/u/db.lock': File exists.\n\nAnother git process seems to be running",
    );
    expect(idsOf(other)).not.toContain('remove-stale-lock');
  });

  it('of Subversion and Mercurial is not one of git, and nothing of git is done against it', () => {
    const heard = (command: string, text: string) => {
      const found = told(command, text);
      return [found.pattern, found.title, ...idsOf(found)];
    };
    const locked = "svn: E155004: Run 'svn cleanup' to remove locks (type 'svn help cleanup' for details)";
    expect(heard('svn up', `${locked}\nsvn: E155004: Working copy '/w' locked.`)).toEqual([
      'working-copy-locked',
      'The working copy is locked',
      'clean-up-svn',
    ]);
    expect(heard('hg up', "abort: repository /w: timed out waiting for lock held by 'dev:91'")).toEqual([
      'working-copy-locked',
      'The working copy is locked',
      'free-lock',
    ]);
    const left = "svn: E155015: Aborting commit: '/w/a.txt' remains in conflict";
    expect(heard('svn ci', `svn: E155015: Commit failed (details follow):\n${left}`)).toEqual([
      'git-merge-conflict',
      'Changes contradict each other',
      'list-svn-conflicts',
      'resolve-svn',
    ]);
    expect(heard('hg ci', 'abort: unresolved merge conflicts (see hg help resolve)').slice(2)).toEqual([
      'list-hg-conflicts',
      'resolve-hg',
    ]);
    expect(heard('git merge a', 'CONFLICT (content): Merge conflict in a.txt').slice(2)).toContain('abort-merge');
    for (const [command, text] of [
      ['svn status', "svn: warning: W155007: '/work' is not a working copy"],
      ['hg status', "abort: no repository found in '/work' (.hg not found)!"],
    ] as const) {
      expect(heard(command, text).join(' ')).not.toMatch(/\bgit repository\b/);
    }
    expect(told('svn ls https://h/r', 'svn: E170001: Authentication failed').pattern).toBeNull();
  });
});

describe('a program that is not there', () => {
  const runc = 'unable to start container process: exec: "/app/run": stat /app/run: no such file or directory: unknown';

  it.each([
    ['/opt/opensandbox/bootstrap.sh: 9: exec: /app/run: not found', 127],
    ['/usr/local/bin/docker-entrypoint.sh: exec: line 9: /app/run: not found', 127],
    ['/entrypoint.sh: line 3: /app/run: No such file or directory', 127],
    [`failed to create shim task: OCI runtime create failed: runc create failed: ${runc}`, 128],
    ['[FATAL tini (7)] exec /app/run failed: No such file or directory', 127],
  ])('is the start command where that was to be started: %s', (text, exitCode) => {
    const found = told('', text, exitCode);
    expect(found.pattern).toBe('program-missing');
    expect(found.title).toBe('The start command does not exist in the image');
    expect(idsOf(found)).toEqual(['check-entrypoint', 'check-first-line', 'check-mounts', 'check-build']);
    expect(found.fixes[0]?.title).toBe('Check the path of the start command: /app/run');
  });

  it.each([
    ['sh: 1: ./bin/serve: not found', './bin/serve', 127],
    [`OCI runtime exec failed: exec failed: ${runc}`, '/app/run', 126],
    ['env: ‘/app/run’: No such file or directory', '/app/run', 127],
  ])('is any program elsewhere: %s', (text, path, exitCode) => {
    const found = told('make run', text, exitCode);
    expect(found.pattern).toBe('program-missing');
    expect(found.title).toBe('There is no program at this path');
    expect(idsOf(found)).toEqual(['show-path', 'inspect-first-line', 'correct-path']);
    expect(found.fixes[0]?.argv?.slice(4)).toEqual([path]);
  });
});
