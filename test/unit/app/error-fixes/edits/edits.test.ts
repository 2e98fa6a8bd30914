import { describe, expect, it } from 'vitest';
import type { EditFacts } from '../../../../../src/app/error-fixes/edits/edit.ts';
import { editNames, editsOf, isOnlyEdit } from '../../../../../src/app/error-fixes/edits/edits.ts';
import { changed } from '../../../../../src/app/error-fixes/edits/text-change.ts';
import { catalogue } from '../../../../../src/diagnosis/catalogue/catalogue.ts';
import { recognise } from '../../../../../src/diagnosis/recognise.ts';
import { errorFixes } from '../../../../../src/monitor/error-fixes.ts';

const gibibyte = 1024 ** 3;
const facts = (part: Partial<EditFacts> = {}): EditFacts => ({
  commandLine: 'npm run build',
  limitBytes: gibibyte,
  parameters: {},
  place: null,
  ...part,
});

/** What the first way that fits this file makes of it, or null. */
const made = (name: string, file: string, text: string, part: Partial<EditFacts> = {}): string | null => {
  for (const way of editsOf({ fixId: `pattern/${name}` as 'pattern/a/b', does: 'editor' })) {
    if (way.files !== 'place' && !way.files.includes(file)) continue;
    const changes = way.change(text, facts(part));
    if (changes !== null) return changed(text, changes);
  }
  return null;
};

describe('the edits', () => {
  it('each belong to a fix of the catalogue that is done in the editor', () => {
    const known = catalogue.flatMap(({ slug, fixes }) =>
      fixes.filter(({ kind }) => kind === 'editor').map(({ id }) => `${slug}/${id}`),
    );
    expect(editNames().filter((name) => !known.includes(name))).toEqual([]);
    expect(editNames().length).toBeGreaterThanOrEqual(20);
    for (const name of editNames()) {
      const fixId = `pattern/${name}` as 'pattern/a/b';
      expect(editsOf({ fixId, does: 'editor' }).length).toBeGreaterThan(0);
      expect(editsOf({ fixId, does: 'command' })).toEqual([]);
    }
  });

  it('that are all there is to a fix belong to a fix that says so', () => {
    const only = editNames().filter((name) => isOnlyEdit({ fixId: `pattern/${name}` as 'pattern/a/b' }));
    expect(only.length).toBe(9);
    for (const name of only) expect(name).toContain('/keep-');
  });

  it('change nothing where there is nothing to change, and nothing that is done already', () => {
    for (const name of editNames()) {
      for (const way of editsOf({ fixId: `pattern/${name}` as 'pattern/a/b', does: 'editor' })) {
        const all = facts({
          parameters: { variable: 'API_KEY', package: 'fsevents@2.3.3', path: '/dist' },
          commandLine: 'tsc --watch',
        });
        const once = way.change('', all);
        if (once === null) continue;
        const text = changed('', once);
        expect(way.change(text, all), `${name} in ${String(way.files)}: ${text}`).toBeNull();
      }
    }
  });
});

