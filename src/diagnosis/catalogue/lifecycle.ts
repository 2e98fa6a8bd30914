import { inBackground } from './command-lines.ts';
import { extendTime, resume, showDiagnostics } from './common-fixes.ts';
import { api, category, editor, says, saysAtZero, shell } from './record.ts';

/** How commands and containers were ended from outside. */
export const lifecyclePatterns = category('lifecycle', [
  {
    slug: 'sigkill-unknown',
    title: 'Killed from outside, reason unknown',
    severity: 'high',
    priority: 2,
    signals: [
      says(/\bexit(?:ed)?(?: with)?(?: status| code| value)?[ :]{1,3}-?137\b/i, 3),
      says(/"ExitCode": {0,4}137\b/, 3),
      says(
        /^make(?:\[\d{1,3}\])?: \*\*\* \[.{1,200}\] Error 137$|^code 137$|\bnon-zero (?:exit )?(?:code|status|value):? {0,2}137\b|\b[Ee]xited \(137\)/,
        3,
      ),
      says(/\b(?:exit(?: code| status)?|returncode|return code|rc)[ :=]{1,3}-9\b/, 3),
    ],
    exitCodes: [137],
    vetoes: [/\bOOMKilled"?: {0,14}(?:true|false)\b/i],
    cause: 'A stop from outside, the end of the sandbox, or memory that ran out unseen: all look the same.',
    fixes: [showDiagnostics, extendTime],
    docs: 'https://docs.docker.com/reference/cli/docker/container/stop/',
  },
  {
    slug: 'sigkill-after-grace',
    title: 'Killed because it did not stop when asked',
    severity: 'medium',
    priority: 7,
    signals: [
      says(
        /\b(?:failed|did not) (?:to )?(?:exit|stop|terminate)\b.{0,60}\b(?:signal 15|SIGTERM|\d{1,4} ?s(?:econds)?)\b.{0,60}\b(?:force|kill)/i,
      ),
      says(
        /\b(?:stop-sigterm|State 'stop-sigterm') timed out\. Killing\b|\bgrace period\b.{0,60}\b(?:killed|SIGKILL|forc)/i,
      ),
      says(/\bdid not stop in time\b|\bnot responding to SIGTERM\b|\bsending SIGKILL\b|\bForcefully killed\b/i, 3),
      says(/\bkilling '.{1,80}' \(\d{1,8}\) with SIGKILL\b/),
    ],
    exitCodes: [137],
    cause: 'The program ignored the request to stop, and the time it was given was over.',
    fixes: [
      editor(
        'handle-sigterm',
        'Let the program end on SIGTERM',
        'safe',
        'the signal handler of the program, or an init such as tini before it',
        'it ends before the time is over',
      ),
      showDiagnostics,
    ],
    docs: 'https://docs.docker.com/reference/cli/docker/container/stop/',
  },
  {
    slug: 'sigterm',
    title: 'Asked to stop (143)',
    severity: 'info',
    priority: 2,
    signals: [
      says(/^(?:.{0,120}[: ])?(?:Terminated|Beendet|Complété|Terminado|Завершено|已终止)(?:$|[ :].{0,200}$)/, 2),
      says(/"ExitCode": {0,4}143\b|\bexit(?:ed)?(?: with)?(?: status| code)?[ :=]{1,3}143\b/i, 3),
      says(
        /\bExit Code: {1,14}143\b|\bsignal: terminated\b|\bterminated by signal SIGTERM\b|\bkilled by SIGTERM\b/i,
        3,
      ),
      says(/\bSIGTERM\b/, 2),
      says(
        /^signal SIGTERM$|\bSignalException: SIGTERM\b|^make(?:\[\d{1,3}\])?: \*\*\* \[.{1,200}\] (?:Error 143|Terminated)$|\b[Ee]xited \(143\)/,
        3,
      ),
    ],
    exitCodes: [143],
    cause: 'An orderly stop: the end of its time, a pause, a stop of the container, a cancelled job.',
    fixes: [extendTime, resume],
    docs: 'https://man7.org/linux/man-pages/man7/signal.7.html',
  },
  {
    slug: 'sighup',
    title: 'Ended with its terminal (129)',
    severity: 'info',
    priority: 2,
    signals: [
      says(/^(?:.{0,120}[: ])?(?:Hangup|Hung up|Aufgelegt|Raccroché)(?:$|[ :].{0,200}$)/, 3),
      says(/\bSIGHUP\b|\bsignal: hangup\b/, 2),
    ],
    exitCodes: [129],
    cause: 'The terminal or connection it was started from was closed.',
    fixes: [
      shell(
        'run-detached',
        'Run it so that it outlives the terminal',
        'safe',
        inBackground,
        'it still runs after the terminal is closed',
      ),
    ],
    docs: 'https://man7.org/linux/man-pages/man1/nohup.1.html',
  },
  {
    slug: 'command-timeout',
    title: 'Stopped by a time limit',
    severity: 'medium',
    priority: 3,
    signals: [
      says(/\btimeout: sending signal (?:TERM|KILL|INT|HUP)\b/, 3),
      says(
        /\bcommand (?:has )?(?:timed out|exceeded (?:the )?(?:its )?time ?(?:limit|out))\b|\bexecution timed out after\b|\bTimeoutExpired\b|\bSandboxTimeout(?:Error|Exception)\b|\bDeadline for command\b/i,
        3,
      ),
      says(
        /\bThe (?:job|task|command|step) (?:has )?(?:exceeded|running on .{1,60} has exceeded) the maximum execution time\b/i,
      ),
      says(
        /\bFailed: Timeout (?:>|\(>)\d|\bpanic: test timed out after \d|\bTimer expired after \d|\bexecution took longer than \d|\bToo long with no output\b|\bTimeout has been exceeded\b/,
      ),
    ],
    exitCodes: [124],
    cause: 'The command ran longer than the limit it was given.',
    fixes: [
      shell('run-in-background', 'Run it in the background', 'safe', inBackground, 'it ends in its own time'),
      extendTime,
    ],
    docs: 'https://www.gnu.org/software/coreutils/manual/html_node/timeout-invocation.html',
  },
  {
    slug: 'crash-loop',
    title: 'It crashes again and again at its start',
    severity: 'high',
    priority: 9,
    signals: [
      saysAtZero(/\bBack-off (?:\d{1,3}\w{0,4} )?restarting failed conta/),
      says(/\bCrashLoopBackOff\b/),
      says(/\b(?:Liveness|Startup) probe failed\b/, 3),
      says(/^Status: {1,14}restarting\b|"Restarting": {0,4}true\b|\bRestarting \(\d{1,3}\) \d/),
      says(/\bis restarting, wait until the container is running\b/),
      saysAtZero(
        /^\S{1,120} {1,40}\d{1,4}\/\d{1,4} {1,40}(?:Init:)?CrashLoopBackOff\b|\bRestarting \(\d{1,3}\) (?:\d{1,3} \w{3,10}|Less than a \w{3,10}|About an? \w{3,10}) ago\b/,
      ),
      says(
        /\bStart request repeated too quickly\b|\brestart counter is at (?:[3-9]|\d\d)|\btoo many (?:unstable restarts|start retries)\b|\bactivating \(auto-restart\)|\bstart-limit-hit\b/,
      ),
    ],
    vetoes: [/\bImagePullBackOff\b|\bErrImagePull\b/],
    cause: 'The program ends right after its start; the system starts it again and may still call it running.',
    fixes: [
      api(
        'show-logs',
        'Show the logs of the last run',
        'safe',
        'showDetails',
        'the logs of the run before this one',
        null,
      ),
      api(
        'create-fixed',
        'Correct command or settings and create it again',
        'destructive',
        null,
        'create',
        'the number of restarts stays',
      ),
    ],
    docs: 'https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#restart-policy',
  },
]);
