import { bunLocks, byTool } from './by-tool.ts';
import { withNvm } from './command-lines.ts';
import { buildTools } from './common-fixes.ts';
import { rebuildsNative, reinstallsNode } from './installing.ts';
import { category, editor, says, shell } from './record.ts';

const reinstallNode = shell(
  'reinstall-dependencies',
  'Reinstall for this machine',
  'destructive',
  reinstallsNode,
  'the module loads',
);

const rebuildNative = shell(
  'rebuild-native',
  'Build the native modules again',
  'confirm',
  rebuildsNative,
  'the module loads',
);

/** Compiled code and its libraries. */
export const nativePatterns = category('native', [
  {
    slug: 'missing-shared-library',
    title: 'A library of the system is missing',
    severity: 'medium',
    priority: 7,
    signals: [
      says(/\berror while loading shared libraries: (?<library>\S{1,120}): cannot open shared object file\b/),
      says(
        /\b(?:OSError|ImportError|ErrorException|RuntimeError|UnsatisfiedLinkError|LoadError)\b.{0,80}\b(?<library>lib[\w.+-]{1,80}\.so[\w.]{0,20}): cannot open shared object file\b/,
      ),
      says(/\b(?<library>lib[\w.+-]{1,80}\.so[\w.]{0,20}): cannot open shared object file: No such file\b/, 3),
      says(
        /\bError loading shared library (?<library>\S{1,120}): No such file\b|\bUnable to load shared library '(?<dotnet>[^']{1,80})'|\bcould not load library "(?<pg>[^"]{1,120})"|\bno \w{1,40} in java\.library\.path\b/,
      ),
      says(/\bCouldn't find a valid ICU package\b|\bLibrary not loaded: \S{1,200}/),
      says(/\b(?<library>lib[\w.+-]{1,80}\.so[\w.]{0,20}): cannot open shared object file\b/, 3),
      says(
        /\bCould not open library '(?<library>[^']{1,80})'|\bcannot load library '(?<cffi>[^']{1,80})'|^ImportError: failed to find (?<magic>lib\w{1,60})\./,
      ),
    ],
    exitCodes: [127],
    cause: 'A slim image leaves out libraries that the program expects of the system.',
    fixes: [
      shell(
        'find-library-package',
        'Find the package that has it[: {library}]',
        'safe',
        'apt-file search {library} || dpkg -S {library}',
      ),
      editor(
        'add-to-image',
        'Add it to the image',
        'safe',
        'Dockerfile or devcontainer.json',
        'the image builds and the program starts',
      ),
    ],
    docs: 'https://man7.org/linux/man-pages/man8/ld.so.8.html',
  },
  {
    slug: 'native-arch-mismatch',
    title: 'A native module is for another machine',
    severity: 'medium',
    priority: 7,
    signals: [
      says(/\bYou installed \w{1,40} for another platform\b|\bspecifically built for your current platform\b/),
      says(/\bERR_DLOPEN_FAILED\b/, 3),
      says(
        /\.(?:node|so)(?:\.\d{1,3}){0,3}: (?:cannot open shared object file|file too short|invalid ELF header|wrong ELF class|ELF load command)/,
        3,
      ),
      says(
        /\bmach-o file, but is an incompatible architecture\b|\bincompatible architecture \(have\b|\b(?:wrong|incompatible) (?:CPU )?architecture\b/,
      ),
    ],
    vetoes: [
      /\bNODE_MODULE_VERSION\b/,
      /\berror while loading shared libraries\b/,
      /\blib[\w.+-]{1,80}\.so[\w.]{0,20}: cannot open shared object file/,
      /\bGLIBC/,
    ],
    cause: 'node_modules was copied from another machine or cached across images.',
    fixes: [
      rebuildNative,
      editor(
        'keep-modules-out-of-image',
        'Keep node_modules out of the image',
        'safe',
        'node_modules in .dockerignore',
        'the image builds and the program starts',
      ),
      reinstallNode,
    ],
    docs: 'https://nodejs.org/api/errors.html#err_dlopen_failed',
  },
  {
    slug: 'node-abi-mismatch',
    title: 'A native module was built for another version of Node',
    severity: 'medium',
    priority: 8,
    signals: [
      says(/\bNODE_MODULE_VERSION \d{1,4}\b|\bcompiled against a different Node\.js version\b/),
      says(/\bModule did not self-register\b/),
    ],
    cause: 'Node was switched after the installation.',
    fixes: [
      rebuildNative,
      shell(
        'use-project-node',
        'Run it with the Node of the project (nvm)',
        'safe',
        `${withNvm} && nvm use && {command}`,
        'exit code 0',
      ),
    ],
    docs: 'https://nodejs.org/en/about/previous-releases',
  },
  {
    slug: 'native-optional-dep-missing',
    title: 'The build of a package for this machine is missing',
    severity: 'medium',
    priority: 8,
    signals: [
      says(
        /\bnpm has a bug related to optional dependencies\b|\bFailed to load SWC binary\b|\bCould not load the "sharp" module\b/,
      ),
      says(
        /\b(?:Cannot find (?:module|package) '|package ")(?<module>@(?:rollup\/rollup|esbuild\/|swc\/core|next\/swc|img\/sharp|tailwindcss\/oxide|parcel\/watcher|biomejs\/cli|lightningcss|oxc-)[^'"]{0,60}(?:linux|darwin|win32)[^'"]{0,30})/,
      ),
      says(/\bThe package "@esbuild\/[\w-]{1,40}" could not be found\b/),
      says(/\bPrisma Client could not locate the Query Engine\b|\b[Qq]uery engine library for current platform\b/),
    ],
    cause: 'The lockfile was made on another system.',
    fixes: [
      shell(
        'install-platform-package',
        'Install the package for this machine',
        'confirm',
        byTool(
          [
            [['pnpm'], 'pnpm-lock.yaml', 'pnpm install --fix-lockfile'],
            [['yarn'], 'yarn.lock', 'yarn install --check-files'],
            [['bun'], bunLocks, 'bun install'],
            [['npm'], null, 'npm install --no-save {module}'],
          ],
          'npm install --no-save {module}',
        ),
        'the build starts',
      ),
      reinstallNode,
    ],
    docs: 'https://docs.npmjs.com/cli/configuring-npm/package-json#optionaldependencies',
  },
  {
    slug: 'glibc-too-old',
    title: 'The program needs a newer C library',
    severity: 'medium',
    priority: 8,
    signals: [
      says(
        /\bversion [`'ˋ‘]?(?:GLIBC|GLIBCXX|CXXABI|GCC)_[\d.]{1,10}[’']? not found\b|\bGLIBC_[\d.]{1,10}.{0,20}\bnot found\b|\bprerequisites for running .{0,60}\bglibc\b/,
      ),
    ],
    cause: 'The program was built on a newer system than that of the image.',
    fixes: [
      editor(
        'newer-image',
        'Use a newer base image',
        'safe',
        'FROM in the Dockerfile',
        'ldd --version shows the newer one',
      ),
      shell('show-glibc', 'Show the version here', 'safe', 'ldd --version | head -1'),
    ],
    docs: 'https://sourceware.org/glibc/wiki/FAQ',
  },
  {
    slug: 'symbol-undefined',
    title: 'A library lacks a function',
    severity: 'low',
    priority: 7,
    signals: [
      says(
        /\bsymbol lookup error\b|\bundefined symbol: (?<name>\w{1,120})|\bError relocating .{1,200}: (?<symbol>\w{1,120}): symbol not found\b|\bSymbol not found: \w/,
      ),
    ],
    cause: 'A library or plugin was built against another version.',
    fixes: [shell('show-libraries', 'Show which libraries are loaded', 'safe', 'ldd {path}')],
    docs: 'https://man7.org/linux/man-pages/man1/ldd.1.html',
  },
  {
    slug: 'linker-missing',
    title: 'There is no C compiler here',
    severity: 'medium',
    priority: 7,
    signals: [
      says(/\blinker [`'ˋ]?(?:[\w./-]{0,60}(?:cc|clang|ld|lld)(?:-\d{1,3})?|link\.exe)[`'ˋ]? not found\b/),
      says(
        /\b(?:no acceptable C compiler found|No CMAKE_C(?:XX)?_COMPILER could be found|C compiler cannot create executables|C compiler "?[\w.+-]{0,60}"? not found|Could not find compiler set in environment variable C(?:C|XX)\b|The CMAKE_C(?:XX)?_COMPILER:|failed to find tool\. Is `(?:cc|gcc|c\+\+|g\+\+|clang)` installed)/,
      ),
      says(
        /\b(?:unable to execute|command|exec:) ['"]?(?:x86_64-linux-gnu-)?(?:gcc|cc|g\+\+|c\+\+|clang)['"]?:? ?(?:failed: )?(?:No such file|executable file not found)/,
      ),
      says(/\bUnknown compiler\(s\): \[|\brequires cgo; enable cgo by setting CGO_ENABLED=1/),
      says(
        /\bPlatform linker \('clang' or 'gcc'\) not found\b|\bExecutable "(?:ld|ld64|lld|cc|clang|gcc)" doesn't exist\b|\bcould not execute: (?:gcc|cc|clang|ld)\b|\bexternal compiler program '(?:gcc|cc|clang|g\+\+)\b/,
      ),
    ],
    cause: 'A slim image has no compiler and linker.',
    fixes: [buildTools],
    docs: 'https://packages.debian.org/stable/build-essential',
  },
]);