describe('a heap limit', () => {
  const name = 'v8-heap-oom/keep-heap-setting';
  const manifest = '{\n  "scripts": { "build": "tsc -p .", "test": "vitest" }\n}\n';

  it('is put into the script that failed', () => {
    expect(JSON.parse(made(name, 'package.json', manifest) ?? '')).toEqual({
      scripts: { build: 'NODE_OPTIONS=--max-old-space-size=768 tsc -p .', test: 'vitest' },
    });
  });

  it('takes the place of another one', () => {
    const set = '{"scripts":{"build":"node --max-old-space-size=8192 x.js"}}';
    expect(made(name, 'package.json', set)).toBe('{"scripts":{"build":"node --max-old-space-size=768 x.js"}}');
  });

  it('is none for what is not understood, not known, or too small', () => {
    expect(made(name, 'package.json', manifest, { commandLine: 'npm run none' })).toBeNull();
    expect(made(name, 'package.json', manifest, { commandLine: 'npm run __proto__' })).toBeNull();
    expect(made(name, 'package.json', manifest, { commandLine: null })).toBeNull();
    expect(made(name, 'package.json', manifest, { limitBytes: null })).toBeNull();
    expect(made(name, 'package.json', manifest, { limitBytes: 1024 })).toBeNull();
    expect(made(name, 'package.json', '{"scripts":{"build":"NODE_OPTIONS=x y"}}')).toBeNull();
    expect(made(name, 'package.json', '[]')).toBeNull();
    expect(made(name, 'package.json', '{"scripts":')).toBeNull();
  });

  it('goes into .npmrc for what npm starts otherwise', () => {
    const npx = { commandLine: 'npx tsc -p .' };
    expect(made(name, '.npmrc', 'save-exact=true', npx)).toBe(
      'save-exact=true\nnode-options=--max-old-space-size=768\n',
    );
    expect(made(name, '.npmrc', 'node-options=--max-old-space-size=9000\n', npx)).toBe(
      'node-options=--max-old-space-size=768\n',
    );
    expect(made(name, '.npmrc', 'node-options=--inspect\n', npx)).toBeNull();
    expect(made(name, '.npmrc', '', { commandLine: 'node build.js' })).toBeNull();
  });

  it('of Gradle is lowered when it was killed, and raised when it was too small', () => {
    const kept = 'org.gradle.daemon=true\norg.gradle.jvmargs=-Xmx4g -Dfile.encoding=UTF-8\n';
    expect(made('build-daemon-killed/keep-gradle-heap', 'gradle.properties', kept)).toBe(
      'org.gradle.daemon=true\norg.gradle.jvmargs=-Xmx512m -Dfile.encoding=UTF-8\n',
    );
    expect(made('jvm-heap-oom/keep-gradle-heap', 'gradle.properties', kept)).toBeNull();
    expect(made('jvm-heap-oom/keep-gradle-heap', 'gradle.properties', '', { limitBytes: 4 * gibibyte })).toBe(
      'org.gradle.jvmargs=-Xmx2048m -XX:MaxMetaspaceSize=384m\n',
    );
  });
});

describe('fewer workers', () => {
  const few = 'test-worker-killed/keep-fewer-workers';
  const cap = 'test-worker-killed/cap-worker-memory';

  it('are written into the configuration of Jest, wherever it is', () => {
    expect(made(few, 'package.json', '{"jest": {"verbose": true}}')).toBe(
      '{"jest": {"verbose": true, "maxWorkers": 2}}',
    );
    expect(made(few, 'package.json', '{"name": "x"}')).toBeNull();
    expect(made(cap, 'jest.config.json', '{\n  "verbose": true\n}\n')).toBe(
      '{\n  "verbose": true,\n  "workerIdleMemoryLimit": "256MB"\n}\n',
    );
    const script = 'const config = {\n    verbose: true,\n};\nexport default config;\n';
    expect(made(cap, 'jest.config.js', script)).toBe(script.replace('{\n', "{\n    workerIdleMemoryLimit: '256MB',\n"));
    expect(made(few, 'jest.config.ts', 'export default defineConfig(() => ({}));\n')).toBeNull();
    expect(made(few, 'jest.config.js', 'module.exports = {\n  maxWorkers: 8,\n};\n')).toBeNull();
  });

  it('are written into that of Vitest and pytest', () => {
    const vitest = 'export default defineConfig({\n  test: {\n    globals: true,\n  },\n});\n';
    expect(made(few, 'vitest.config.ts', vitest)).toBe(
      vitest.replace('{\n    g', '{\n    fileParallelism: false,\n    g'),
    );
    expect(made(few, 'pytest.ini', '[pytest]\naddopts = -q -n auto --dist=loadfile\n')).toBe(
      '[pytest]\naddopts = -q -n 2 --dist=loadfile\n',
    );
    expect(made(few, 'pyproject.toml', '[tool.pytest.ini_options]\naddopts = "-n 8"\n')).toContain('addopts = "-n 2"');
    expect(made(few, 'pytest.ini', '[pytest]\naddopts = -q -n 2\n')).toBeNull();
    expect(made(few, 'pytest.ini', '[pytest]\naddopts = -q --no-header\n')).toBeNull();
  });
});

