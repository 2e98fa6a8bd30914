import { asRoot } from './command-lines.ts';
import { buildTools } from './common-fixes.ts';
import { category, editor, says, shell } from './record.ts';

/** Packages of the system, and the languages of other ecosystems. */
export const systemPackagePatterns = category('package-manager', [
  {
    slug: 'apt-lock-held',
    title: 'Another apt is at work',
    severity: 'low',
    priority: 8,
    signals: [
      says(
        /\bCould not get lock \/var\/(?:lib|cache)\/(?:dpkg|apt)\b|\bUnable to (?:acquire the dpkg frontend lock|lock (?:the administration directory|directory \/var\/lib\/apt))/,
      ),
      says(
        /\bdpkg(?: frontend)? (?:lock|status database) (?:is locked|was locked) by another process\b|\bUnable to lock database: (?:temporarily unavailable|Resource temporarily|Permission)|\bcould not lock database: File exists\b|\bWaiting for (?:cache lock|process with pid \d)|\bAnother app is currently holding the yum lock\b|\(unable to lock database\)|\bSystem management is locked by the application\b|\bzypp\b.{0,60}\blocked by\b/,
      ),
    ],
    exitCodes: [100],
    cause: 'Two installations run at the same time, for example one of the start script and one of an agent.',
    fixes: [
      shell(
        'wait-for-lock',
        'Wait for it',
        'safe',
        'while fuser /var/lib/dpkg/lock-frontend >/dev/null 2>&1; do sleep 2; done; {command}',
        'exit code 0',
      ),
    ],
    docs: 'https://manpages.debian.org/stable/apt/apt-get.8.en.html',
  },
  {
    slug: 'apt-package-not-found',
    title: 'apt does not know the package',
    severity: 'low',
    signals: [
      says(
        /\bE: Unable to locate package (?<package>\S{1,80})|\bPackage '?(?<name>\S{1,80}?)'? has no installation candidate\b|\bE: Couldn't find any package by\b/,
      ),
      says(
        /\berror: target not found: (?<package>\S{1,80})|\bNo match for argument: (?<dnf>\S{1,80})|\bUnable to find a match: (?<yum>\S{1,80})|^\s{0,4}(?<apk>\S{1,80}) \(no such package\):/,
      ),
      says(
        /\bin selection path '(?<package>[^']{1,120})' not found\b|\bPackage '(?<zypper>[\w.+-]{1,80})' not found\.$/,
      ),
      says(
        /^(?:Error|error): {1,3}Unable to locate package (?<package>\S{1,80})|\bNo provider of '(?<zypper>[^']{1,80})' found\b|\bFailed to fetch .{1,300} {1,3}404 {1,3}Not Found\b|\bmaybe run apt-get update\b/,
      ),
    ],
    exitCodes: [100],
    cause: 'The image has no package lists, or the package has another name here.',
    fixes: [
      shell(
        'update-lists',
        'Fetch the package lists and run it again',
        'confirm',
        `${asRoot} apt-get update && {command}`,
        'exit code 0',
      ),
    ],
    docs: 'https://manpages.debian.org/stable/apt/apt-get.8.en.html',
  },
  {
    slug: 'ruby-version-mismatch',
    title: 'The project wants another version of Ruby',
    severity: 'low',
    priority: 7,
    signals: [
      says(
        /\bYour Ruby version is .{1,40}, but your Gemfile specified\b|\brequires (?:ruby|Ruby) version\b|\brbenv: version [`'].{1,30}' is not installed\b/,
      ),
      says(/^Required ruby-\d[\w.-]{1,20} is not installed\b/),
    ],
    cause: 'The image has another version of Ruby.',
    fixes: [shell('install-ruby', 'Install the version of the project', 'confirm', 'rbenv install', 'ruby -v')],
    docs: 'https://bundler.io/guides/gemfile_ruby.html',
  },
  {
    slug: 'rust-version-mismatch',
    title: 'A crate needs a newer Rust',
    severity: 'low',
    priority: 7,
    signals: [
      says(
        /\brustc [\d.]{1,12}\S{0,20} is not supported by the following packages?\b|\brequires rustc \d|\bfeature `edition\d{4}` is required\b|\bpackage .{1,200} cannot be built because it requires rustc\b|\bis supported by (?:Rust|rustc) \d.{0,40}or newer\b|\block file version \d{1,2} .{0,40}(?:requires|was found)/,
      ),
      says(/\berror\[E0658\]|\btoolchain '[\w.-]{1,80}' is not installed\b/),
    ],
    cause: 'The image has an older Rust than the crate asks for.',
    fixes: [shell('update-rust', 'Update Rust', 'confirm', 'rustup update stable', 'rustc -V')],
    docs: 'https://doc.rust-lang.org/cargo/reference/rust-version.html',
  },
  {
    slug: 'go-version-mismatch',
    title: 'The module needs a newer Go',
    severity: 'low',
    priority: 7,
    signals: [
      says(
        /\brequires go ?>= ?\d|\bnote: module requires Go \d|\bgo\.mod requires go\b|\bmodule .{1,200} requires go\b|\binvalid go version '|\bgo: toolchain not available\b|\bdownload go\d[\d.]{0,10} for .{0,60}toolchain not available\b|\bunknown directive: toolchain\b/i,
      ),
      says(
        /\bpackage (?:iter|slices|maps|cmp|log\/slog|unique|math\/rand\/v2|weak|testing\/synctest) is not in (?:GOROOT|std)\b/,
      ),
      says(/\bGo language version \(go[\d.]{1,10}\) used to build\b/),
    ],
    cause: 'The image has an older Go than the module asks for.',
    fixes: [
      shell('show-go-versions', 'Show both versions', 'safe', 'go version; grep -E "^(go|toolchain) " go.mod'),
      editor('newer-go-image', 'Use an image with a newer Go', 'safe', 'FROM in the Dockerfile', 'go version'),
    ],
    docs: 'https://go.dev/doc/toolchain',
  },
  {
    slug: 'native-build-failed',
    title: 'A package could not be built from source',
    severity: 'medium',
    priority: 4,
    signals: [
      says(/\bgyp ERR! (?:build error|configure error|find Python|stack Error|not ok)\b/),
      says(/\bsubprocess-exited-with-error\b|\bFailed (?:building|to build) (?:wheel|'|installable wheels|`)/, 3),
      says(
        /\bERROR: Failed to build gem native extension\b|\bAn error occurred while installing \w{1,80} \(|\berror: failed to run custom build command for\b|\bERROR: compilation failed for package\b|\bThe build backend returned an error\b|\bmetadata-generation-failed\b|\bBuild backend raised error\b/,
      ),
      says(/\bcould not compile [`'](?:openssl|ring|\w{1,40})-sys\b/, 3),
      says(
        /\bcould not compile dependency :\w|\bBuild error: Failed compiling object\b|^ERROR: [`'](?:make|phpize|\S{1,60}configure\S{0,40})' failed|\bCould not create Makefile due to\b|\bnode-pre-gyp ERR! (?:build|install) error\b/,
      ),
      says(
        /\bCould not build wheels for\b|\bChefBuildError\b|\bBackend subprocess exited when trying to invoke\b|\bBailing out the installation for\b|\bThe compilation of \S{1,80} failed at\b/,
      ),
    ],
    cause: 'A slim image has no compiler, Python or headers to build it with.',
    fixes: [
      shell(
        'install-toolchain',
        'Install compiler and headers',
        'confirm',
        buildTools.how,
        'the build ends with exit code 0',
      ),
      shell(
        'prefer-binary',
        'Prefer packages that are built already',
        'confirm',
        'env PIP_PREFER_BINARY=1 {command}',
        'exit code 0',
      ),
      editor(
        'keep-prefer-binary',
        'Prefer built packages in requirements.txt',
        'safe',
        '--prefer-binary in requirements.txt',
        'the installation ends with exit code 0',
      ),
    ],
    docs: 'https://github.com/nodejs/node-gyp#installation',
  },
]);
