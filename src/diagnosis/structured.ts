import type { ErrorContext } from './recognise.ts';

/** What a field, and not a sentence, says: the slug and how sure it is. */
export interface StructuredFinding {
  readonly slug: string;
  readonly confidence: number;
}

/** Reasons of OpenSandbox, Docker and Kubernetes that leave nothing open. */
const byReason: readonly (readonly [RegExp, string])[] = [
  [/^OOM ?Killed$/i, 'oom-killed'],
  [/^CrashLoopBackOff$|^BackOff$|^CONTAINER_RESTARTING$/i, 'crash-loop'],
  [
    /^(?:ImagePullBackOff|ErrImagePull|ErrImageNeverPull|InvalidImageName|ImageInspectError|(?:\w{1,40}::)?SANDBOX_IMAGE_PULL_FAILED|ImagePull\w{0,30})$/i,
    'image-pull-failed',
  ],
  [/^(?:Evicted|EvictionThresholdMet|FreeDiskSpaceFailed|EphemeralStorage\w{0,20})$/i, 'k8s-evicted-disk'],
  [/^(?:Unschedulable|FailedScheduling|(?:\w{1,40}::)?POD_PLATFORM_UNSCHEDULABLE)$/i, 'k8s-unschedulable'],
  [/^(?:SandboxExpired|ttl_expir(?:y|ed)|Expired|(?:\w{1,40}::)?SANDBOX_NOT_FOUND|user_delete)$/i, 'sandbox-expired'],
  [
    /^(?:(?:\w{1,40}::)?POD_READY_TIMEOUT|provision_timeout|DEADLINE_EXCEEDED|CREATE_TIMEOUT|START_TIMEOUT)$/i,
    'sandbox-start-timeout',
  ],
  [
    /^(?:(?:\w{1,40}::)?SANDBOX_EXECD_START_FAILED|EXECD_\w{1,40}|AGENT_(?:DOWN|UNREACHABLE)|AgentDisconnected)$/i,
    'sandbox-agent-down',
  ],
  [/^(?:CONTAINER_PAUSED|Paused|Hibernated|idle_pause)$/i, 'sandbox-paused'],
  [
    /^(?:CreateContainerConfigError|CreateContainerError|RunContainerError|FailedMount|FailedCreatePodSandBox)$/i,
    'k8s-container-config',
  ],
  [/^(?:FailedAttachVolume|Multi-Attach)$/i, 'k8s-volume-multi-attach'],
];

/** Codes that a lifecycle message tells, and what they stand for when nothing says more. */
const byExitCode: ReadonlyMap<number, string> = new Map([
  [137, 'sigkill-unknown'],
  [143, 'sigterm'],
  [139, 'segfault'],
  [126, 'script-not-executable'],
  [127, 'command-not-found'],
  [134, 'abort'],
  [132, 'illegal-instruction'],
  [136, 'fpe'],
]);

const killedCode = (exitCode: number | null): boolean => exitCode === 137 || exitCode === -9 || exitCode === -1;

/** What the lifecycle of the sandbox says. Kubernetes hides the real reason of a pod in a sentence: "primary reason=OOMKilled". */
const fromLifecycle = (context: ErrorContext, exitCode: number | null): StructuredFinding | null => {
  const lifecycle = context.lifecycle;
  if (lifecycle === undefined || lifecycle === null) return null;
  const message = lifecycle.message ?? '';
  const inMessage = /\b(?:primary )?reason=(\w{1,60})/.exec(message)?.[1];
  for (const reason of [inMessage, lifecycle.reason ?? undefined]) {
    const found = byReason.find(([form]) => reason !== undefined && form.test(reason))?.[1];
    if (found !== undefined) return { slug: found, confidence: 0.98 };
  }
  if (/\bOOM ?Killed\b/i.test(message)) return { slug: 'oom-killed', confidence: 0.97 };
  if (/^paused$|^hibernated$/i.test(lifecycle.state ?? '')) return { slug: 'sandbox-paused', confidence: 0.9 };
  if (/^CONTAINER_EXITED_ERROR$|^FAILED$/i.test(lifecycle.reason ?? '')) {
    const code = Number(/\bcode[ :]{1,3}(\d{1,3})\b/.exec(message)?.[1] ?? exitCode ?? Number.NaN);
    if (code === 137 && (context.oomKillDelta ?? 0) > 0) return { slug: 'oom-killed', confidence: 0.98 };
    const slug = byExitCode.get(code);
    if (slug !== undefined) return { slug, confidence: 0.7 };
    if (Number.isInteger(code) && code !== 0) return { slug: 'entrypoint-crashed', confidence: 0.7 };
  }
  return null;
};

/** Whether a text speaks of a kill without saying who did it. */
export const speaksOfKill = (lines: readonly string[]): boolean =>
  lines.some((line) =>
    /\bKilled\b|\bSIGKILL\b|\bsignal:? 9\b|\bsignal: killed\b|\bexit(?:ed)?(?: with)?(?: code| status)?[ :]{1,3}137\b/.test(
      line,
    ),
  );

/**
 * The layer that is trusted most: fields of the lifecycle, and the counters around the command.
 * @returns null when they say nothing
 */
export const structuredFinding = (
  exitCode: number | null,
  lines: readonly string[],
  context: ErrorContext,
): StructuredFinding | null => {
  if (lines.some((line) => /\bOOMKilled"?: {0,14}true\b/i.test(line))) return { slug: 'oom-killed', confidence: 0.99 };
  // What Kubernetes describes: why it ended before says more than that it is being started again.
  if (lines.some((line) => /^\s{0,20}Reason: {1,14}OOMKilled$/.test(line)))
    return { slug: 'oom-killed', confidence: 0.98 };
  const told = fromLifecycle(context, exitCode);
  if (told !== null && told.confidence > 0.9) return told;
  if ((context.oomKillDelta ?? 0) > 0 && killedCode(exitCode)) return { slug: 'oom-killed', confidence: 0.99 };
  return told;
};
