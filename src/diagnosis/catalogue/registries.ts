import { byTool, type ToolCommands } from './by-tool.ts';
import { asRoot } from './command-lines.ts';
import { openManifest } from './common-fixes.ts';
import { category, editor, manual, says, shell } from './record.ts';

/** Asks the registry of a tool for a package. @param npm how npm is asked; all others answer with the versions anyway. */
const askRegistry = (npm: string): ToolCommands => {
  const pip = 'pip index versions {package}';
  return byTool(
    [
      [['npm', 'pnpm', 'yarn', 'bun', 'node'], 'package.json', npm],
      [['cargo'], 'Cargo.toml', 'cargo info {package}'],
      [['bundler', 'gem'], 'Gemfile', 'gem list --remote --all --exact {package}'],
      [['composer'], 'composer.json', 'composer show --all {package}'],
      [['go'], 'go.mod', 'go list -m -versions {package}'],
      [['apt'], null, 'apt-cache policy {package}'],
      [['mix'], 'mix.exs', 'mix hex.info {package}'],
      [['pub'], 'pubspec.yaml', 'dart pub add --dry-run {package}'],
      [['pip', 'uv', 'poetry', 'pipenv', 'pdm', 'python'], null, pip],
    ],
    pip,
  );
};

/** What registries answer. */
export const registryPatterns = category('package-manager', [
  {
    slug: 'version-not-found',
    title: 'This version of the package does not exist',
    severity: 'low',
    priority: 7,
    signals: [
      says(/\bNo matching version found for (?<package>\S{1,120}?)\.?(?: while fetching it\b|$)/),
      says(/\bcode ETARGET\b|\bERR_PNPM_NO_MATCHING_VERSION\b|\bCouldn't find any versions for "(?<yarn>[^"]{1,120})"/),
      says(
        /\bfailed to select a version for the requirement [`'](?<package>[\w-]{1,80})|\bunknown revision (?!or path)\S{1,80}|\binvalid version: unknown revision\b|\bno versions of \S{1,80} match\b|\bNo candidates found\b|\bcandidate versions found which didn't match\b/,
      ),
      says(
        /\bNU1102\b|\bno versions found for \S{1,80}|\bVersion '[^']{1,60}' not found - try\b|\bno chart version found for\b|\bno available releases match the given (?:version )?constraints\b|\bNo version matching "[^"]{1,80}" found for specifier\b|\bversion \S{1,40} (?:is )?not available for \w|\bThe package doesn't have version\b|\bdoes not have a version matching\b/,
      ),
      says(/\bCould not find a valid gem '(?<package>[\w.-]{1,80})' \((?!>= 0\))/),
      says(
        /\bcould not find (?:a )?version \S{1,40} of\b|\bYN0082\b|\bYN0035\b.{0,120}\bNo candidates\b|\bno version matching "(?<bun>[^"]{1,80})"/i,
      ),
      says(
        /\bCould not find gem '(?<package>[\w.-]{1,80}) \((?!>= 0\))[^)]{1,60}\)' in (?:rubygems repository|any of|locally)/,
      ),
      says(
        /\bbut it does not match the constraint\b|\bthere (?:is|are) no versions? of (?<package>[\w.-]{1,80})|\bNo matching version for (?<mix>\S{1,80})|\bVersion '[^']{1,80}' for '(?<apt>[^']{1,80})' was not found\b|\binvalid version: should be\b|\bno matching versions for query\b|^\s{0,4}Package (?<poetry>[\w.-]{1,80}) \([^)]{1,60}\) not found\.$/,
      ),
      says(
        /\bnonexistent rust version\b|\bdefinition not found: \d|\bwhich doesn't match any versions\b|\bcould not find `(?<package>\S{1,80})` in registry `\S{1,60}` with version\b|\bCould not find (?:npm|jsr) package '\S{1,80}' matching\b|\bCould not find version of \S{1,120} that matches\b/,
      ),
      says(
        /\bYou must install or update \.NET to run this application\b|\bcompatible \.NET SDK was not found\b|\bRequested SDK version: \d/,
      ),
    ],
    cause: 'A typing error, a version that was taken back, or a mirror that lags behind.',
    fixes: [
      shell(
        'show-versions',
        'Show the versions there are[ of {package}]',
        'safe',
        askRegistry('npm view {package} versions --json | tail'),
      ),
      openManifest,
    ],
    docs: 'https://docs.npmjs.com/cli/commands/npm-view',
  },
  {
    slug: 'package-not-found',
    title: 'The registry does not have it (404)',
    severity: 'medium',
    priority: 5,
    signals: [
      says(
        /'(?<package>(?:@[\w.-]{1,60}\/)?[\w.-]{1,100})@[^']{0,60}' (?:is not in (?:this|the npm) registry|could not be found or you do not have permission)\b/,
      ),
      says(/^(?<package>(?:@[\w.-]{1,60}\/)?[\w.-]{1,100}) is not in the npm registry\b/),
      says(/\bno matching package named `(?<package>[\w-]{1,80})` found\b/, 3),
      says(/\bcode E404\b|\bERR_PNPM_FETCH_404\b|\berror: GET https?:\S{1,300} - 404\b/),
      says(
        /\b(?:returned error|ERROR|error|status(?: code)?|HTTP error|response status code|indicate success|Client Error)[:( ]{1,3}404\b/i,
        3,
      ),
      says(/\b404 (?:Not Found|Client Error)\b.{0,200}/i, 3),
      says(/\bCould not (?:resolve dependencies for project|find artifact \S{1,200})/, 3),
      says(
        /\bRequest failed "404 Not Found"|\bno matching package (?:named|found)\b|\bpackage .{1,120} not found in (?:the )?(?:registry|package repositories)\b|\bNU1101\b|\bcould not be found in registry index\b|\bUnable to find package \S{1,120}|\bCould not find package \S{1,120} (?:at any version|in a version)|\bPackage "?\S{1,120}"? (?:was )?not found\b(?! in the pkg-config)/i,
        3,
      ),
      says(/\bCould not find a valid gem '(?<package>[\w.-]{1,80})' \(>= 0\)/, 3),
      says(
        /\bNo package (?:with name|named) (?<package>[\w.@/-]{1,80})|\bPackagesNotFoundError\b|\bNo available formula\b|\bThere is no package named\b|\bNo results matching query were found\b|\bchart "[^"]{1,80}" not found in\b|\bnpm package '[^']{1,80}' does not exist\b|\bcould not find package \S{1,80} at\b|\bpackage names could not be resolved\b|\bCould not find a matching version of package\b|\bCheck the package spelling\b|\bNo known package\b|\bCouldn't find module or a distribution\b|\bcannot find package on catalogs\b|\bpackages? ‘[^’]{1,80}’ (?:is|are) not available for\b|\bNo such package\b/,
        3,
      ),
      says(
        /\bThe requested package \S{1,120} (?:could not be found|does not exist)|\bnot found: .{0,40}(?:module lookup disabled|410 Gone|404 Not Found)/,
        3,
      ),
      says(
        /\bCouldn't find package "(?<package>[^"]{1,120})"|\bYN0035\b.{0,120}\bPackage not found\b|\bno versions available for the package '(?<nuget>[^']{1,120})'|\bUnable to find '(?<conan>[^']{1,80})' in remotes\b|\bwhile looking for (?<vcpkg>[\w-]{1,80}):|\bFailed to resolve the requested dependencies map\b/,
      ),
      says(
        /\b(?<package>[\w.-]{1,80}) was not found in the package registry\b|\bCould not find gem '(?<gem>[\w.-]{1,80})(?: \(>= 0\))?' in (?:rubygems repository|any of)/,
      ),
      says(
        /^(?:> )?Could not find (?<package>[\w.-]{1,80}:[\w.-]{1,80}):\S{1,40}\.$|\bUnable to find a specification for [`'](?<pod>[^`']{1,80})|\bNo releases available for package "(?<pecl>[^"]{1,120})"|\bsnap "(?<snap>[^"]{1,80})" not found\b|\bResolveException: Error downloading (?<sbt>\S{1,120})/,
      ),
    ],
    exitCodes: [22],
    vetoes: [
      /\bCONNECT tunnel\b/,
      /"(?:GET|POST|PUT|HEAD) \S{1,200} HTTP/,
      /\bhas versions:|\bNearest version\b/,
      // gem says below why it found nothing.
      /^\s{1,20}Unable to download data from http/,
    ],
    cause:
      'A typing error, a private package without a token, or a name that was made up. It is never installed by itself.',
    fixes: [
      shell('check-name', 'Check the name[: {package}]', 'safe', askRegistry('npm view {package}')),
      editor('open-import', 'Open the place that names it', 'safe', 'the import or the manifest', null),
    ],
    docs: 'https://docs.npmjs.com/common-errors',
  },
  {
    slug: 'registry-auth',
    title: 'The registry wants to know who asks (401)',
    severity: 'medium',
    priority: 7,
    signals: [
      says(/\bcode E401\b|\bERR_PNPM_FETCH_401\b|\bcode ENEEDAUTH\b|\bERR_PNPM_NO_AUTH\b/),
      says(
        /\b(?:returned error|ERROR|error|status(?: code)?|HTTP error|response status code|indicate success)[:( ]{1,3}401\b|\bUsername\/Password Authentication Failed\b|\b401 (?:Unauthorized|Client Error)\b/i,
        3,
      ),
      says(
        /\b(?:authentication (?:is )?(?:required|token not found)|no (?:auth|access) token|not logged in to (?:the )?registry|unauthorized: authentication required|missing credentials)\b/i,
        3,
      ),
      says(
        /\bInvalid authentication \(as an\b|\bYN0041\b|\bno token found, please run\b|\bno basic auth credentials\b|\bAuthentication is required for [\w.-]{1,200}\.$/,
      ),
      says(/\bgot 401$/, 3),
    ],
    vetoes: [/^fatal: /, /\bgit\b.{0,60}\bunable to access\b/],
    cause: 'The token of the registry is not in the sandbox.',
    fixes: [
      editor(
        'open-registry-settings',
        'Open the registry settings',
        'safe',
        '~/.npmrc, pip.conf, ~/.m2/settings.xml',
        'npm whoami',
      ),
      manual('inject-secret', 'Give the sandbox the token', 'environment or secrets of the sandbox'),
    ],
    docs: 'https://docs.npmjs.com/cli/configuring-npm/npmrc#auth-related-configuration',
  },
  {
    slug: 'registry-forbidden',
    title: 'The registry forbids it (403)',
    severity: 'medium',
    priority: 7,
    signals: [
      says(/\bcode E403\b|\bERR_PNPM_FETCH_403\b/),
      says(
        /\b(?:returned error|ERROR|error|status(?: code)?|HTTP error|response status code|indicate success)[:( ]{1,3}403\b|\b403 (?:Forbidden|Client Error)\b/i,
        3,
      ),
      says(/^denied: requested access to the resource is denied\b/, 3),
      says(/\bgot 403$/, 3),
    ],
    vetoes: [/\bCONNECT tunnel\b/, /\bTunnel connection failed\b/, /^fatal: /],
    cause: 'A policy of the registry or of the egress proxy says no.',
    fixes: [
      shell('show-who-answers', 'Show who answers', 'safe', 'curl -sI {url}'),
      manual('ask-for-access', 'Ask for access', 'whoever runs the registry'),
    ],
    docs: 'https://developer.mozilla.org/docs/Web/HTTP/Status/403',
  },
  {
    slug: 'integrity-mismatch',
    title: 'The checksum of a package does not fit',
    severity: 'medium',
    priority: 8,
    signals: [
      says(/\bEINTEGRITY\b|\bTHESE PACKAGES DO NOT MATCH THE HASHES\b|\bERR_PNPM_TARBALL_INTEGRITY\b|\bYN0018\b/),
      says(
        /\b(?:checksum|hash|sha(?:256|512|1)|digest|integrity)[\w -]{0,30}\b(?:mismatch|verification failed|check(?:ing)? failed|does not match|did not match|failed|incorrect|don't match)\b/i,
        3,
      ),
      says(
        /\bdoesn't match any of the checksums\b|\bIntegrityCheckFailed\b|\bBad checksum\b|\bchecksum (?:was|is) (?:wrong|invalid|bad)\b|\binvalid checksum\b/i,
      ),
      says(
        /\bverifying .{1,200}: checksum mismatch\b|\bSECURITY ERROR\b.{0,120}|\bHash Sum mismatch\b|\bgot unexpected checksum\b/,
      ),
      says(
        /\bchecksum for `[^`]{1,120}` (?:changed between|could not be calculated)\b|\bchecksum\b.{0,100}\b(?:does not|did not|doesn't|didn't) match\b/i,
      ),
      says(/\bnot found in known hashes\b|\bdoes not have the expected hash\b|\bChecksum was \S{1,128} but wanted\b/),
    ],
    // The file with the checksum could not be had at all.
    vetoes: [/\b(?:request|GET|fetch|download)\w{0,4} .{0,300}\bfailed, reason: /i],
    cause: 'A download was cut short and kept, or a mirror changes packages.',
    fixes: [
      shell(
        'verify-cache',
        'Clear the cache and install again, once',
        'confirm',
        byTool(
          [
            [['npm', 'node'], 'package.json', 'npm cache verify; npm ci'],
            [['pnpm'], null, 'pnpm store prune; {command}'],
            [['yarn'], null, 'yarn cache clean; {command}'],
            [['bun'], null, 'bun pm cache rm; {command}'],
            [['go'], 'go.mod', 'go clean -modcache; go mod download'],
            [['cargo'], 'Cargo.toml', 'cargo fetch'],
            [['uv'], 'uv.lock', 'uv cache clean; {command}'],
            [['poetry'], null, 'poetry cache clear --all --no-interaction PyPI; {command}'],
            [['composer'], 'composer.json', 'composer clear-cache; composer install'],
            [['apt'], null, `${asRoot} apt-get clean; ${asRoot} apt-get update; {command}`],
            [['pip', 'pipenv', 'python'], null, 'pip cache purge; {command}'],
          ],
          'pip cache purge; {command}',
        ),
        'exit code 0',
      ),
      shell(
        'clear-pip-cache',
        'Clear the cache of pip',
        'confirm',
        byTool([[['pip', 'pipenv', 'python'], null, 'pip cache purge']], 'pip cache purge'),
        'exit code 0',
      ),
    ],
    docs: 'https://docs.npmjs.com/cli/commands/npm-cache',
  },
]);
