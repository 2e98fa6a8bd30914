import { askRegistry, asksRegistry, namesPackages, ofClient } from './asking-registries.ts';
import type { PatternVariant } from './pattern.ts';
import { category, editor, manual, says, shell, variant } from './record.ts';

const showAnswer = shell('show-answer', 'Show the answer', 'safe', 'curl -sSL {url} | head -c 2000');
const showWhoAnswers = shell('show-who-answers', 'Show who answers', 'safe', 'curl -sI {url}');
const injectSecret = manual('inject-secret', 'Give the sandbox the token', 'environment or secrets of the sandbox');

/** Every server answers with these numbers; of a registry they speak where a package tool asked or the line says so. */
const ofRegistry = (alone: RegExp, instead: PatternVariant['instead']): PatternVariant =>
  variant(new RegExp(`${namesPackages.source}|${alone.source}`, 'i'), instead, {
    command: asksRegistry,
    unless: ofClient,
  });

/** What servers answer to who asks for something: registries, and all others. */
export const registryAnswerPatterns = category('package-manager', [
  {
    slug: 'package-not-found',
    title: 'It is not there (404)',
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
      'A wrong address, something that was moved or removed, or something private that shows itself to nobody else.',
    fixes: [
      showAnswer,
      editor('open-address', 'Open the place that names it', 'safe', 'the code or setting that holds the address'),
    ],
    variants: [
      ofRegistry(/^(?!.{0,2000}\b404\b)/, {
        title: 'The registry does not have it (404)',
        cause:
          'A typing error, a private package without a token, or a name that was made up. It is never installed by itself.',
        fixes: [
          shell('check-name', 'Check the name[: {package}]', 'safe', askRegistry('npm view {package}')),
          editor('open-import', 'Open the place that names it', 'safe', 'the import or the manifest', null),
        ],
        documentation: 'https://docs.npmjs.com/common-errors',
      }),
    ],
    docs: 'https://developer.mozilla.org/docs/Web/HTTP/Status/404',
  },
  {
    slug: 'registry-auth',
    title: 'Who asks is not known there (401)',
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
    cause: 'The password or token is not in the sandbox, is misspelt, or has expired.',
    fixes: [
      editor('open-credentials', 'Open the settings with the token', 'safe', '.env, the settings of the program'),
      injectSecret,
    ],
    variants: [
      ofRegistry(/\b(?:token not found|no token found|basic auth credentials|Invalid authentication \(as an)\b/, {
        title: 'The registry wants to know who asks (401)',
        cause: 'The token of the registry is not in the sandbox.',
        fixes: [
          editor(
            'open-registry-settings',
            'Open the registry settings',
            'safe',
            '~/.npmrc, pip.conf, ~/.m2/settings.xml',
            'npm whoami',
          ),
          injectSecret,
        ],
        documentation: 'https://docs.npmjs.com/cli/configuring-npm/npmrc#auth-related-configuration',
      }),
    ],
    docs: 'https://developer.mozilla.org/docs/Web/HTTP/Status/401',
  },
  {
    slug: 'registry-forbidden',
    title: 'It is forbidden there (403)',
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
    cause: 'The token has no right to it, or a policy of the server or of the egress proxy says no.',
    fixes: [showWhoAnswers, manual('ask-for-access', 'Ask for access', 'whoever runs the server')],
    variants: [
      ofRegistry(/^denied: requested access\b/, {
        title: 'The registry forbids it (403)',
        cause: 'A policy of the registry or of the egress proxy says no.',
        fixes: [showWhoAnswers, manual('ask-for-access', 'Ask for access', 'whoever runs the registry')],
      }),
    ],
    docs: 'https://developer.mozilla.org/docs/Web/HTTP/Status/403',
  },
]);
