import { asksRegistry, namesPackages, ofClient } from './asking-registries.ts';
import { allowHost } from './common-fixes.ts';
import { category, editor, manual, says, shell, variant } from './record.ts';

const withoutProxy = shell(
  'run-without-proxy',
  'Run it again without the proxy',
  'safe',
  'env -u http_proxy -u https_proxy -u HTTP_PROXY -u HTTPS_PROXY -u all_proxy -u ALL_PROXY {command}',
  'exit code 0',
);

const waitAndRetry = shell('wait-and-retry', 'Wait and run it again', 'safe', 'sleep 60; {command}', 'exit code 0');
const askWithToken = editor(
  'authenticate',
  'Ask with a token',
  'confirm',
  'the token setting of the tool',
  'exit code 0',
);
const retryWithPauses = shell(
  'retry-with-pauses',
  'Try again a few times',
  'safe',
  '{command} || { sleep 5; {command}; } || { sleep 10; {command}; }',
  'exit code 0',
);

/** Proxies, and what servers answer. */
export const httpPatterns = category('network', [
  {
    slug: 'proxy-unreachable',
    title: 'The configured proxy does not answer',
    severity: 'high',
    priority: 8,
    signals: [
      says(
        /\bCannot connect to proxy\b|\bProxyError\(|\bProxyConnectionError\b|\bERR_PROXY_CONNECTION_FAILED\b|\b[Cc]ould not resolve proxy\b|\bproxyconnect tcp\b/,
      ),
      says(/\bFailed to connect to \S{1,255} port (?:3128|8888|1080)\b/),
      says(/\bECONNREFUSED \S{1,255}:(?:3128|8888|1080)\b/),
      says(/\bECONNREFUSED \S{1,255}:8080\b/, 3, { near: /\bbehind a proxy\b|\bregistry\b|\bproxy\b/ }),
      says(
        /\b(?:proxy|tunnel(?:ing|ling)?)\b.{0,80}\b(?:refused|unreachable|could not be reached|timed out|connection failed)\b/i,
        3,
      ),
      says(/\bCould not connect to \S{1,100}:(?:3128|8888|1080)\b/),
    ],
    vetoes: [/\b407\b/, /\bresponse 403\b/],
    cause: 'The proxy of another network is still set in the environment or in a configuration file.',
    fixes: [
      withoutProxy,
      editor(
        'remove-proxy',
        'Remove it from the configuration',
        'confirm',
        '~/.npmrc, ~/.gitconfig, pip.conf',
        'the tool shows no proxy',
      ),
    ],
    docs: 'https://curl.se/docs/manpage.html#-x',
  },
  {
    slug: 'proxy-auth',
    title: 'The proxy wants to know who asks (407)',
    severity: 'medium',
    priority: 9,
    signals: [
      says(
        /\bresponse 407\b|\b407 (?:Proxy Authentication|authenticationrequired)|\bcode E407\b|\b[Pp]roxy [Aa]uthentication [Rr]equired\b|\b(?:status|error|code|indicate success)[: ]{1,3}407\b/,
      ),
      says(/\bproxy\b.{0,160}\bstatus code '?407\b/),
    ],
    cause: 'The password of the egress proxy is missing or has expired.',
    fixes: [
      manual('renew-proxy-password', 'Renew the password of the proxy', 'whoever runs the platform'),
      withoutProxy,
    ],
    docs: 'https://developer.mozilla.org/docs/Web/HTTP/Status/407',
  },
  {
    slug: 'egress-denied',
    title: 'The egress policy does not allow this host',
    severity: 'high',
    priority: 9,
    signals: [
      says(/\bCONNECT tunnel failed, response 403\b|\bReceived HTTP code 403 from proxy after CONNECT\b/),
      says(
        /\b(?:egress|outbound|network policy|allow-?list|firewall)\b.{0,80}\b(?:denied|blocked|forbidden|not allowed|rejected)\b/i,
        3,
      ),
      says(
        /\bTunnel connection failed: 403\b|\btunneling socket could not be established, statusCode=403\b|\bhost_not_allowed\b|\bproxy responded with 403\b/i,
      ),
      says(
        /\bproxy\b.{0,160}\bstatus code '?403\b|\bnot (?:in|on) (?:the )?(?:egress |domain |network )?(?:allow-?list|whitelist)\b|\b(?:Get|Head|Post) "https:\/\/\S{1,300}": Forbidden$|\bblocked by (?:the )?(?:egress|network|sandbox|outbound) (?:policy|rule|proxy)\b/i,
      ),
    ],
    cause: 'The sandbox may only reach the hosts on a list.',
    fixes: [
      allowHost,
      editor(
        'use-mirror',
        'Use the mirror inside',
        'safe',
        'the registry setting of the tool',
        'the installation ends with exit code 0',
      ),
    ],
    docs: 'https://developer.mozilla.org/docs/Web/HTTP/Methods/CONNECT',
  },
  {
    slug: 'rate-limited',
    title: 'Asked too often (429)',
    severity: 'medium',
    priority: 8,
    signals: [
      says(
        /\bcode E429\b|\bClientResponseError: 429\b|\b429 (?:Too Many Requests|Client Error)|\breturned error: 429\b|\bERROR 429\b|\b(?:status(?: code)?|HTTP(?:\/\d(?:\.\d)?)?(?: error)?|error|code|response|indicate success)[ :=(]{1,3}429\b/i,
      ),
      says(
        /\b(?:API )?rate limit(?:ed|ing)? (?:exceeded|reached)|\bsecondary rate limit\b|\bToo Many Requests\b|\bThrottlingException\b/i,
        3,
      ),
      says(
        /\(SlowDown\)|\bSlowDown:|\bPlease reduce your request rate\b|\btoo many (?:certificates|requests)\b|\bRate exceeded\b|\bRequestLimitExceeded\b|\bTooManyRequestsException\b|\bHTTP 429\b/,
        3,
      ),
    ],
    vetoes: [/\btoomanyrequests\b/, /\brate_limit_error\b|\boverloaded_error\b/, /\bpull rate limit\b/],
    cause: 'All sandboxes of a fleet ask from the same address.',
    fixes: [waitAndRetry, askWithToken],
    variants: [
      variant(
        namesPackages,
        {
          fixes: [
            waitAndRetry,
            askWithToken,
            editor('use-mirror', 'Use a mirror', 'safe', 'the registry setting of the tool', 'exit code 0'),
          ],
        },
        { command: asksRegistry, unless: ofClient },
      ),
    ],
    docs: 'https://developer.mozilla.org/docs/Web/HTTP/Status/429',
  },
  {
    slug: 'upstream-5xx',
    title: 'The server there is in trouble (5xx)',
    severity: 'medium',
    priority: 6,
    signals: [
      says(/\bcode E5\d\d\b|\bClientResponseError: 5\d\d\b/),
      says(
        /\b(?:returned error|ERROR|HTTP error|HTTP status(?: server error)?|status(?: code)?|response|error|fetch failed|server returned|indicate success)[: (=]{1,3}(?:HTTP )?5\d\d\b/i,
      ),
      says(
        /\b50[0-4] (?:Bad Gateway|Service (?:Temporarily )?Unavailable|Gateway Time-?out|Internal Server Error|Server Error)/i,
        3,
      ),
      says(
        /\bgot 5\d\d$|\b50[0-4] {1,3}"?(?:Bad Gateway|Service (?:Temporarily )?Unavailable|Gateway Time-?out|Internal Server Error)\b|\(HTTP\/[\d.]{1,3} 5\d\d ?\)/,
        3,
      ),
    ],
    vetoes: [/\bFailed to execute command: \(502\)/, /\bsandbox\b.{0,40}\bport\b/i],
    cause: 'The server or a gateway before it is down, is restarting, or made a mistake.',
    fixes: [retryWithPauses],
    variants: [
      variant(
        namesPackages,
        {
          cause: 'The registry, mirror or gateway is down or restarting.',
          fixes: [
            retryWithPauses,
            editor(
              'switch-registry',
              'Use another registry',
              'confirm',
              'the registry setting of the tool',
              'the registry answers',
            ),
          ],
        },
        { command: asksRegistry, unless: ofClient },
      ),
    ],
    docs: 'https://developer.mozilla.org/docs/Web/HTTP/Status/503',
  },
  {
    slug: 'captive-portal-html',
    title: 'A web page came where data was expected',
    severity: 'low',
    priority: 7,
    signals: [
      says(/\binvalid json response body\b.{0,200}\bUnexpected token '?</),
      says(/\bUnexpected token '?<'?,? (?:"<|in JSON|at position)/),
      says(
        /\b(?:invalid character|Unexpected character)[ (]{1,3}'<'.{0,60}\b(?:looking for beginning of value|JSON)|\bJSONDecodeError: Expecting value: line 1 column 1\b/,
      ),
      says(/\bjq: (?:parse )?error.{0,40}\bInvalid (?:numeric )?literal at line 1, column \d/),
      says(/(?:'<'|"<!DOCTYPE).{0,60}\bis not valid JSON\b|\bis an invalid start of a value\b/i),
      says(
        /\bError\("expected value", line: 1, column: 1\)|\bunexpected (?:token|character|byte) (?:at )?'?<(?:!DOCTYPE|html|!doctype)|\bUnexpected character \('<' \(code 60\)|\bunexpected byte at position 0: 0x3C\b/,
      ),
    ],
    cause: 'A login page, the error page of a proxy, or a wrong address answered.',
    fixes: [
      shell('show-answer', 'Show the answer', 'safe', 'curl -sS {url} | head -5'),
      editor(
        'open-address-setting',
        'Open the address',
        'safe',
        'the setting that holds the address',
        'the answer is data',
      ),
    ],
    docs: 'https://developer.mozilla.org/docs/Web/JavaScript/Reference/Errors/JSON_bad_parse',
  },
]);
