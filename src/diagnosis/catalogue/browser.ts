import { byTool } from './by-tool.ts';
import { extendTime, showMemory } from './common-fixes.ts';
import { category, editor, manual, says, saysAtZero, shell } from './record.ts';

const cypressBrowser = 'npx cypress install';
const puppeteerBrowser = 'npx puppeteer browsers install chrome';
/** `npm test` says of neither that it was the one. */
const eitherBrowser = `if [ -f node_modules/.bin/cypress ]; then ${cypressBrowser}; else ${puppeteerBrowser}; fi`;

/** Browsers and tests in browsers. */
export const browserPatterns = category('browser', [
  {
    slug: 'playwright-browser-missing',
    title: 'The browser of Playwright is not installed',
    severity: 'low',
    priority: 8,
    signals: [
      says(
        /\bExecutable doesn't exist at\b|\bplaywright install\b.{0,20}$|\bPlease run the following command to download new browsers\b|\bLooks like Playwright (?:Test or Playwright )?was just installed or updated\b/,
      ),
    ],
    vetoes: [/\bHost system is missing dependencies\b/],
    cause: 'Browsers are downloaded apart from the package.',
    fixes: [shell('install-browser', 'Install it', 'confirm', 'npx playwright install chromium', 'the test starts')],
    docs: 'https://playwright.dev/docs/browsers',
  },
  {
    slug: 'playwright-deps-missing',
    title: 'The browser lacks libraries of the system',
    severity: 'low',
    priority: 9,
    signals: [
      says(/\bHost system is missing dependencies\b|\bplaywright install-deps\b|\bMissing libraries:$/),
      says(/\b(?:chrome|chromium|headless_shell|firefox)\S{0,80}: error while loading shared libraries: \S{1,80}/),
    ],
    cause: 'A slim image leaves them out.',
    fixes: [
      shell(
        'install-browser-libraries',
        'Install them',
        'confirm',
        // It asks for root by itself, and sudo would not find npx.
        'npx playwright install-deps chromium',
        'the test starts',
      ),
    ],
    docs: 'https://playwright.dev/docs/browsers#install-system-dependencies',
  },
  {
    slug: 'puppeteer-browser-missing',
    title: 'The browser of Puppeteer is not installed',
    severity: 'low',
    priority: 8,
    signals: [
      says(
        /\bCould not find (?:Chrome|Chromium|Firefox|browser) \((?:ver|rev)|\bCould not find expected browser\b|\bBrowser was not found at the configured executablePath\b|\bcannot find Chrome binary\b|\bAn executablePath or channel must be specified\b|\bNoSuchDriverException\b|\bunable to (?:obtain|locate) (?:driver|chromedriver|geckodriver)\b/i,
      ),
      says(
        /\bCypress binary is missing\b|\bNo binary for \w{1,30} browser on your platform\b|\b(?:chromedriver|geckodriver)' executable needs to be in PATH\b/,
      ),
    ],
    cause: 'The download after the installation was skipped.',
    fixes: [
      shell(
        'install-chrome',
        'Install it',
        'confirm',
        byTool(
          [
            [['cypress'], null, cypressBrowser],
            [['puppeteer'], null, puppeteerBrowser],
            [['npm', 'pnpm', 'yarn', 'bun'], null, eitherBrowser],
          ],
          eitherBrowser,
        ),
        'the browser starts',
      ),
      shell(
        'use-system-browser',
        'Use the one of the system',
        'safe',
        'env PUPPETEER_EXECUTABLE_PATH="$(command -v chromium || command -v google-chrome)" {command}',
        'exit code 0',
      ),
    ],
    docs: 'https://pptr.dev/guides/installation',
  },
  {
    slug: 'chromium-no-sandbox',
    title: "The browser's own sandbox does not work here",
    severity: 'low',
    priority: 8,
    signals: [
      says(
        /\bRunning as root without --no-sandbox is not supported\b|\bNo usable sandbox!|\bFailed to move to new namespace\b|\bThe SUID sandbox helper binary was found, but is not configured correctly\b/,
      ),
    ],
    cause: 'It runs as root, or the sandbox around it allows no user namespaces.',
    fixes: [
      editor(
        'add-no-sandbox',
        'Start it with --no-sandbox (it is in a sandbox already)',
        'confirm',
        'the launch arguments',
        'the browser starts',
      ),
      shell(
        'run-as-user',
        'Run it as another user than root',
        'safe',
        'u=$(awk -F: \'$3 >= 1000 && $3 < 65534 { print $1; exit }\' /etc/passwd); su "${u:-nobody}" -s /bin/sh -c {command_line}',
        'exit code 0',
      ),
    ],
    docs: 'https://pptr.dev/troubleshooting',
  },
  {
    slug: 'chromium-dev-shm',
    title: 'The page crashed in the browser',
    severity: 'low',
    priority: 6,
    signals: [
      says(/\bsession deleted because of page crash\b|\btab crashed\b/),
      says(/\b(?:Target|Page) crashed\b|\bSIGBUS\b.{0,60}\bchrom/i, 3),
    ],
    cause: 'Old browsers need more than the 64 MB of /dev/shm; newer ones ran out of memory.',
    fixes: [
      editor(
        'disable-dev-shm',
        'Start it with --disable-dev-shm-usage',
        'safe',
        'the launch arguments',
        'the test ends with exit code 0',
      ),
      showMemory,
    ],
    docs: 'https://pptr.dev/troubleshooting',
  },
  {
    slug: 'display-missing',
    title: 'There is no screen',
    severity: 'low',
    priority: 7,
    signals: [
      says(
        /\bMissing X server or \$DISPLAY\b|\b(?:cannot|can't|could not|unable to|Can't) (?:open|connect to) (?:X )?display\b|\bno display name and no \$DISPLAY\b|\bcould not connect to display\b|\bHeadlessException\b|\bno DISPLAY environment variable\b|\bThe platform failed to initialize\b|\bqt\.qpa\.(?:xcb|plugin)\b.{0,80}\b(?:could not|Could not)|\bcannot initialize (?:GLFW|SDL)\b|\bNo available video device\b/i,
      ),
      says(/\bmissing the dependency: Xvfb\b|\bspawn Xvfb ENOENT\b|\bxdg-open: no method available\b/),
      says(/\bCan't connect to X11 window server\b|\bas 'headless' is currently running\b/),
    ],
    cause: 'A program with windows was started in a sandbox without a screen.',
    fixes: [
      shell('use-xvfb', 'Run it with a screen in memory', 'safe', 'xvfb-run -a {command}', 'exit code 0'),
      editor('go-headless', 'Start it without windows', 'safe', 'headless: true', 'exit code 0'),
    ],
    docs: 'https://playwright.dev/docs/ci#running-headed',
  },
  {
    slug: 'chromium-crashed',
    title: 'The browser did not start',
    severity: 'medium',
    priority: 4,
    signals: [
      says(
        /\bFailed to launch (?:the )?(?:browser process|chrome|chromium|firefox)\b|\bbrowserType\.launch: (?!Executable doesn't)|\bsession not created\b|\bDevToolsActivePort file doesn't exist\b|\bChrome failed to start\b/i,
        3,
      ),
      says(
        /\bhave not captured in \d{1,8} ms\b|\bProtocol error \([\w.]{1,60}\): Target closed\b|\bRenderer process just crashed\b|\bBrowser closed unexpectedly\b/,
      ),
    ],
    cause: 'What it said itself stands in the lines inside; if nothing, memory ran out.',
    fixes: [showMemory],
    docs: 'https://pptr.dev/troubleshooting',
  },
]);

/** Coding agents and what they call. */
export const agentPatterns = category('agent', [
  {
    slug: 'llm-overloaded',
    title: 'The language model is busy',
    severity: 'low',
    priority: 9,
    signals: [
      saysAtZero(/"type": {0,4}"(?:overloaded_error|rate_limit_error)"/),
      saysAtZero(/\bAPI Error: {1,3}\(?(?:429|529|500|503)\b/),
      says(
        /\boverloaded_error\b|\b529\b.{0,20}\bOverloaded\b|\brate_limit_error\b|\brate_limit_exceeded\b|\bRateLimitError\b|\bmodel is (?:currently )?overloaded\b|\bRESOURCE_EXHAUSTED\b.{0,120}\bquota\b|\binsufficient_quota\b|\bcapacity constraints\b/i,
      ),
      says(
        /\bResourceExhausted\b.{0,120}\b(?:quota|exhausted)\b|\b(?:InvokeModel|Converse)\w{0,30} operation\b.{0,120}\b(?:[Tt]oo many|[Tt]hrottl)|\b(?:hit|reached) your (?:usage|rate|session|weekly|daily) limit\b|\busage limit reached\b/,
      ),
    ],
    cause: 'The provider is at its limit; clients try again by themselves.',
    fixes: [manual('wait-for-model', 'Wait and try again', 'the next call'), extendTime],
    docs: 'https://docs.anthropic.com/en/api/errors',
  },
  {
    slug: 'mcp-server-start-failed',
    title: 'A tool server (MCP) did not start',
    severity: 'medium',
    priority: 9,
    signals: [
      says(
        /\bCould not start MCP server\b|\bMCP error -320\d\d: (?:Connection closed|Request timed out)|\bMCP server .{1,80}(?:failed|disconnected|exited|crashed|could not|timed out|not (?:found|start))|\b[Ff]ailed to (?:start|connect to|initialize|reconnect to) (?:the )?MCP server\b|\bMCP: .{0,80}failed to start\b/i,
      ),
      says(
        / - ✗ Failed to connect$|\bMCP client for .{1,60}\b(?:failed|timed out)\b|\[error\] \[[\w-]{1,60}\] Server (?:disconnected|transport closed)/,
      ),
    ],
    cause: 'Its command is not on the PATH, it crashed, or it wrote logs where only messages may be.',
    fixes: [
      editor('open-mcp-settings', 'Open its settings', 'safe', '.vscode/mcp.json', 'the server starts'),
      shell(
        'look-for-mcp-command',
        'See whether its command is there',
        'safe',
        'for c in npx uvx node python3; do command -v "$c"; done',
      ),
    ],
    docs: 'https://modelcontextprotocol.io/docs/tools/debugging',
  },
]);
