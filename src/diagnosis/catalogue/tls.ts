import { asRoot } from './command-lines.ts';
import { restartSandbox } from './common-fixes.ts';
import { category, editor, manual, says, saysAtZero, shell } from './record.ts';

const compareClocks = shell(
  'compare-clocks',
  'Compare the clock with the network',
  'safe',
  'date -u; curl -sI http://example.com | grep -i ^date',
);

/** Certificates, and the clock that decides about them. */
export const tlsPatterns = category('tls', [
  {
    slug: 'tls-untrusted-ca',
    title: 'A certificate is not trusted here',
    severity: 'high',
    priority: 6,
    signals: [
      says(
        /\b(?:SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT(?:_LOCALLY)?)\b/,
      ),
      says(
        /\bCERTIFICATE_VERIFY_FAILED\b|\bcertificate (?:verify|verification) (?:failed|error)\b|\bcertificate validation (?:failed|error)\b/i,
        3,
      ),
      says(
        /\binvalid peer certificate: UnknownIssuer\b|\bUnknownIssuer\b|\bUnknownCA\b|\bUnknown CA\b|\bunknown_ca\b|\balert unknown ca\b/,
      ),
      says(/\bself[- ]signed certificate\b/i, 3),
      says(/\bserver certificate verification failed\b/),
      says(
        /\bPKIX path (?:building|validation) failed\b|\bunable to find valid certification path\b|\bSunCertPathBuilderException\b/,
      ),
      says(
        /\bx509: certificate signed by unknown authority\b|\bcertificate signed by unknown authority\b|\bx509: .{0,60}\bunknown authority\b/,
      ),
      says(/\bcurl: \((?:60|77)\)/, 3),
      says(/\bunable to get (?:local )?issuer certificate\b|\bunable to verify the first certificate\b/, 3),
      says(/\bThe certificate of .{1,255} (?:is not trusted|doesn't have a known issuer|hasn't got a known issuer)/),
      says(/\bSSL peer certificate or SSH remote key was not OK\b/, 3),
      says(
        /\b(?:ERR_CERT_AUTHORITY_INVALID|SEC_ERROR_UNKNOWN_ISSUER|SELF_SIGNED|UntrustedRoot|PartialChain|CERT_TRUST)\b/,
      ),
      says(
        /\b(?:cannot|can't|could not|failed to) (?:verify|validate) .{1,120}certificate\b|\bcertificate (?:is )?(?:not|un)[ -]?trusted\b|\bcertificate issuer (?:is )?unknown\b|\buntrusted (?:CA|root|certificate|issuer)\b/i,
        3,
      ),
      says(
        /\bRemote certificate is invalid\b|\bThe remote certificate is invalid\b|\bThe SSL connection could not be established\b/i,
        3,
      ),
      says(
        /\bcertificate verification issue\b|\bSSL certificate problem\b|\bCondaSSLError\b|\bSEC_E_UNTRUSTED_ROOT\b|\bCERT_E_UNTRUSTEDROOT\b/,
        3,
      ),
    ],
    exitCodes: [60],
    vetoes: [
      /\bhas expired\b|\bCERT_HAS_EXPIRED\b|\bcertificate: Expired\b|\bcertificate expired\b/i,
      /\bnot (?:yet )?valid yet\b|\bnot yet valid\b/i,
      /\bdoes(?:n't| not) match\b|\bALTNAME_INVALID\b|\bHostname mismatch\b|\bNameMismatch\b/i,
      /\bgenerated a self-signed\b/,
    ],
    cause:
      'The egress proxy signs with a certificate of its own; it is in the store of the system, but each tool has its own store.',
    fixes: [
      shell(
        'trust-sandbox-ca',
        'Run again with the certificates of the system',
        'safe',
        'env NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt REQUESTS_CA_BUNDLE=/etc/ssl/certs/ca-certificates.crt GIT_SSL_CAINFO=/etc/ssl/certs/ca-certificates.crt CARGO_HTTP_CAINFO=/etc/ssl/certs/ca-certificates.crt {command}',
        'exit code 0',
      ),
      shell(
        'show-issuer',
        'Show who signed it[: {host}]',
        'safe',
        'openssl s_client -connect {host}:443 -servername {host} </dev/null 2>/dev/null | openssl x509 -noout -issuer -dates',
      ),
      // Which certificate deserves trust, no error text and no file of a project may say.
      manual(
        'install-ca',
        'Install the certificate of your network into the system',
        'its file in /usr/local/share/ca-certificates, then update-ca-certificates',
      ),
    ],
    docs: 'https://nodejs.org/api/cli.html#node_extra_ca_certsfile',
  },
  {
    slug: 'tls-cert-expired',
    title: 'A certificate has expired, or the clock is ahead',
    severity: 'medium',
    priority: 7,
    signals: [
      says(
        /\bcertificate has expired\b|\bCERT_HAS_EXPIRED\b|\bcertificate (?:is )?expired\b|\bexpired certificate\b|\bcertificate: Expired\b|\bCertificateExpiredException\b|\bcert(?:ificate)?_expired\b/i,
      ),
      says(
        /\b(?:ERR_CERT_DATE_INVALID|SEC_ERROR_EXPIRED_CERTIFICATE|NotTimeValid)\b|\bcertificate .{0,40}\bis after \d{4}-/,
      ),
      says(/\b(?:NotAfter|validity check failed|expired on)\b/, 3, { near: /certif|SSL|TLS|PKIX/i }),
    ],
    vetoes: [/\bcurrent time \S{1,40} is before\b/],
    cause: 'The certificate of the server is too old, or the clock of the sandbox runs ahead.',
    fixes: [compareClocks],
    docs: 'https://docs.openssl.org/master/man1/openssl-verification-options/',
  },
  {
    slug: 'tls-hostname-mismatch',
    title: 'The certificate is for another host',
    severity: 'low',
    priority: 7,
    signals: [
      says(
        /\bERR_TLS_CERT_ALTNAME_INVALID\b|\bERR_CERT_COMMON_NAME_INVALID\b|\bSSL_ERROR_BAD_CERT_DOMAIN\b|\bNotValidForName\b|\bRemoteCertificateNameMismatch\b/,
      ),
      says(/\bdoes(?:n't| not) match (?:certificate|target host|requested host|the hostname|'?\S{1,255}'?$)/i, 3, {
        near: /certif|altname|SSL|TLS/i,
      }),
      says(
        /\b[Hh]ostname mismatch\b|\bcertificate is (?:not valid for|valid for \S{1,255}, not)|\bx509: certificate is valid for\b|\bNo (?:subject alternative|name matching)\b|\bno (?:alternative certificate subject|certificate subject alternative) name matches\b|\bcertificate subject name\b.{0,120}\bdoes not match\b/,
      ),
      says(
        /\b(?:does not|doesn't) match (?:any of the subject alternative names|the server certificate)\b|\bhostname_check_failed\b|\bcertificate relies on legacy Common Name\b|\bx509: cannot validate certificate for\b|\bIP address mismatch\b/,
      ),
    ],
    cause: 'The host is reached under another name than the one in its certificate.',
    fixes: [
      editor(
        'use-certificate-name',
        'Use the name in the certificate',
        'safe',
        'the setting that holds the address',
        'the address answers',
      ),
    ],
    docs: 'https://nodejs.org/api/tls.html#tlscheckserveridentityhostname-cert',
  },
  {
    slug: 'http-on-https-port',
    title: 'The server speaks http, not https',
    severity: 'low',
    priority: 7,
    signals: [
      says(/\bwrong version number\b|\bWRONG_VERSION_NUMBER\b|\bpacket length too long\b/),
      says(
        /\bfirst record does not look like a TLS handshake\b|\bserver gave HTTP response to HTTPS client\b|\bUnsupported or unrecognized SSL message\b/,
      ),
      says(
        /\bInvalidContentType\b|\bCannot determine the frame size or a corrupted frame was received\b|\bSSL_ERROR_RX_RECORD_TOO_LONG\b|\bERR_SSL_PROTOCOL_ERROR\b/,
      ),
      says(
        /\bAn unexpected TLS packet was received\b|\bplain HTTP request was sent to HTTPS port\b|\bClient sent an HTTP request to an HTTPS server\b|\bnot an SSL\/TLS record\b/,
      ),
    ],
    cause: 'An https address leads to a plain http port, or a proxy answered in plain text.',
    fixes: [editor('use-http', 'Use http://', 'safe', 'the setting that holds the address', 'the address answers')],
    docs: 'https://docs.openssl.org/master/man7/ossl-guide-tls-introduction/',
  },
]);

/** The clock of the sandbox. */
export const clockPatterns = category('clock', [
  {
    slug: 'clock-skew',
    title: 'The clock of the sandbox is wrong',
    severity: 'high',
    priority: 8,
    signals: [
      says(
        /\bcertificate is not (?:yet valid|valid yet)\b|\bCERT_NOT_YET_VALID\b|\bNotYetValid\b|(?<!expired or )\bis not yet valid\b|\bcurrent time \S{1,40} is before\b|\bSEC_ERROR_.{0,20}NOT_YET_VALID\b|\bhas not yet been activated\b/i,
      ),
      says(
        /\bRequestTimeTooSkewed\b|\bRequestExpired\b|\bSignature (?:has )?expired\b|\bSignature not yet current\b|\bInvalidSignatureException\b.{0,60}\btime\b/,
      ),
      says(
        /\bImmatureSignatureError\b|\b[Tt]oken used (?:before issued|too early)\b|\btoken is not (?:yet valid|valid yet)\b|\b(?:nbf|iat)\b.{0,40}\b(?:future|not yet)/,
      ),
      saysAtZero(
        /\bClock skew detected\b|\bmodification time [\d.]{1,20} s in the future\b|\btime stamp .{1,60} is [\d.]{1,20} s in the future\b/i,
      ),
      saysAtZero(/^(?:E|W): .{0,300}\bis not valid yet \(invalid for another/),
      says(/\bis not valid yet \(invalid for another\b/),
      says(
        /\btime (?:stamp|skew|difference)\b.{0,60}\b(?:too (?:large|skewed|great)|in the future)\b|\bClock skew too great\b|\btimestamp .{0,60}\bin the future\b|\bclock is (?:off|wrong|out of sync)\b/i,
        3,
      ),
      says(
        /\bCheck your iat and exp values\b|\bjwt not active\b|\bNotBeforeError\b|\bdifference between the request time and the current time\b/,
      ),
    ],
    cause: 'The clock stands still while the sandbox is paused, and nobody sets it after a resume.',
    fixes: [
      compareClocks,
      shell(
        'set-clock',
        'Set the clock from the network',
        'confirm',
        // An empty time would be midnight.
        `d=$(curl -sI http://example.com | sed -n "s/^[Dd]ate: //p" | tr -d "\\r"); ${asRoot} date -u -s "${'$'}{d:?the network tells no time}"`,
        'both clocks differ by less than five seconds',
      ),
      restartSandbox,
    ],
    docs: 'https://man7.org/linux/man-pages/man1/date.1.html',
  },
]);
