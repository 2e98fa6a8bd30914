import { intoFile } from './command-lines.ts';
import { allowHost, runAgain, runAgainLater, showListeners } from './common-fixes.ts';
import { category, editor, says, saysAtZero, shell, system } from './record.ts';

const waitForPort = shell(
  'wait-for-port',
  'Wait until the port[ {port}] answers',
  'safe',
  'timeout 30 sh -c \'until nc -z "$1" "$2"; do sleep 1; done\' sh {host} {port}',
  'the port answers',
);

/** Names and connections. */
export const networkPatterns = category('network', [
  {
    slug: 'dns-failure',
    title: 'A host name could not be resolved',
    severity: 'high',
    priority: 6,
    signals: [
      system('EAI'),
      saysAtZero(/^\s{1,4}Temporary failure resolving '/),
      saysAtZero(/^(?:W|E|Err\S{0,6}):? ?.{0,200}\b(?:Could not resolve|Temporary failure resolving)\b/),
      says(
        /\b[Cc](?:ould not|ouldn't|annot|an't|an not) (?:(?:resolve|look ?up) (?:the )?(?:host(?:name)?|name|domain|proxy|server|address)|find (?:the )?(?:host(?:name)?|server))\b/,
      ),
      says(
        /\b(?:unable|failed) to (?:resolve|look ?up|find) (?:the )?(?:host|hostname|name|dns|domain|address|server|IP)\b/i,
      ),
      says(/\bTemporary failure (?:in name resolution|resolving)\b/i),
      says(
        /\bUnknownHost(?:Exception|Error)?\b|\b[Uu]nknown host\b|\b[Hh]ost(?:name)? (?:not found|could not be (?:found|resolved)|is unknown)\b/,
      ),
      says(
        /\blookup \S{1,255}(?: on \S{1,100})?: (?:no such host|server misbehaving|i\/o timeout|Temporary failure|no answer|connection refused)/,
      ),
      says(/\bcould not translate host name\b/),
      says(
        /: bad address\b|: (?:DNS: )?(?:temporary|transient) error \(try again later\)|\bDNS lookup error\b|\bHostname lookup for .{1,255} failed\b|\bFailed to resolve the hostname\b/,
      ),
      says(/\[Errno -[235]\]|\bgetaddrinfo\b.{0,60}\b(?:failed|EAI|ENOTFOUND|error)/),
      says(/\bUnknown (?:MySQL )?server host\b/),
      says(
        /\bDNS(?:ResolveFailed|LookupError|Error)\b|\bdns error\b|\bDNS (?:resolution|lookup|query) (?:failed|error|timed out)|\bNXDOMAIN\b|\bSERVFAIL\b/i,
      ),
      says(/\bBad hostname '/),
      says(
        /\b(?:ERR_NAME_NOT_RESOLVED|NS_ERROR_UNKNOWN_HOST|ERR_NAME_RESOLUTION_FAILED)\b|\bFailed host lookup\b|\bName does not resolve\b/,
      ),
      says(/\bno such host\b|\bserver misbehaving\b/, 3),
      says(/\b(?:Resource temporarily unavailable|Name or service not known) \(\S{1,255}:\d{1,5}\)/),
      says(/\bUnable to resolve\b.{0,80}\b(?:host|address|name)\b/i, 3),
      says(/\b[Cc]ould not resolve: \S{1,255}\b|\bcurl\b.{0,60}\bexited with (?:code|status) 6\b/),
      says(
        / - no such name \(|\bNo resolvable bootstrap urls\b|\bFailed to resolve '[^']{1,200}:\d{1,5}'|\bNo such host is known\b|\bnslookup: can't resolve '/,
      ),
      says(/^error connecting to [\w.-]{1,255}$/, 3, { near: /\bcheck your internet connection\b/ }),
      says(
        /\b(?:[Nn]ame resolution|[Nn]ame lookup|[Hh]ost(?:name)? resolution) (?:failed|failure|error|timed out)\b|\b(?:[Hh]ost(?:name)?|[Dd]omain|[Ss]erver|[Aa]ddress) .{0,80}\b(?:could not|cannot|can't) be resolved\b/,
        3,
      ),
      saysAtZero(
        /\bCould not connect to (?:Redis|Valkey) at \S{1,255}: (?:Name or service|Temporary failure|No address|nodename)/,
      ),
    ],
    exitCodes: [6],
    // A configuration names a service that is not in it.
    vetoes: [/\bCONNECT tunnel failed\b/, /\bReferenced host not found\b/],
    cause: 'The sandbox may not reach the network, its resolver is not up yet after a resume, or the name is wrong.',
    fixes: [
      shell(
        'probe-dns',
        'See what resolves at all',
        'safe',
        'getent hosts {host}; cat /etc/resolv.conf; getent hosts example.com',
      ),
      runAgainLater,
      allowHost,
    ],
    docs: 'https://man7.org/linux/man-pages/man5/resolv.conf.5.html',
  },
  {
    slug: 'network-unreachable',
    title: 'There is no route to the network',
    severity: 'high',
    priority: 6,
    signals: [
      system('ENETUNREACH', 'EHOSTUNREACH'),
      says(/\bERR_INTERNET_DISCONNECTED\b|\bERR_ADDRESS_UNREACHABLE\b|\bNetwork is down\b/),
    ],
    cause: 'The sandbox has no network, a policy forbids it, or the address is of a kind it has no route for.',
    fixes: [
      shell('show-routes', 'Show addresses and routes', 'safe', 'ip -br addr; ip route || cat /proc/net/route'),
      allowHost,
    ],
    docs: 'https://man7.org/linux/man-pages/man8/ip-route.8.html',
  },
  {
    slug: 'connect-timeout',
    title: 'A connection was not answered in time',
    severity: 'medium',
    priority: 5,
    signals: [
      system('ETIMEDOUT'),
      says(
        /\bconnect(?:ion|ing)?(?: \w{1,20}){0,3} (?:to \S{1,255} (?:port \d{1,5} )?)?(?:has )?(?:timed out|timeout)\b/i,
        3,
      ),
      says(/\b[Cc]onnect(?:ion)? ?[Tt]imeout(?:Error|Exception)?\b|\bconnect timeout=/, 3),
      says(/\bClient\.Timeout exceeded\b|\bi\/o timeout\b|\bconnect: connection timed out\b/, 3),
      says(/\bdial \w{2,5}\b.{0,200}\b(?:timeout|deadline exceeded)/),
      says(/\bFailed to connect to \S{1,255} port \d{1,5} after \d{4,9} ms\b/),
      says(
        /\bUND_ERR_CONNECT_TIMEOUT\b|\bERR_CONNECTION_TIMED_OUT\b|\bHttpConnectTimeoutException\b|\bNet::OpenTimeout\b|\bTimedOut\b/,
      ),
      says(/\bconnect: timeout\b|\bopen timeout\b|\b(?:execution expired)\b/, 3),
      says(
        /\bcurl: \(28\)|\bcurl error 28\b|\bcurl\b.{0,60}\bexited with (?:code|status) 28\b|\bTransportError\) (?:connect )?timeout$/,
        3,
      ),
      says(/\b:timeout\b|\bserver selection timed out\b/i, 3),
      says(/\bP1002\b|\bfailed: (?:timeout expired|Connection timed out\.?)(?:$|\s)|\bTLS handshake timeout\b/),
    ],
    vetoes: [/\bsandbox was not found\b|\bport is not open\b/i, /\bOperation timed out after \d/],
    cause: 'A firewall drops packets silently, the address is wrong, or the service is in another network.',
    fixes: [
      shell('probe-port', 'Probe the address[ {host}]', 'safe', 'timeout 5 nc -zv {host} {port}'),
      allowHost,
      shell('use-proxy', 'Check the proxy settings', 'safe', 'env | grep -i _proxy'),
    ],
    docs: 'https://man7.org/linux/man-pages/man7/tcp.7.html',
  },
  {
    slug: 'read-timeout',
    title: 'The server took the connection but did not answer in time',
    severity: 'medium',
    priority: 6,
    signals: [
      says(/\bReadTimeout(?:Error|Exception)?\b|\b[Rr]ead timed out\b|\bNet::ReadTimeout\b|\bsocket read timed out\b/),
      says(/\bDOMException \[TimeoutError\]|\bThe operation was aborted due to timeout\b/),
      says(
        /\bnetwork timeout at:|\bESOCKETTIMEDOUT\b|\bUND_ERR_(?:HEADERS|BODY)_TIMEOUT\b|\bHeadersTimeoutError\b|\bBodyTimeoutError\b/,
      ),
      says(/\bOperation timed out after \d{1,9} milliseconds\b|\bOperation too slow\b/),
      says(
        /\bHttpTimeoutException\b|\brequest timed out\b|\bresponse timeout\b|\bTaskCanceledException\b.{0,120}HttpClient\.Timeout|\bRequest timeout\b/i,
        3,
      ),
      says(/\btimeout (?:of \d{1,9} ?ms )?exceeded\b.{0,40}$/, 3, { near: /Axios|ECONNABORTED|http/i }),
      says(/\bECONNABORTED\b|\bESTABLISHED.{0,20}timeout\b/, 3),
      says(/\bRead error .{0,60}timed out\b/, 3),
      says(
        /\brpc error: code = DeadlineExceeded\b|\bStatusCode\.DEADLINE_EXCEEDED\b|\bHttpClient\.Timeout of \d{1,6} seconds elapsing\b|\bpage\.goto: Timeout \d{1,8}ms exceeded\b|\bNavigation timeout of \d{1,8} ms exceeded\b/,
      ),
      says(/\bcontext deadline exceeded\b/, 3),
    ],
    vetoes: [/\bClient\.Timeout exceeded\b|\bdial tcp\b/, /\b(?:MCP|POD_READY)\b/],
    cause: 'The service is slow, blocked, or still starting.',
    fixes: [{ ...runAgain, title: 'Run it again' }, showListeners],
    docs: 'https://curl.se/libcurl/c/libcurl-errors.html',
  },
  {
    slug: 'connection-reset',
    title: 'The other side closed the connection',
    severity: 'medium',
    priority: 5,
    signals: [
      system('ECONNRESET'),
      says(
        /\bsocket hang up\b|\bother side closed\b|\bUND_ERR_SOCKET\b|\bEmpty reply from server\b|\bERR_EMPTY_RESPONSE\b|\bERR_CONNECTION_(?:RESET|CLOSED)\b/,
      ),
      says(/\bcurl: \((?:52|56)\)/, 3),
      says(
        /\b(?:[Cc]onnection|[Ss]ocket|[Ss]tream|peer)\b.{0,40}\b(?:closed|reset|aborted|dropped|terminated|lost)\b.{0,40}\b(?:by (?:the )?(?:remote|peer|server|foreign)|unexpectedly|prematurely|without)/i,
        3,
      ),
      says(
        /\bRemoteDisconnected\b|\bRemote end closed connection without response\b|\bServerDisconnectedError\b|\bServer disconnected\b|\bEOFError: end of file reached\b/,
        3,
      ),
      says(
        /\bunexpected EOF(?: from server)?$|\bHTTP\/1\.1 header parser received no bytes\b|\bIncompleteMessage\b|\bconnection closed before message completed\b/,
        3,
      ),
      says(/: EOF$/, 3, { near: /\bGet "http|\bPost "http|\bdial|\brpc error\b/ }),
      says(
        /\bclient_loop: send disconnect\b|\b[Tt]he response ended prematurely\b|\bMint\.TransportError\).{0,20}\bclosed\b|\bTransportError\) (?:socket )?closed$/,
      ),
      says(
        /\bcurl: \(92\)|\bHTTP\/2 stream \d{1,9} was (?:not closed cleanly|reset)\b|\bserver sent GOAWAY\b|\bhttp2: client connection (?:lost|force closed)\b|\bConnection (?:closed|reset) by \S{1,100} port \d/,
        3,
      ),
      says(/\bSocketException: Connection reset\b/, 3),
      says(/\bGnuTLS recv error \(-\d{1,3}\)|\bunexpected eof while reading\b|\bSSL_ERROR_SYSCALL\b/, 3),
    ],
    vetoes: [/\bCONNECT tunnel failed\b/, /\bgone away\b/],
    cause: 'The server crashed while it answered, or a pause or a gateway cut an idle connection.',
    fixes: [
      runAgain,
      shell('restart-service', 'Restart the service', 'confirm', 'service {service} restart', 'it answers'),
      showListeners,
    ],
    docs: 'https://man7.org/linux/man-pages/man7/tcp.7.html',
  },
  {
    slug: 'transfer-truncated',
    title: 'A download was cut short',
    severity: 'low',
    priority: 6,
    signals: [
      says(/\bcurl: \(18\)|\btransfer closed with \d{1,20} bytes remaining\b/),
      says(
        /\bIncompleteRead\(|\bContent-Length mismatch\b|\bERR_CONTENT_LENGTH_MISMATCH\b|\bPremature (?:close|EOF|end of)\b|\bERR_STREAM_PREMATURE_CLOSE\b/,
      ),
      says(
        /\b(?:download|file|archive) (?:is |was )?(?:incomplete|truncated|cut short)\b|\bUnexpected end of (?:data|input stream|ZLIB input stream)\b|\bunexpected end of file\b.{0,30}\b(?:gzip|tar|zip)\b|\bConnection closed at byte \d/i,
        3,
      ),
      says(/\bgzip: stdin: unexpected end of file\b|\btar: Unexpected EOF in archive\b/),
      says(
        /\bEnd-of-central-directory signature not found\b|\bBadZipFile\b|\bCompressed file ended before the end-of-stream marker\b|\bnot in gzip format\b|\bincorrect header check\b|\bUnrecognized archive format\b|\bzip: not a valid zip file\b|\bChunkedEncodingError\b/,
        3,
      ),
      says(
        /^(?:xz|bzip2|bunzip2|zstd|unxz|unzstd|lz4|gunzip|gzip|zcat)\b.{0,200}\b(?:[Uu]nexpected end of (?:input|file)|premature end|ends unexpectedly)\b/,
      ),
    ],
    cause: 'The connection was cut, and a partial file is left on the disk.',
    fixes: [
      shell('resume-download', 'Resume the download', 'confirm', 'curl -fL -C - -O {url}', 'the checksum fits'),
      runAgain,
    ],
    docs: 'https://curl.se/docs/manpage.html#-C',
  },
  {
    slug: 'connection-refused',
    title: 'Nothing listens there',
    severity: 'medium',
    priority: 4,
    signals: [
      system('ECONNREFUSED'),
      saysAtZero(
        /^(?:W|E|Err:\d{1,4}):? .{0,300}\bCould not connect to \S{1,255} \(.{1,60}\)\. - connect \(111: Connection refused\)/,
      ),
      says(/\bcurl: \(7\)|\bcurl error 7\b|\bcurl\b.{0,60}\bexited with (?:code|status) 7\b/, 3),
      says(/\bFailed to connect to \S{1,255} port (?<port>\d{1,5})(?: after \d{1,3} ms)?: /, 3),
      says(/\bCould(?:n't| not) connect to server\b/, 2),
      says(
        /^(?:Caused by: |Exception in thread ".{1,60}" )?java\.net\.ConnectException(?:$|: (?!Connection timed out))/,
        3,
      ),
      says(
        /\bwas refused - did you specify the right host or port\b|\bERR_CONNECTION_REFUSED\b|\bactively refused\b|\bCould not connect to the (?:endpoint|server)\b/,
      ),
      says(/\bConnection refused\b|\bconnection ?refused\b/i, 3),
      says(
        /\bNoBrokersAvailable\b|\bAll connection attempts failed\b|\bConnect call failed \(|\b(?:could not|cannot|unable to) connect to .{1,80}, is it running\b|\bAMQPConnectionError\b|\brun out of available brokers\b|\bCould not reach Cypress\b|\bcould not verify that this server is running\b|\bConnection to node -?\d{1,6} .{0,120}\bcould not be established\b|\bBroker transport failure\b|\breset reason: connection failure\b/i,
      ),
      says(/\bUnable to connect\. Is the computer able to access the url\?/, 3),
      says(/\bConnectionRefused\b|\bFailedToOpenSocket\b/, 3),
      says(/\bunable to perform an operation on node '\S{1,80}'/, 3),
    ],
    exitCodes: [7],
    vetoes: [/\b(?:Liveness|Readiness|Startup) probe failed\b/],
    cause: 'The service is not started, has ended, listens on another interface, or still needs a moment.',
    fixes: [
      showListeners,
      editor('start-service', 'Start the service', 'confirm', 'the task or script that starts it', 'the port answers'),
      waitForPort,
    ],
    docs: 'https://man7.org/linux/man-pages/man2/connect.2.html',
  },
  {
    slug: 'broken-pipe',
    title: 'The reader of the output was gone (usually harmless)',
    severity: 'info',
    priority: 2,
    signals: [
      system('EPIPE'),
      saysAtZero(
        /^BrokenPipeError: |^[\w./-]{1,40}: (?:write error|standard output|stdout|'?standard output'?): Broken pipe$/,
        3,
      ),
    ],
    exitCodes: [141],
    cause: 'The program at the other end of the pipe had enough, as head does.',
    fixes: [shell('run-to-file', 'Write the output to a file instead', 'safe', intoFile, 'exit code 0')],
    docs: 'https://man7.org/linux/man-pages/man7/pipe.7.html',
  },
]);