describe('other files of a project', () => {
  it('get a section where there is none that says the same', () => {
    const name = 'compiler-oom-killed/less-debug-info';
    expect(made(name, 'Cargo.toml', '[package]\nname = "x"\n')).toBe(
      '[package]\nname = "x"\n\n[profile.dev]\ndebug = false\n',
    );
    expect(made(name, 'Cargo.toml', '[profile.dev]\nopt-level = 1\n[profile.release]\ndebug = true\n')).toBe(
      '[profile.dev]\ndebug = false\nopt-level = 1\n[profile.release]\ndebug = true\n',
    );
    expect(made(name, 'Cargo.toml', '[profile]\ndev = { debug = 2 }\n')).toBeNull();
    expect(made(name, 'Cargo.toml', '[profile.dev]\ndebug = 1\n')).toBeNull();
    expect(made('compiler-oom-killed/keep-one-job', '.cargo/config.toml', '')).toBe('[build]\njobs = 1\n');
  });

  it('get folders that are not watched, by whoever watched', () => {
    const name = 'inotify-watches/exclude-folders';
    expect(JSON.parse(made(name, 'tsconfig.json', '{}', { commandLine: 'npx tsc -p . --watch' }) ?? '')).toEqual({
      watchOptions: { excludeDirectories: ['**/node_modules', '**/.venv', '**/dist', '**/target'] },
    });
    const settings = '.vscode/settings.json';
    const kept = '{\n  // mine\n  "files.watcherExclude": { "**/dist/**": false },\n}\n';
    const after = made(name, settings, kept) ?? '';
    expect(after).toContain('// mine');
    expect(after).toContain('"**/dist/**": false');
    expect(after).toContain('"**/node_modules/**": true');
    expect(made(name, settings, '{ "files.watcherExclude": { /* none */ } }')).toBeNull();
  });

  it('get the variable that is missing, which stays out of git', () => {
    const name = 'env-var-missing/open-env-file';
    const parameters = { variable: 'API_KEY' };
    expect(made(name, '.env', 'A=1', { parameters })).toBe('A=1\nAPI_KEY=\n');
    expect(made(name, '.env', 'export API_KEY=1\n', { parameters })).toBeNull();
    const [way] = editsOf({ fixId: 'pattern/env-var-missing/open-env-file', does: 'editor' });
    expect(way?.also?.change('dist\n', facts())).toEqual([{ offset: 5, length: 0, text: '.env\n' }]);
    expect(way?.also?.change('.env*\n', facts())).toBeNull();
  });

  it('get a package moved to the optional ones, under the name that stands in the file', () => {
    const name = 'platform-mismatch/make-optional';
    const manifest = '{\n  "dependencies": {\n    "a": "1",\n    "fsevents": "^2.3.3"\n  }\n}\n';
    const after = made(name, 'package.json', manifest, { parameters: { package: 'fsevents@2.3.3' } });
    expect(JSON.parse(after ?? '')).toEqual({ dependencies: { a: '1' }, optionalDependencies: { fsevents: '^2.3.3' } });
    const scoped = '{"devDependencies":{"@a/b":"1"},"optionalDependencies":{}}';
    expect(JSON.parse(made(name, 'package.json', scoped, { parameters: { package: '@a/b@1.0.0' } }) ?? '')).toEqual({
      devDependencies: {},
      optionalDependencies: { '@a/b': '1' },
    });
    expect(made(name, 'package.json', manifest, { parameters: { package: 'other@1' } })).toBeNull();
    expect(made(name, 'package.json', manifest)).toBeNull();
  });

  it('get lines they do not have yet, with the line ends they use', () => {
    expect(made('crlf-shebang/set-gitattributes', '.gitattributes', '* text')).toBe('* text\n*.sh text eol=lf\n');
    expect(made('docker-disk-full/keep-context-small', '.dockerignore', 'node_modules\r\n')).toBe(
      'node_modules\r\n.git\r\n',
    );
    expect(made('native-arch-mismatch/keep-modules-out-of-image', '.dockerignore', '**/node_modules\n')).toBeNull();
    expect(made('native-build-failed/keep-prefer-binary', 'requirements.txt', 'numpy\n')).toBe(
      '--prefer-binary\nnumpy\n',
    );
  });

  it('let a path into the build again that a rule leaves out', () => {
    const name = 'docker-build-copy-missing/open-dockerignore';
    const at = (path: string) => ({ parameters: { path } });
    expect(made(name, '.dockerignore', 'node_modules\ndist\n', at('/dist/app.js'))).toBe(
      'node_modules\ndist\n!dist/app.js\n',
    );
    expect(made(name, '.dockerignore', '*.log\n', at('/app.log'))).toContain('!app.log');
    expect(made(name, '.dockerignore', 'node_modules\n', at('/dist'))).toBeNull();
    expect(made(name, '.dockerignore', '*\n', at('/a/../../etc'))).toBeNull();
    expect(made(name, '.dockerignore', '*\n', at('/a*\n!secrets'))).toBeNull();
  });

  it('lose the proxy that does not answer', () => {
    const name = 'proxy-unreachable/remove-proxy';
    expect(made(name, '.npmrc', 'a=1\nproxy=http://x\nhttps-proxy = http://x\n')).toBe('a=1\n');
    expect(made(name, '.vscode/settings.json', '{\n  "http.proxy": "http://x",\n  "a": 1\n}\n')).toBe(
      '{\n  "a": 1\n}\n',
    );
    expect(made(name, '.npmrc', 'a=1\n')).toBeNull();
  });

  it('let a known development server listen on all addresses', () => {
    const name = 'sandbox-port-closed/keep-all-addresses';
    const script = (line: string) =>
      made(name, 'package.json', JSON.stringify({ scripts: { build: line } }))?.slice(21, -3) ?? null;
    expect(script('vite')).toBe('vite --host 0.0.0.0');
    expect(script('vite --port 3000')).toBe('vite --port 3000 --host 0.0.0.0');
    expect(script('next dev')).toBe('next dev -H 0.0.0.0');
    for (const other of ['vite build', 'vite --host', 'vite && echo', 'node server.js'])
      expect(script(other)).toBeNull();
  });

  it('set the language of terminals and the limit of PHP', () => {
    expect(JSON.parse(made('locale-encoding/keep-utf8', '.vscode/settings.json', '') ?? '')).toEqual({
      'terminal.integrated.env.linux': { LC_ALL: 'C.UTF-8' },
    });
    expect(made('php-memory-limit/edit-php-ini', 'php.ini', 'memory_limit = 128M\r\nx = 1\r\n')).toBe(
      'memory_limit = 1G\r\nx = 1\r\n',
    );
  });

  it('start a browser with the option it needs', () => {
    const name = 'chromium-no-sandbox/add-no-sandbox';
    const call = (written: string) => made(name, '', `await puppeteer.launch(${written});`)?.slice(23, -2) ?? null;
    expect(call('')).toBe("{ args: ['--no-sandbox'] }");
    expect(call('{}')).toBe("{ args: ['--no-sandbox'] }");
    expect(call('{ headless: true }')).toBe("{ args: ['--no-sandbox'], headless: true }");
    expect(call("{ headless: true, args: ['-x'] }")).toBe("{ headless: true, args: ['--no-sandbox', '-x'] }");
    expect(call('{ args: [] }')).toBe("{ args: ['--no-sandbox'] }");
    expect(call('options')).toBeNull();
    expect(call("{ env: { a: 1 }, args: ['-x'] }")).toBeNull();
    expect(made('display-missing/go-headless', 'playwright.config.ts', 'use: { headless: false }')).toBe(
      'use: { headless: true }',
    );
  });
});

