import { asRoot, systemPackages } from './command-lines.ts';
import { showPods } from './common-fixes.ts';
import { category, editor, says, saysAtZero, shell, variant } from './record.ts';

const logIn = shell('log-in', 'Log in to the registry', 'confirm', 'docker login', 'the image can be pulled');

/** Docker inside the sandbox. */
export const dockerPatterns = category('docker', [
  {
    slug: 'image-pull-rate-limited',
    title: 'The registry lets nobody pull for now',
    severity: 'high',
    priority: 9,
    signals: [
      says(
        /\btoomanyrequests\b|\b(?:unauthenticated )?pull rate limit\b|\bTOOMANYREQUESTS\b|\bYou have reached your (?:unauthenticated )?pull rate limit\b/,
      ),
    ],
    cause: 'All sandboxes pull without a login from the same address.',
    fixes: [
      logIn,
      editor('use-image-mirror', 'Use a mirror', 'safe', 'the name of the image', 'the image can be pulled'),
    ],
    docs: 'https://docs.docker.com/docker-hub/usage/',
  },
  {
    slug: 'image-pull-failed',
    title: 'The image cannot be pulled',
    severity: 'high',
    priority: 8,
    signals: [
      says(/\bErrImagePull\b|\bImagePullBackOff\b|\bErrImageNeverPull\b|\bInvalidImageName\b|\bImageInspectError\b/),
      says(
        /\bpull access denied\b|\bmanifest (?:for .{1,200} )?(?:unknown|not found)\b|\bSANDBOX_IMAGE_PULL_FAILED\b|\bFailed to pull image\b|\bfailed to resolve (?:reference|source metadata for)\b|\bfailed to pull and unpack image\b|\binvalid reference format\b|\brepository .{1,200} not found: does not exist\b/,
      ),
      says(/\bUnable to find image '(?<image>[^']{1,200})' locally\b/, 3, { near: /Error response from daemon/ }),
      says(
        /\b(?:initializing source|Trying to pull|copying image)\b.{0,200}\b(?:denied|unknown|unauthorized|not found|no such host)/i,
        3,
      ),
      says(
        /\bshort-name "(?<image>[^"]{1,200})" did not resolve to an alias\b|\bMANIFEST_UNKNOWN\b|\bNAME_UNKNOWN\b|\btrying and failing to pull image\b/,
      ),
      saysAtZero(
        /^\S{1,120} {1,40}\d{1,4}\/\d{1,4} {1,40}(?:Init:)?(?:ImagePullBackOff|ErrImagePull|InvalidImageName|ErrImageNeverPull)\b/,
      ),
    ],
    vetoes: [/\btoomanyrequests\b|\bpull rate limit\b/i, /\bno space left on device\b/i],
    cause: 'The name is misspelt, the registry is private or cannot be reached.',
    fixes: [
      editor(
        'check-image-name',
        'Check the name of the image[: {image}]',
        'safe',
        'the setting or file that names it',
        'docker manifest inspect',
      ),
      logIn,
    ],
    docs: 'https://docs.docker.com/reference/cli/docker/image/pull/',
  },
  {
    slug: 'docker-daemon-down',
    title: 'Docker is not running',
    severity: 'high',
    priority: 7,
    signals: [
      says(
        /\b(?:Cannot|Can't|Could not|Couldn't) connect to (?:the )?(?:Docker|Podman|containerd|docker)\b|\bfailed to connect to the docker API\b|\bIs the docker daemon running\b|\bIs docker running\b|\bdocker daemon is not running\b|\bCould not find a valid Docker environment\b|\bunable to connect to Podman socket\b|\bdocker\.errors\.DockerException: Error while fetching server API version\b/i,
      ),
      says(
        /\bdial unix \S{0,200}(?:docker|containerd|podman|buildkit)\S{0,60}\.sock: connect: (?:no such file|connection refused)/,
      ),
      says(
        /\bcannot access containerd socket\b|\berror during connect: (?:Get|Post|Head|this error|This error)\b|\b[Ff]ailed to connect to (?:the )?(?:containerd|buildkit|podman)\b/,
      ),
    ],
    vetoes: [/\bpermission denied while trying to connect\b/i],
    cause: 'It was not started in this sandbox, or DOCKER_HOST points elsewhere.',
    fixes: [
      shell(
        'start-docker',
        'Start Docker (needs a privileged sandbox)',
        'confirm',
        `${asRoot} sh -c "dockerd >/tmp/dockerd.log 2>&1 &"`,
        'docker info',
      ),
      shell(
        'without-docker-host',
        'Run it again without DOCKER_HOST',
        'safe',
        'env -u DOCKER_HOST {command}',
        'exit code 0',
      ),
    ],
    docs: 'https://docs.docker.com/engine/daemon/start/',
  },
  {
    slug: 'docker-socket-permission',
    title: 'You may not talk to Docker',
    severity: 'medium',
    priority: 9,
    signals: [
      says(
        /\bpermission denied while trying to connect to the docker\b|\bdocker\.sock\b.{0,120}\bpermission denied\b|\bpermission denied\b.{0,120}\bdocker\.sock\b/i,
      ),
      says(/\bError while fetching server API version\b.{0,80}\bPermission denied\b/),
    ],
    cause: 'The user is not in the group docker, or the session is older than that.',
    fixes: [
      shell(
        'run-in-group',
        'Run it again with the group of Docker',
        'safe',
        'sg docker -c {command_line}',
        'exit code 0',
      ),
      shell(
        'join-group',
        'Join the group',
        'confirm',
        `${asRoot} usermod -aG docker "$(id -un)"`,
        'id -nG shows docker',
      ),
    ],
    docs: 'https://docs.docker.com/engine/install/linux-postinstall/',
  },
  {
    slug: 'container-name-conflict',
    title: 'The name of the container is taken',
    severity: 'low',
    priority: 8,
    signals: [
      says(
        /\b[Cc]ontainer name "?\/?(?<name>[\w.-]{1,120})"? is already in use\b|\bname "?(?<podman>[\w.-]{1,120})"? is (?:already )?in use by\b|\bConflict\. The container name\b(?! "?\/?[\w.-]{1,120}"? is already in use\b)/,
      ),
      says(
        /\bname "(?<name>[\w.-]{1,120})" is already used by ID\b|\bnode\(s\) already exist for a cluster with the name\b/,
      ),
    ],
    exitCodes: [125],
    cause: 'An earlier container was not removed.',
    fixes: [
      shell('start-container', 'Start the one there is', 'safe', 'docker start {name}', 'docker ps'),
      // What it wrote outside of volumes goes with it.
      shell('remove-container', 'Remove the stopped one[: {name}]', 'destructive', 'docker rm {name}', 'docker ps -a'),
    ],
    docs: 'https://docs.docker.com/reference/cli/docker/container/rm/',
  },
  {
    slug: 'docker-network-pool-exhausted',
    title: 'Docker has no network left to give',
    severity: 'medium',
    priority: 8,
    signals: [
      says(
        /\bnon-overlapping IPv4 address pool\b|\ball predefined address pools have been fully subnetted\b|\bPool overlaps with other one\b/,
      ),
    ],
    cause: 'Networks of many projects were left behind.',
    fixes: [
      shell('prune-networks', 'Remove networks nobody uses', 'confirm', 'docker network prune -f', 'docker network ls'),
    ],
    docs: 'https://docs.docker.com/reference/cli/docker/network/prune/',
  },
  {
    slug: 'docker-network-broken',
    title: 'The network of Docker is broken',
    severity: 'high',
    priority: 7,
    signals: [
      says(
        /\bcould not find bridge docker0\b|\bNo chain\/target\/match by that name\b|\bfailed to (?:create|set up) (?:NAT chain|endpoint|bridge)\b|\bnetwork [\w-]{1,80} not found\b|\bnetwork \S{1,80} declared as external, but could not be found\b|\b(?:docker|dockerd|daemon|driver|endpoint|bridge)\b.{0,200}\biptables\b.{0,120}\b(?:failed|Permission denied)|\biptables failed: /,
      ),
    ],
    vetoes: [/\bport is already allocated\b/],
    cause: 'Another Docker or a reset of the network removed it.',
    fixes: [
      shell('show-docker-networks', 'Show what there is', 'safe', 'docker network ls; ip -br link'),
      shell('restart-docker', 'Restart Docker', 'destructive', `${asRoot} service docker restart`, 'docker info'),
    ],
    docs: 'https://docs.docker.com/engine/network/',
  },
  {
    slug: 'image-not-found',
    title: 'Docker does not know this image or container',
    severity: 'low',
    priority: 6,
    signals: [
      says(
        /\bNo such (?:image|container|object|volume|network|service)(?:: (?<name>\S{1,200}))?|\bimage not known\b|\bno container with name or ID\b|\bno such service: (?<service>\S{1,80})/i,
      ),
    ],
    vetoes: [/\bssh:|\bstty:/],
    cause: 'A typing error, or it was removed.',
    fixes: [shell('list-images', 'Show what there is', 'safe', 'docker images; docker ps -a')],
    docs: 'https://docs.docker.com/reference/cli/docker/image/ls/',
  },
  {
    slug: 'docker-build-copy-missing',
    title: 'A file to copy is not in the build context',
    severity: 'low',
    priority: 7,
    signals: [
      says(/\b(?:COPY|ADD) failed: .{0,120}: stat (?<path>[\w@.][\w@./+-]{0,200}): file does not exist/),
      says(
        /\bCOPY failed\b|\bADD failed\b|\bfailed to (?:compute cache key|calculate checksum of ref).{0,300}\bnot found\b|\bfailed to compute cache key\b|\bcopier: stat: .{1,200}no such file/,
      ),
      says(/\bfailed to get fileinfo for (?<path>\S{1,200})/),
    ],
    cause: '.dockerignore leaves it out, or the build runs in another folder.',
    fixes: [
      editor('open-dockerignore', 'Open .dockerignore', 'safe', '.dockerignore', 'the build goes on'),
      editor('open-dockerfile', 'Open the line of the Dockerfile', 'safe', 'Dockerfile', null),
    ],
    docs: 'https://docs.docker.com/build/concepts/context/',
  },
  {
    slug: 'dockerfile-missing',
    title: 'There is no Dockerfile here',
    severity: 'low',
    priority: 8,
    signals: [
      says(
        /\bfailed to read dockerfile\b|\bCannot locate specified Dockerfile\b|\bunable to prepare context\b|\bno such file or directory: (?:Dockerfile|Containerfile)\b|\bno configuration file provided: not found\b|\bCan't find a suitable configuration file\b/i,
      ),
      says(
        /\bno (?:Containerfile|Dockerfile)\b.{0,40}\bfound\b|\bunable to stat Dockerfile\b|\b[Dd]ockerfile '[^']{1,200}' not found\b|\bresolving dockerfile path\b|\bvalid path to a Dockerfile\b|\bopen \S{0,200}(?:Dockerfile|Containerfile|compose\.ya?ml): no such file\b/,
      ),
    ],
    cause: 'The build runs in another folder.',
    fixes: [
      shell(
        'find-dockerfile',
        'Find it',
        'safe',
        'find . -maxdepth 3 \\( -iname "*Dockerfile*" -o -name "*compose*.y*ml" \\)',
      ),
    ],
    docs: 'https://docs.docker.com/reference/cli/docker/buildx/build/#file',
  },
  {
    slug: 'docker-build-step-failed',
    title: 'A step of the image build failed',
    severity: 'medium',
    priority: 1,
    signals: [
      says(/\bThe command '.{1,600}' returned a non-zero code: \d{1,3}/, 3),
      says(
        /\bdid not complete successfully: exit code\b|\bfailed to solve: process\b|\bError: building at STEP\b|\bwhile running runtime: exit status\b|\berror building image\b/,
        3,
      ),
      says(/^\s{0,20}did not complete successfully\. Exit code \d/, 3),
    ],
    cause: 'Only the outermost message; what failed stands above it.',
    fixes: [editor('open-step', 'Open the step in the Dockerfile', 'safe', 'Dockerfile', null)],
    docs: 'https://docs.docker.com/build/building/best-practices/',
  },
  {
    slug: 'container-not-running',
    title: 'The container is not running',
    severity: 'low',
    priority: 6,
    signals: [
      says(
        /\b[Cc]ontainer (?<name>\S{1,120}) is not running\b|\bservice "(?<service>[^"]{1,80})" is not running\b|\bcan only create exec sessions on running containers\b|\bcannot exec into a container in a completed pod\b|\bcannot exec in a stopped\b/,
      ),
      says(
        /\bunable to upgrade connection: container not found\b|\bis waiting to start: (?:ContainerCreating|PodInitializing)\b/,
      ),
    ],
    cause: 'It has ended.',
    fixes: [
      shell('show-container-logs', 'Show its last lines', 'safe', 'docker logs --tail 50 {name}'),
      shell('start-container', 'Start it', 'confirm', 'docker start {name}', 'docker ps'),
    ],
    variants: [
      variant(
        /\bunable to upgrade connection\b|\bis waiting to start\b|\bcompleted pod\b/,
        { cause: 'It is still starting, or it has ended.', fixes: [showPods] },
        { command: /\bkubectl\b/ },
      ),
    ],
    docs: 'https://docs.docker.com/reference/cli/docker/container/start/',
  },
  {
    slug: 'bind-source-missing',
    title: 'The folder to mount does not exist there',
    severity: 'low',
    priority: 8,
    signals: [
      says(
        /\bbind source path does not exist(?:: (?<path>\S{1,200}))?|\binvalid mount config for type "bind"|\bmounts denied\b|\berror mounting "(?<source>[^"]{1,200})" to rootfs\b|\bstatfs (?<podman>\S{1,200}): no such file/,
      ),
    ],
    exitCodes: [125],
    cause: 'The path exists where you type, not where Docker runs.',
    fixes: [shell('make-folder', 'Make the folder[: {path}]', 'confirm', 'mkdir -p -- {path}', 'docker run')],
    docs: 'https://docs.docker.com/engine/storage/bind-mounts/',
  },
  {
    slug: 'docker-plugin-missing',
    title: 'Docker has no such command here: its plugin is missing',
    severity: 'medium',
    priority: 7,
    signals: [
      says(
        /^docker: (?:unknown command: docker (?<name>[a-z]{1,20})\b|'(?<missing>[a-z]{1,20})' is not a docker command\b)/,
      ),
      says(
        /\bbuildx component is missing or broken\b|\bdocker: 'docker (?<name>[a-z]{1,20})' is not a docker command\b/,
      ),
      says(/^unknown (?:shorthand )?flag: /, 3, { near: /\b(?:Run|See) 'docker --help'/ }),
    ],
    exitCodes: [1, 125],
    cause: 'Compose and buildx are programs of their own, which slim images leave out.',
    fixes: [
      shell(
        'show-docker-plugins',
        'Show which there are',
        'safe',
        'docker info --format "{{json .ClientInfo.Plugins}}"; command -v docker-compose',
      ),
      shell(
        'install-docker-plugins',
        'Install Compose and buildx',
        'confirm',
        systemPackages(
          'docker-compose-plugin docker-buildx-plugin',
          'docker-cli-compose docker-cli-buildx',
          'docker-compose-plugin docker-buildx-plugin',
        ),
        'docker compose version',
      ),
    ],
    docs: 'https://docs.docker.com/compose/install/linux/',
  },
]);
