import { moreDisk, recreate, showDiagnostics, showDisk, showPods } from './common-fixes.ts';
import { api, category, editor, manual, says, saysAtZero } from './record.ts';

/** Kubernetes below the sandbox. */
export const kubernetesPatterns = category('k8s', [
  {
    slug: 'k8s-unschedulable',
    title: 'There is no place for the sandbox on any node',
    severity: 'high',
    priority: 9,
    signals: [
      saysAtZero(/\bFailedScheduling\b/),
      says(
        /\b\d{1,5}\/\d{1,5} nodes are available\b|\bNo nodes are available that match all\b|\bPOD_PLATFORM_UNSCHEDULABLE\b|\b[Rr]eason["']?[:=] {0,14}"?Unschedulable\b|\bInsufficient (?:cpu|memory|pods|ephemeral-storage|nvidia\.com\/gpu)\b|\bexceeded quota:/,
      ),
      says(/\bDimension "\w{1,20}" exhausted on\b|\bNo nodes were eligible for evaluation\b|\bno suitable node\b/),
    ],
    cause: 'It asks for more than any node has free, or for a node of a kind that is not there.',
    fixes: [
      api('lower-requests', 'Create it with smaller requests', 'confirm', null, 'create with less', 'the sandbox runs'),
      manual('wait-for-nodes', 'Wait for a new node', 'the autoscaler of the cluster'),
    ],
    docs: 'https://kubernetes.io/docs/concepts/scheduling-eviction/',
  },
  {
    slug: 'k8s-evicted-disk',
    title: 'Evicted: it wrote too much, or the node was short of space',
    severity: 'high',
    priority: 10,
    signals: [
      saysAtZero(/\bThe node was low on resource\b|\bnode was low on resource\b/),
      says(
        /\bephemeral local storage usage exceeds\b|\bUsage of EmptyDir volume .{1,80} exceeds the limit\b|\b[Rr]eason["']?[:=] {0,14}"?Evicted\b|\bThe node had condition: \[DiskPressure\]|\bDiskPressure\b|^Evicted\b|\bPod .{0,80}\bevicted\b/i,
      ),
      saysAtZero(/^\S{1,120} {1,40}\d{1,4}\/\d{1,4} {1,40}Evicted\b/),
    ],
    vetoes: [/\bhas no disk pressure\b|\bNodeHasNoDiskPressure\b/],
    cause: 'Files outside of volumes count against a limit, and the node ends who is above it.',
    fixes: [
      recreate,
      editor(
        'write-to-volume',
        'Write caches to the volume',
        'safe',
        'the folders of caches and output',
        'df shows less in use',
      ),
      { ...showDisk },
      moreDisk,
    ],
    docs: 'https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/',
  },
  {
    slug: 'k8s-volume-multi-attach',
    title: 'The volume is still attached elsewhere',
    severity: 'high',
    priority: 9,
    signals: [
      saysAtZero(/\bMulti-Attach error for volume\b/),
      says(
        /\b(?:Volume|volume) is already (?:used by pod|exclusively attached|attached to (?:another|one) node)\b|\bVolumeInUse\b|\bFailedAttachVolume\b/,
      ),
    ],
    cause: 'The earlier sandbox is not gone yet, and only one may have the volume.',
    fixes: [
      manual('wait-for-detach', 'Wait up to six minutes', 'the volume is let go by itself'),
      api('delete-old', 'Delete the earlier sandbox', 'destructive', 'delete', 'delete', 'the volume is attached'),
    ],
    docs: 'https://kubernetes.io/docs/concepts/storage/persistent-volumes/#access-modes',
  },
  {
    slug: 'k8s-container-config',
    title: 'A setting or volume the sandbox needs is missing',
    severity: 'high',
    priority: 9,
    signals: [
      says(
        /\bCreateContainer(?:Config)?Error\b|\bRunContainerError\b|\b(?:configmap|secret) "[^"]{1,120}" not found\b|\bcouldn't find key .{1,80} in (?:ConfigMap|Secret)\b|\bFailedMount\b|\bMountVolume\.SetUp failed\b|\bUnable to attach or mount volumes\b|\bFailedCreatePodSandBox\b/,
      ),
      says(/\brunAsNonRoot and image will run as root\b/),
      saysAtZero(
        /^\S{1,120} {1,40}\d{1,4}\/\d{1,4} {1,40}(?:Init:)?(?:CreateContainer(?:Config)?Error|RunContainerError)\b/,
      ),
    ],
    cause: 'The template of the sandbox names something that is not in the cluster.',
    fixes: [showDiagnostics, manual('correct-template', 'Correct the template', 'whoever runs the cluster')],
    docs: 'https://kubernetes.io/docs/tasks/debug/debug-application/debug-pods/',
  },
  {
    slug: 'k8s-probe-failed',
    title: 'The sandbox is not ready',
    severity: 'medium',
    priority: 6,
    signals: [
      says(/\bReadiness probe (?:failed|errored)\b/),
      says(/\bUnhealthy\b/, 2),
      says(/\bcontainer \S{1,100} is unhealthy\b|\bfailed to become healthy\b|\b[Hh]ealth ?check (?:has )?failed\b/, 3),
    ],
    vetoes: [/\bLiveness probe failed\b/],
    cause: 'Its server does not answer on the address the cluster asks, or needs longer to start.',
    fixes: [
      showDiagnostics,
      editor(
        'give-more-time',
        'Give it more time to start',
        'safe',
        'initialDelaySeconds or a startup probe',
        'the sandbox gets ready',
      ),
    ],
    docs: 'https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/',
  },
]);

/** What a person deploys to a cluster from the sandbox: it may be anything, so nothing is said of the sandbox, nor who is to blame. */
export const deploymentPatterns = category('deployment', [
  {
    slug: 'k8s-wait-timeout',
    title: 'It was not ready in the cluster in time',
    severity: 'medium',
    priority: 7,
    signals: [
      says(/\btimed out waiting for the condition\b/i),
      says(
        /\b(?:INSTALLATION|UPGRADE) FAILED: .{0,80}\b(?:context deadline exceeded|timed out)|\bexceeded its progress deadline\b/,
      ),
    ],
    cause:
      'Its pods do not start or do not get ready: the image, a setting, a probe, too few resources, or the program.',
    fixes: [showPods, manual('wait-longer', 'Wait longer', 'the --timeout of the command')],
    docs: 'https://kubernetes.io/docs/tasks/debug/debug-application/debug-pods/',
  },
]);