describe('from the text of an error to the edit', () => {
  const edited = (text: string, commandLine: string, name: string, file: string, before: string): string | null => {
    const event = { sandboxId: 'a', commandId: null, commandLine, source: 'terminal', text, exitCode: 1, atMs: 0 };
    const found = recognise(event);
    if (found === null) return null;
    const known = errorFixes({
      fingerprint: found.fingerprint,
      record: found.record,
      parameters: found.parameters,
      commandLine,
      cwd: null,
      place: null,
    });
    const fix = known.find(({ fixId }) => fixId === `pattern/${name}`);
    return fix === undefined ? null : made(name, file, before, { parameters: fix.parameters, commandLine });
  };

  it('goes by what the text names', () => {
    expect(
      edited(
        'npm error code EBADPLATFORM\nnpm error notsup Unsupported platform for fsevents@2.3.3: wanted {"os":"darwin"}\n',
        'npm ci',
        'platform-mismatch/make-optional',
        'package.json',
        '{"dependencies":{"fsevents":"2.3.3"}}',
      ),
    ).toBe('{"dependencies":{}, "optionalDependencies": {"fsevents":"2.3.3"}}');
    for (const text of [
      'ERROR: failed to calculate checksum of ref a::b: "/dist/app.js": not found\n',
      'COPY failed: file not found in build context or excluded by .dockerignore: stat dist/app.js: file does not exist\n',
    ]) {
      const name = 'docker-build-copy-missing/open-dockerignore';
      expect(edited(text, 'docker build .', name, '.dockerignore', 'dist\n')).toBe('dist\n!dist/app.js\n');
    }
    expect(edited("KeyError: 'API_KEY'\n", 'python app.py', 'env-var-missing/open-env-file', '.env', '')).toBe(
      'API_KEY=\n',
    );
  });
});
