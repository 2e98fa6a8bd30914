import { buildTools } from './common-fixes.ts';
import { category, says, shell } from './record.ts';

/** Building from source. */
export const buildPatterns = category('build', [
  {
    slug: 'missing-header',
    title: 'A header or library to build with is missing',
    severity: 'low',
    signals: [
      says(
        /\bfatal error: '?(?<path>\S{1,200}\.h(?:pp|xx|h)?)'?: No such file or directory\b|\bfatal error: '(?<header>\S{1,200})' file not found\b/,
      ),
      says(
        /\bcannot find -l(?<library>\S{1,80}?)(?:: |$| \()|\bunable to find (?:dynamic |static )?system library '(?<zig>[\w-]{1,80})'|\bMissing \(or bad\) C librar(?:y|ies): (?<cabal>[\w-]{1,80})|\bld: library '?(?<lib>[\w-]{1,80})'? not found\b|\bunable to find library -l(?<lld>\S{1,80})/,
      ),
      says(
        /\bPackage '?(?<package>[\w.+-]{1,80})'?,? (?:required by '.{1,80}', not found|was not found in the pkg-config search path)|\bNo package '(?<pc>[\w.+-]{1,80})' found\b|\bDependency lookup for \S{1,80} .{0,80}failed\b|\bThe system library `(?<sys>[\w.+-]{1,80})` required by crate\b/,
      ),
      says(/'(?<header>[^'\s]{1,200}\.h(?:pp)?)' file not found\b/),
      says(/\bld: library not found for -l(?<library>\S{1,80})/),
    ],
    vetoes: [/\bPackage requirements \(.{1,200}\) were not met\b/],
    cause: 'The -dev package of a library is not in the image.',
    fixes: [
      shell('find-dev-package', 'Find the package that has it[: {path}]', 'safe', 'apt-file search {path}'),
      shell(
        'find-library-package',
        'Find the package with its library[: {library}]',
        'safe',
        'apt-file search lib{library}.so',
      ),
      shell('search-dev-package', 'Look for its package[: {package}]', 'safe', 'apt-cache search {package}'),
      { ...buildTools, id: 'install-build-tools' },
    ],
    docs: 'https://packages.debian.org/',
  },
  {
    slug: 'missing-build-dep',
    title: 'The build configuration misses a dependency',
    severity: 'low',
    priority: 5,
    signals: [
      says(/\bCould NOT find (?<package>\w{1,80})/),
      says(/\bCould not find a package configuration file provided by "(?<package>[^"]{1,80})"/),
      says(/\bconfigure: error: .{0,120}(?:not found|required|missing|is needed)/),
      says(
        /\bmeson\.build:\d{1,6}:\d{1,6}: ERROR: Dependency\b(?: (?:lookup for )?["']?(?<package>[\w.+-]{1,80}))?|\bUnmet build dependencies\b/,
      ),
      says(
        /\bCould not find directory of OpenSSL installation\b|\bPackage requirements \(.{1,200}\) were not met\b|\bCould not find `(?<package>\w{1,40})` installation\b|\bUnable to find libclang\b|\bnot found in the pkg-config database\b/,
      ),
      says(
        /\bpg_config executable not found\b|\bpkg-config command could not be found\b|\bBy not providing "Find(?<package>[\w-]{1,80})\.cmake"|\bmysql_config not found\b/,
      ),
    ],
    cause: 'The -dev package of a library is not in the image.',
    fixes: [
      shell(
        'search-dev-package',
        'Look for its package[: {package}]',
        'safe',
        'apt-cache search {package} | grep -- -dev',
      ),
      buildTools,
    ],
    docs: 'https://cmake.org/cmake/help/latest/command/find_package.html',
  },
  {
    slug: 'make-no-target',
    title: 'make does not know this target',
    severity: 'low',
    priority: 5,
    signals: [
      says(
        /\bNo rule to make target ['`‘]?(?<name>[^'’ ]{1,120})|\*\*\* No targets\b|\bKeine Regel, um\b|\bPas de règle pour fabriquer\b|\bninja: error: unknown target\b|\bTask '(?<task>[^']{1,80})' not found in\b|\bjust: error: .{0,40}does not contain recipe\b|\bDon't know how to build task '(?<rake>[^']{1,80})'|\bThe task "(?<mix>[^"]{1,80})" could not be found\b|\bno such target '(?<bazel>[^']{1,120})'|\bJustfile does not contain recipe\b|\btask: Task "(?<taskfile>[^"]{1,80})" does not exist\b/,
      ),
      says(
        /\bno such package '(?<bazel>[^']{1,120})'|\bno step named '(?<zig>[^']{1,80})'|\bUnknown target specified: "?(?<mage>[\w:-]{1,80})|\bTarget "(?<ant>[^"]{1,80})" does not exist in the project\b|\bUnknown lifecycle phase "(?<maven>[^"]{1,80})"|\bNot a valid (?:command|key|project ID): (?<sbt>\S{1,80})|\bTask never defined: (?<gulp>\S{1,80})/,
      ),
      says(
        /\bNo idea what '(?<invoke>[^']{1,80})' is!|^Sessions not found: (?<nox>\S{1,80})|\bTask "(?<cargo>[\w:-]{1,80})" not found\b|\btarget \+(?<earthly>[\w-]{1,80}) not found\b|^Unrecognized command "(?<rails>[^"]{1,80})"|^Unknown command: '(?<django>[^']{1,80})'/,
      ),
    ],
    cause: 'A typing error, or it is run in another folder.',
    fixes: [
      shell(
        'show-targets',
        'Show the targets there are',
        'safe',
        "make -qp 2>/dev/null | grep -E '^[A-Za-z0-9_-]+:' | sort -u",
      ),
    ],
    docs: 'https://www.gnu.org/software/make/manual/make.html#Error-Messages',
  },
]);
