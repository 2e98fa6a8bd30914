import { untouchable } from '../untouchable.ts';
import { category, editor, says, saysAtZero, shell, system, systemNear } from './record.ts';

/** Listening on addresses and ports. */
export const portPatterns = category('network', [
  {
    slug: 'port-in-use',
    title: 'The port is taken by another process',
    severity: 'medium',
    priority: 7,
    signals: [
      system('EADDRINUSE'),
      // `next dev` ends with 0 all the same.
      saysAtZero(/\bFailed to start server$/, 3, { near: /\bEADDRINUSE\b/ }),
      says(/\bport is already allocated\b|\bConnection in use: \(/),
      says(
        /\b[Pp]ort (?:number )?(?<port>\d{1,5}) is (?:already |currently )?(?:in use|being used|taken|occupied|used|allocated|unavailable|not available)\b/,
      ),
      says(
        /\b[Pp]ort (?<port>\d{1,5})\b.{0,60}\b(?:already|currently) (?:in use|used|being used|taken|bound|allocated)\b/,
      ),
      says(/\bbind\(\) to \S{1,100} failed \(98\b/),
      says(
        /\b[Ss]omething is already running on port (?<port>\d{1,5})|\bIs port (?<busyPort>\d{1,5}) in use\b|\b[Aa]nother (?:process|server|instance|application) is (?:already )?(?:using|listening on|running on) (?:the )?(?:port|address)/,
      ),
      says(/\b(?:could not|cannot|can't|failed to|unable to|couldn't) (?:bind|listen)\b.{0,80}\b(?:in use|already)\b/i),
      says(
        /\b(?:that|this|the) (?:port|address) is (?:already |currently )?(?:in use|taken|occupied|being used)\b|\bport (?:is )?(?:already )?taken\b|\bport \d{1,5} could not be used\b|\bis not open on \S{1,80}, could not start\b|\balready have another \w{1,40} (?:server )?running on port\b/i,
      ),
      says(
        /\b[Pp]ort (?:to )?(?<port>\d{1,5}) (?:is already )?in use\b|\b[Ff]ailed to bind to \/?\S{1,100}:(?<busyPort>\d{1,5})$/,
        3,
      ),
      says(/\b(?:only one usage of each socket address|A server is already running)\b/i),
      says(/\bcould not bind (?:IPv[46] )?address\b/, 2),
      says(/\bWeb server failed to start\. Port (?<port>\d{1,5}) was already in use\b/),
      says(
        /\bListen failed on \S{1,80}:(?<port>\d{1,5})!|\b[Pp]ort (?<busyPort>\d{1,5}) is running this app in another window\b|\bCould not acquire required 'port': (?<wanted>\d{1,5})/,
      ),
      says(
        /\b[Pp]ort (?<port>\d{1,5}) (?:is|was) (?:already |currently )?(?:busy|bound|blocked by|in-use|reserved by|in use)\b|\b[Ff]ailed to bind (?:to )?port (?<busyPort>\d{1,5})\b|\b[Aa]ddress \S{1,80}:(?<wanted>\d{1,5}) (?:is )?(?:already )?in use\b|\*\*\*\* FAILED TO BIND TO PORT\b/,
      ),
    ],
    vetoes: [
      /\b(?:trying|using|picks?|switching to|falling back to) (?:another|a different|the next|next|port \d)/i,
      /\bCannot assign requested address\b/,
    ],
    cause: 'An earlier server is still running: a job in the background, or one that survived a pause.',
    fixes: [
      shell(
        'free-port',
        'Stop my process on the port[ {port}]',
        'confirm',
        // Without its first process or its agent, the sandbox ends.
        `p=$(ss -Hltnp sport = :{port} | grep -Ev '"(${[...untouchable].join('|')})"' | grep -o "pid=[0-9]*" | cut -d= -f2 | grep -vx 1 | sort -u); if [ -n "$p" ]; then kill $(echo "$p"); else echo "No process that may be stopped listens there." >&2; false; fi`,
        'nothing listens on the port any more',
      ),
      shell('use-another-port', 'Use another port', 'safe', 'env PORT=0 {command}', 'the server listens'),
      shell('find-port-owner', 'Find the process on the port[ {port}]', 'safe', 'ss -ltnp sport = :{port}'),
      editor('open-running-server', 'Open the server that runs there already', 'safe', 'the ports view', 'it answers'),
    ],
    docs: 'https://man7.org/linux/man-pages/man8/ss.8.html',
  },
  {
    slug: 'address-not-available',
    title: 'This address does not belong to the sandbox',
    severity: 'low',
    priority: 7,
    signals: [system('EADDRNOTAVAIL')],
    cause: 'A sandbox behind address translation does not own its public address.',
    fixes: [shell('bind-all', 'Listen on all addresses', 'safe', 'env HOST=0.0.0.0 {command}', 'the server listens')],
    docs: 'https://man7.org/linux/man-pages/man2/bind.2.html',
  },
  {
    slug: 'privileged-port',
    title: 'Ports below 1024 need rights',
    severity: 'low',
    priority: 8,
    signals: [
      says(/\blisten EACCES: permission denied \S{0,100}:(?<port>\d{1,3})\b/),
      says(
        /\b(?:bind|listen|server_bind|make_sock|socket\.bind)\b.{0,120}\b(?:permission denied|EACCES|access denied)/i,
      ),
      says(/\b(?:permission denied|EACCES)\b.{0,80}\b(?:bind|listen)\b/i),
      says(/\bBindException: Permission denied\b|\bSocketException \(13\)/),
      systemNear('EACCES', /\bin server_bind\b|\.bind\(|\bself\.socket\.bind\b|\bbind\(2\)/),
      systemNear('EACCES', /\bat listen \(|\bDeno\.(?:listen|serve)\b/),
    ],
    vetoes: [/\bdocker(?:\.sock| daemon)\b/i],
    cause: 'The user of the sandbox is not root, and low ports are reserved.',
    fixes: [shell('use-high-port', 'Use a high port', 'safe', 'env PORT=8080 {command}', 'the server listens')],
    docs: 'https://man7.org/linux/man-pages/man7/capabilities.7.html',
  },
]);
