import { moreMemory, showMemory } from './common-fixes.ts';
import { api, category, editor, says, saysAtZero, shell } from './record.ts';

const kill =
  /^(?:.{0,120}: (?:line |Zeile |ligne |línea |linha )?\d{1,6}: {1,6}\d{1,8} )?(?:Killed|Getötet|Processus arrêté|Terminado \(killed\)|Morto|Убито|強制終了|已杀死)(?:$|[ \t:].{0,400}$)/;

/** Memory of the sandbox and of its graphics card. */
export const memoryPatterns = category('memory', [
  {
    slug: 'oom-killed',
    title: 'Killed: the sandbox ran out of memory',
    severity: 'blocker',
    priority: 5,
    signals: [
      saysAtZero(/"OOMKilled": {0,4}true\b/),
      says(/\bOOMKilled"?: {0,14}true\b/i),
      says(/\b(?:Memory cgroup out|Out) of memory: Kill(?:ed)? process\b/i),
      says(/\boom-kill:constraint=|\boom_reaper: reaped\b|\binvoked oom-killer\b/),
      says(/\breason["']?[:=] {0,14}"?OOM ?Killed\b/i),
      says(/^OOMKilled\b|\bEvent: {1,10}OOMKilled\b|\bterminated with OOMKilled\b|\breason=OOMKilled\b/),
      says(/^\S{1,120} {1,40}\d{1,4}\/\d{1,4} {1,40}(?:Init:)?OOMKilled\b/),
      says(/\bwas sent SIGKILL! Perhaps out of memory\b|\bOOM[- ][Kk]illed\b|\bWorker exited prematurely: signal 9\b/),
      says(/\bdied of signal 9\b|\bkilled by the OOM killer\b|\bOOM ?killer\b.{0,60}\bkilled\b/i),
      says(kill, 2),
      says(/\b(?:exit(?:ed)?(?: with)?(?: status| code)?|Exited \(|code|status)[ :=]{0,3}137\b/i, 2),
      says(
        /\bsignal: (?:9|killed)\b|\b(?:killed|terminated|exited|stopped|died|sent)\b.{0,30}\b(?:SIGKILL|signal 9)\b/i,
        3,
      ),
      says(/^make(?:\[\d{1,3}\])?: \*\*\* \[.{1,200}\] Killed$/, 3),
      says(/\bSIGKILL\b|\bsignal 9\b/i, 2),
      saysAtZero(/^\S{1,120} {1,40}\d{1,4}\/\d{1,4} {1,40}(?:Init:)?OOMKilled\b/),
      says(
        /\bsignal \(SIGKILL\)|\bkilled due to (?:the node running low on memory|memory (?:pressure|used))\b|\bContainer killed\b.{0,60}\bmemory limits?\b|\bKilledWorker\b/,
      ),
      says(
        /\bR1[45] \(Memory quota\b|\boom[-_ ]kill(?:ed|er)? event|\bOut of Memory" \("OOM"\) event\b|\b[Rr]an out of memory \(used over\b|\bMemory limit of \S{1,12} ?\w{0,4} exceeded\b|\bmax_heap_size\b/,
      ),
    ],
    exitCodes: [137],
    vetoes: [/\bOOMKilled"?: {0,14}false\b/i, /\bprocess \(pid=\d{1,8}\) was terminated\b/],
    cause:
      'The memory limit of the sandbox was reached and the kernel killed the process. The kill leaves no message of its own; exit code 137 alone is no proof, because a stop from outside looks the same.',
    fixes: [
      showMemory,
      shell(
        'run-with-less',
        'Run it again with less at a time',
        'safe',
        'env MAKEFLAGS=-j1 CARGO_BUILD_JOBS=1 GOMAXPROCS=1 {command}',
        'exit code 0 and no further kill counted',
      ),
      api(
        'end-process',
        'End the largest process',
        'confirm',
        'endProcess',
        'ask the process with the largest memory to end',
        'memory pressure falls',
      ),
      moreMemory,
    ],
    docs: 'https://docs.kernel.org/admin-guide/cgroup-v2.html#memory',
  },
  {
    slug: 'compiler-oom-killed',
    title: 'Compiler or linker killed: not enough memory for so many jobs',
    severity: 'high',
    priority: 9,
    signals: [
      says(/\bKilled signal terminated program \w/),
      says(/\b(?:ld|collect2|cc1plus|cc1|lto1|as|rustc|clang|gold|lld) terminated with signal 9\b/),
      says(/\bprocess didn't exit successfully: .{0,400}\(signal: 9\b/),
      says(/\bcould not compile\b.{0,300}\bsignal: 9\b|\(signal: 9, SIGKILL\b/),
      says(/\btool\/\S{1,200}: signal: killed\b/),
      says(/\bvirtual memory exhausted: /),
      says(
        /\b(?:internal compiler error|clang|g\+\+|gcc|c\+\+|ghc|scalac|kotlinc|swiftc)(?!\w).{0,120}\b(?:Killed|signal 9|unable to execute command: Killed)/,
      ),
      says(/^(?:clang|gcc|g\+\+|cc|c\+\+)[\w+.-]{0,20}: error: unable to execute command: Killed/),
      says(
        /['"`]?\b(?:cicc|ptxas|nvcc|fatbinary|cudafe\+\+|cc1\w{0,6}|lto1|ld(?:\.\w{2,5})?|lld|mold|rustc|ghc|swift-frontend|gen_snapshot|javac|dmd|ldc2|wasm-ld)['"`]? (?:died|was killed|killed|crashed|terminated|exited) (?:due to |by |on |with )?signal:? 9\b/,
      ),
      says(
        /\bThe build process was killed \(i\.e\. SIGKILL\)|\bExitFailure \(-9\)|\bcompile command failed due to signal 9\b|\b(?:[Cc]ompiling|[Ll]inking|CppCompile|CppLink|Javac|Rustc)\b.{0,300}\bfailed: \(Killed\)|\bsnapshot(?:ter| generator) (?:failed|exited) with exit code -9\b|\bemcc: error: .{0,200}\(received SIGKILL\b/,
      ),
      says(/\bc\+\+: fatal error: Killed\b|\bLLVM ERROR: out of memory\b|\bout of memory allocating \d{1,20} bytes\b/),
    ],
    exitCodes: [1, 2, 101],
    cause: 'One source file or the linking needs more memory than there is, and every parallel job needs it again.',
    fixes: [
      shell(
        'run-with-one-job',
        'Run it again with one job',
        'safe',
        'env MAKEFLAGS=-j1 CMAKE_BUILD_PARALLEL_LEVEL=1 CARGO_BUILD_JOBS=1 GOFLAGS=-p=1 {command}',
        'exit code 0 and no further kill counted',
      ),
      editor(
        'less-debug-info',
        'Build with less debug information',
        'safe',
        'CARGO_PROFILE_DEV_DEBUG=0, a lighter linker such as lld',
        'exit code 0',
      ),
      editor(
        'keep-one-job',
        'Write one job at a time into the project',
        'safe',
        'jobs in .cargo/config.toml',
        'exit code 0',
      ),
      moreMemory,
    ],
    docs: 'https://doc.rust-lang.org/cargo/reference/config.html#buildjobs',
  },
  {
    slug: 'build-daemon-killed',
    title: 'The build daemon disappeared',
    severity: 'high',
    priority: 9,
    signals: [
      says(/\bbuild daemon disappeared unexpectedly\b|\bDaemonDisappearedException\b|\bthe daemon has disappeared\b/i),
      says(
        /\b(?:Kotlin|Gradle|Bazel|Nx|Turbo|Scala|Buck2?) (?:compile |compiler )?(?:daemon|server)\b.{0,80}\b(?:terminated|crashed|disappeared|has been lost|died|stopped) ?(?:unexpectedly)?/i,
      ),
      says(/\bServer terminated abruptly \(error code: 14\b/),
      says(
        /\b[Tt]he daemon has terminated unexpectedly\b|\bdaemon has been (?:unexpectedly )?lost\b|\bDaemon process terminated and closed the connection\b/,
      ),
    ],
    cause: 'The build daemon was killed for memory, or stopped together with the sandbox.',
    fixes: [
      shell(
        'run-without-daemon',
        'Build without the daemon, with a smaller heap',
        'safe',
        'if [ -x ./gradlew ]; then ./gradlew --stop; fi; env GRADLE_OPTS="${GRADLE_OPTS:-} -Dorg.gradle.daemon=false -Dorg.gradle.jvmargs=-Xmx1g" {command}',
        'exit code 0',
      ),
      editor(
        'keep-gradle-heap',
        'Write a smaller heap into gradle.properties',
        'safe',
        'org.gradle.jvmargs in gradle.properties',
        'exit code 0',
      ),
      moreMemory,
    ],
    docs: 'https://docs.gradle.org/current/userguide/gradle_daemon.html',
  },
  {
    slug: 'test-worker-killed',
    title: 'A test worker died',
    severity: 'high',
    priority: 7,
    signals: [
      says(/\bjest worker process\b.{0,80}\bwas terminated by another process: signal=SIGKILL\b/),
      says(/\b[Ww]orker (?:\w{1,20} )?(?:exited|terminated|stopped|crashed) unexpectedly\b/),
      says(/\bforked VM terminated without (?:properly saying|saying properly) goodbye\b/),
      says(/\bworker '?gw\d{1,4}'? crashed\b|\bnode down: Not properly terminated\b/),
      says(
        /\bWorker exited prematurely: signal 15\b|\bA worker process managed by the executor was unexpectedly terminated\b|\bBrokenProcessPool\b/,
      ),
      says(/\b(?:test|paratest|parallel) ?(?:process|worker|runner)\b.{0,60}\b(?:SIGKILL|signal 9|killed)\b/i),
      says(/\bProcess Exit Code: 137\b/, 1),
      says(
        /^Call retries were exceeded$|\bTest host process crashed\b|^Process 'Gradle Test Executor \d{1,6}' finished with non-zero exit value 137\b|\bTest was run in child process and ended unexpectedly\b/,
      ),
    ],
    vetoes: [/JavaScript heap out of memory/],
    cause:
      'The workers together need more memory than the sandbox has; the kernel kills one and the runner only sees a closed pipe.',
    fixes: [
      shell(
        'run-fewer-workers',
        'Run with fewer workers',
        'safe',
        // Jest asks only how many processors it may use.
        '$([ -e node_modules/.bin/jest ] && taskset -c 0 true 2>/dev/null && echo taskset -c 0) env VITEST_MAX_WORKERS=2 VITEST_MAX_THREADS=2 VITEST_MAX_FORKS=2 PYTEST_XDIST_AUTO_NUM_WORKERS=2 {command}',
        'exit code 0',
      ),
      editor(
        'cap-worker-memory',
        'Restart workers at a memory cap',
        'safe',
        'workerIdleMemoryLimit in the Jest configuration, poolOptions in that of Vitest',
        'exit code 0',
      ),
      editor(
        'keep-fewer-workers',
        'Write fewer workers into the test configuration',
        'safe',
        'the number of workers in the configuration of Jest, Vitest or pytest',
        'exit code 0',
      ),
      moreMemory,
    ],
    docs: 'https://jestjs.io/docs/configuration#workeridlememorylimit-numberstring',
  },
  {
    slug: 'gpu-oom',
    title: 'The memory of the graphics card is full',
    severity: 'high',
    priority: 9,
    signals: [
      says(/\b(?:CUDA|HIP|MPS backend|XPU)(?: error:)? out of memory\b/),
      says(
        /\bCUBLAS_STATUS_ALLOC_FAILED\b|\bCUDNN_STATUS_ALLOC_FAILED\b|\bcudaErrorMemoryAllocation\b|\bCUDA_ERROR_OUT_OF_MEMORY\b/,
      ),
      says(/\btorch\.(?:cuda\.)?OutOfMemoryError\b/),
      says(
        /\b(?:cudaMalloc|cuMemAlloc|hipMalloc|cudaHostAlloc)\w{0,12}\b.{0,40}\b(?:failed|out of memory)\b|\bunable to allocate (?:CUDA|ROCm|HIP|Vulkan|Metal|SYCL)\d{0,2} buffer\b|\bCUDA error \S{0,40}.{0,120}\bout of memory\b|\bOut of GPU memory\b|\bhipErrorOutOfMemory\b|\bErrorOutOfDeviceMemory\b|\bVK_ERROR_OUT_OF_DEVICE_MEMORY\b|\bNo available memory for the cache blocks\b|\bRESOURCE_EXHAUSTED: Out of memory allocating\b|\bInsufficient Memory \(\S{0,80}kIOGPU/,
      ),
      says(
        /\bOOM when allocating tensor\b|\bfailed to allocate .{0,40}\bon (?:GPU|device)\b|\bRESOURCE_EXHAUSTED: Out of memory while trying to allocate\b/,
      ),
      says(/\b(?:cupy|numba)\.\S{1,60}(?:OutOfMemoryError|CudaAPIError)\b/),
    ],
    cause: 'Model and batch need more than the free memory of the card, or another process holds it.',
    fixes: [
      shell('show-gpu', 'Show who uses the card', 'safe', 'nvidia-smi'),
      shell(
        'expandable-segments',
        'Run again with expandable segments',
        'safe',
        'env PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True {command}',
        'exit code 0',
      ),
      editor(
        'smaller-batch',
        'Use a smaller batch',
        'safe',
        'the batch size in the configuration of the training',
        'exit code 0',
      ),
    ],
    docs: 'https://pytorch.org/docs/stable/notes/cuda.html#memory-management',
  },
]);
