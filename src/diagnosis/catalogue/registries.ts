import { askRegistry, asksRegistry, namesPackages } from './asking-registries.ts';
import { byTool } from './by-tool.ts';
import { asRoot } from './command-lines.ts';
import { openManifest } from './common-fixes.ts';
import { category, manual, says, shell, variant } from './record.ts';

/** Versions and contents of packages. */
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
    slug: 'integrity-mismatch',
    title: 'A checksum does not fit',
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
    cause: 'The download was cut short, or the file is another one than the sum was made for.',
    fixes: [
      manual(
        'fetch-again',
        'Fetch the file again',
        'from where it comes from; and compare its size with the one there',
      ),
    ],
    variants: [
      variant(
        new RegExp(
          `${namesPackages.source}|\\b(?:EINTEGRITY|HASHES|IntegrityCheckFailed|SHA256 mismatch|hash mismatch|known hashes|expected hash|unexpected checksum|sources of the following)\\b|\\bverifying \\S{1,200}@|\\bchecksum for \`|\\bChecksum was\\b`,
          'i',
        ),
        {
          title: 'The checksum of a package does not fit',
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
          documentation: 'https://docs.npmjs.com/cli/commands/npm-cache',
        },
        { command: asksRegistry, unless: /^(?:\w{1,10}sum|shasum): |: FAILED$/ },
      ),
    ],
    docs: 'https://manpages.debian.org/stable/coreutils/sha256sum.1.en.html',
  },
]);
