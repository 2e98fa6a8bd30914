import { installsNode, installsPython } from './installing.ts';
import { category, editor, says, shell } from './record.ts';

const installNode = shell(
  'install-dependencies',
  'Install the dependencies of the project',
  'confirm',
  installsNode,
  'the module is found',
);

const openImport = editor(
  'open-import',
  'Open the import[ of {module}]',
  'safe',
  'the line that imports it',
  'it is found',
);

/** Modules and packages that a program looks for. */
export const modulePatterns = category('modules', [
  {
    slug: 'esm-cjs-mismatch',
    title: 'import and require are mixed up',
    severity: 'low',
    priority: 7,
    signals: [
      says(
        /\bERR_REQUIRE_ESM\b|\bCannot use import statement outside a module\b|\b(?:require|exports|module|__dirname|__filename) is not defined in ES module scope\b/,
      ),
      says(
        /\brequire\(\) of ES Module\b|\bUnexpected token '?export'?|\bERR_UNSUPPORTED_DIR_IMPORT\b|\bNamed export '\S{1,80}' not found\b|\bERR_REQUIRE_CYCLE_MODULE\b|\bMust use import to load ES Module\b/,
      ),
      says(/\bThe requested module '\S{1,200}' (?:does not provide an export named|is a CommonJS module)/),
      says(/\bERR_UNKNOWN_FILE_EXTENSION\b/),
    ],
    cause: 'The type field of package.json, the file ending and the version of Node do not agree.',
    fixes: [
      editor(
        'open-package-type',
        'Open the type field of package.json',
        'safe',
        '"type" in package.json',
        'the script starts',
      ),
    ],
    docs: 'https://nodejs.org/api/esm.html',
  },
  {
    slug: 'node-entry-missing',
    title: 'The built file is not there yet',
    severity: 'low',
    priority: 8,
    signals: [
      says(/\bCannot find module '(?<path>\/[^']{0,200}\/(?:dist|build|out|lib|\.next|bin|target)\/[^']{1,120})'$/),
      says(/\bCould not find a production build\b|\bdid you run `?(?:next|nuxt|vite|npm run) build\b/i),
    ],
    vetoes: [/^- \//, /\bnode_modules\/.{1,200}'$/, /\bfrom '/],
    cause: 'The project was not built in this sandbox.',
    fixes: [shell('build-first', 'Build the project', 'safe', 'npm run build', 'the file is there')],
    docs: 'https://nodejs.org/api/modules.html',
  },
  {
    slug: 'node-module-not-found',
    title: 'A Node module is missing',
    severity: 'medium',
    priority: 6,
    signals: [
      says(/\b(?:Error: )?Cannot find (?:module|package) '(?<module>[^']{1,200})'/),
      says(/\bMODULE_NOT_FOUND\b|\bERR_MODULE_NOT_FOUND\b|\bERR_PACKAGE_PATH_NOT_EXPORTED\b/, 3),
      says(
        /\bImport "(?<module>[^"]{1,200})" not a dependency\b|\b(?:Relative|Bare) import "?(?<bare>[^" ]{1,200})"? not (?:a dependency|prefixed)/,
      ),
      says(/\bCannot find module "(?<module>[^"]{1,200})"|\bModule not found "(?<missing>[^"]{1,200})"/),
      says(
        /\berror: (?:Could not resolve|Cannot resolve module|module not found)[: ]{1,2}"?(?<module>[^" ]{1,200})/,
        3,
      ),
      says(/\bError: Cannot find type definition file for\b/, 2),
      says(
        /\bCannot find package "(?<module>[^"]{1,200})"|\bCould not find a matching package for '(?<deno>[^']{1,200})'|\bESLint couldn't find the (?:plugin|config) "(?<eslint>[^"]{1,200})"|\b(?:Test environment|Preset|Module) (?<jest>[\w@./-]{1,120}) (?:cannot be found\.|not found\.$|in the \w{1,40} option was not found)/,
      ),
    ],
    vetoes: [/\boptional dependencies\b/, /\bTS2307\b/, /\bopenssl|NODE_MODULE_VERSION\b/],
    cause: 'node_modules is missing or old in a fresh sandbox, or a relative path is wrong.',
    fixes: [
      installNode,
      shell('show-declared', 'See whether the project declares it', 'safe', 'npm ls {module}'),
      openImport,
    ],
    docs: 'https://nodejs.org/api/errors.html#module_not_found',
  },
  {
    slug: 'bundler-unresolved-import',
    title: 'The bundler cannot find an import',
    severity: 'medium',
    priority: 7,
    signals: [
      says(
        /\b(?:Rollup|Rolldown) failed to resolve import(?: "(?<bare>[^"]{1,200})")?|^\[UNRESOLVED_IMPORT\]|\bFailed to resolve (?:import|entry for package) "(?<module>[^"]{1,200})"/,
      ),
      says(/\bModule not found: (?:Error: )?Can't resolve '(?<module>[^']{1,200})'/),
      says(/\bCould not resolve "(?<module>[^"]{1,200})"/),
      says(
        /\bCannot resolve (?:dependency|module|entry) '(?<module>[^']{1,200})'|\bUnable to resolve (?:module|path to module) ["'`]?(?<lost>[^"'` ]{1,200})|\bFailed to resolve '(?<parcel>[^']{1,200})' from\b/,
      ),
      says(/\bThe following dependencies are imported but could not be resolved\b/),
      says(
        /\b[Cc]ould not resolve: "(?<module>[^"]{1,200})"|\bCan't find stylesheet to import\b|^(?:Error: )?Can't resolve '(?<css>[^']{1,200})' in '|\bPackage path \S{1,120} is not exported from package\b/,
      ),
    ],
    cause: 'The package is not installed here, or a path alias is not set up.',
    fixes: [installNode, openImport],
    docs: 'https://webpack.js.org/configuration/resolve/',
  },
  {
    slug: 'ts-cannot-find-module',
    title: 'TypeScript cannot find a module',
    severity: 'low',
    priority: 7,
    signals: [
      says(/\berror TS(?:2307|7016|2688|2792)\b.{0,40}(?:'(?<module>[^']{1,200})')?/),
      says(/\bTS2307: Cannot find module '(?<module>[^']{1,200})'/),
      says(/\bTS2307 \[ERROR\]: Cannot find module '(?<module>[^']{1,200})'/),
    ],
    cause: 'The package or its types are not installed in this sandbox.',
    fixes: [installNode, openImport],
    docs: 'https://www.typescriptlang.org/docs/handbook/modules/reference.html',
  },
  {
    slug: 'python-module-not-found',
    title: 'A Python module is missing',
    severity: 'medium',
    priority: 6,
    signals: [
      says(/\bModuleNotFoundError: No module named '?(?<module>[\w.]{1,120})/),
      says(/\b(?:ImportError: )?No module named '?(?<module>[\w.]{1,120})'?(?:$|;)/, 3),
      says(/\bImportError: cannot import name '(?<name>\w{1,120})' from\b/, 3),
      says(
        /\bpkg_resources\.DistributionNotFound\b|\bPackageNotFoundError: No package metadata was found for (?<module>[\w.-]{1,120})/,
      ),
      says(
        /\bCouldn't import Django\b|\bMissing optional dependency '(?<module>[^']{1,80})'|^The module \S{1,80} was not found\.$|\bCould not import '(?<flask>[\w.]{1,80})'|\bCould not import module "(?<uvicorn>[\w.]{1,80})"|\brequires the (?<hub>[\w-]{1,60}) library but it was not found\b/,
      ),
    ],
    vetoes: [/\bencodings\b/],
    cause: 'The wrong interpreter or environment is used, or the requirements are not installed here.',
    fixes: [
      shell(
        'install-requirements',
        'Install the requirements',
        'confirm',
        installsPython,
        'the module can be imported',
      ),
      editor(
        'select-interpreter',
        "Use the project's environment",
        'safe',
        'Python: Select Interpreter, .venv',
        'the module can be imported',
      ),
      shell(
        'show-environment',
        'Show which Python it is',
        'safe',
        'which -a python3; python3 -c "import sys; print(sys.prefix)"; python3 -m pip list',
      ),
    ],
    docs: 'https://docs.python.org/3/library/exceptions.html#ModuleNotFoundError',
  },
  {
    slug: 'go-package-missing',
    title: 'A Go package is missing',
    severity: 'low',
    signals: [
      says(/\bno required module provides package (?<package>\S{1,200}?)[;:]/),
      says(/\bcannot find (?:module providing package |package ")(?<package>[\w./-]{1,200})/),
      says(/\bpackage (?<package>[\w./-]{1,200}) is not in (?:std|GOROOT)\b.{0,1}/, 3),
      says(/\bno Go files in\b|\bgo: cannot find module for path\b|\bgo: module .{1,200}: not found\b/, 3),
      says(/\bmissing go\.sum entry for module providing package (?<package>\S{1,200})|\binconsistent vendoring in\b/),
    ],
    cause: 'The module is not in go.mod, or the module cache of this sandbox is empty.',
    fixes: [shell('go-mod-tidy', 'Bring go.mod up to date', 'confirm', 'go mod tidy', 'go build')],
    docs: 'https://go.dev/ref/mod#go-mod-tidy',
  },
  {
    slug: 'rust-unresolved-import',
    title: 'A Rust crate is missing',
    severity: 'low',
    signals: [
      // What begins at the crate itself is a name of the program, and so is a type.
      says(/\berror\[E0463\]|\berror\[E0432\]: (?!unresolved imports? `(?:crate|self|super)::)/),
      says(
        /\b(?:unresolved import `(?!(?:crate|self|super)::)|use of unresolved module or unlinked crate `|use of undeclared crate or module `|can't find crate for `)(?<package>[\w:]{1,120})/,
      ),
    ],
    cause: 'The crate was not added to Cargo.toml.',
    fixes: [editor('open-cargo-toml', 'Open the dependencies in Cargo.toml', 'safe', 'Cargo.toml', 'cargo check')],
    docs: 'https://doc.rust-lang.org/error_codes/E0432.html',
  },
  {
    slug: 'java-class-not-found',
    title: 'A Java class or jar is missing',
    severity: 'low',
    signals: [
      says(/\bCould not find or load main class (?<module>\S{1,200})|\bUnable to access jarfile (?<path>\S{1,200})/),
      says(/\bClassNotFoundException\b|\bNoClassDefFoundError\b|\bno main manifest attribute\b/),
      says(/\bpackage [\w.]{1,200} does not exist\b|\bunresolved reference: \w/, 3),
      says(/\berror: cannot find symbol\b/, 3, { near: /\bsymbol: {1,4}class\b/ }),
      says(
        /\b[Uu]nresolved reference:? '?\w|\bobject \w{1,80} is not a member of package\b|\bCould not locate \S{1,120}__init\.class\b/,
        3,
      ),
    ],
    cause: 'The project was not built in this sandbox, or the class path lacks a jar.',
    fixes: [
      shell('build-java', 'Build the project', 'confirm', 'mvn -q package || ./gradlew build', 'the class is found'),
    ],
    docs: 'https://docs.oracle.com/en/java/javase/21/docs/specs/man/java.html',
  },
  {
    slug: 'ruby-load-error',
    title: 'A Ruby gem is missing',
    severity: 'low',
    priority: 7,
    signals: [
      says(/\bcannot load such file -- (?<module>\S{1,200})/),
      says(
        /\bCould not find (?:gem )?'?(?<package>[\w.-]{1,80})(?![\w.-])'?.{0,80}\bin (?:any of the sources|locally installed gems|cached gems)/,
      ),
      says(
        /\bGem::(?:MissingSpecError|LoadError|GemNotFoundException)\b|\bBundler::GemNotFound\b|\bcan't find gem (?<gem>\S{1,80})/,
      ),
    ],
    cause: 'The gems were not installed in this sandbox.',
    fixes: [shell('bundle-install', 'Install the gems', 'confirm', 'bundle install', 'the file can be required')],
    docs: 'https://bundler.io/man/bundle-install.1.html',
  },
  {
    slug: 'perl-module-not-found',
    title: 'A Perl module is missing',
    severity: 'low',
    priority: 7,
    signals: [
      says(
        /\bCan't locate (?<module>\S{1,120}\.pm) in @INC\b|\bCan't locate object method .{1,80}via package .{1,120}\(perhaps you forgot to load\b/,
      ),
    ],
    cause: 'The module is not installed in this sandbox.',
    fixes: [
      shell(
        'install-perl-dependencies',
        'Install what the project needs',
        'confirm',
        'cpanm --installdeps .',
        'the module is found',
      ),
    ],
    docs: 'https://perldoc.perl.org/perlmodinstall',
  },
  {
    slug: 'lua-module-not-found',
    title: 'A Lua module is missing',
    severity: 'low',
    signals: [says(/\bmodule '(?<module>[^']{1,120})' not found:$/)],
    cause: 'The module is not installed in this sandbox.',
    fixes: [shell('show-lua-path', 'Show where Lua looks', 'safe', "lua -e 'print(package.path)'")],
    docs: 'https://www.lua.org/manual/5.4/manual.html#6.3',
  },
]);
