import { moreMemory, runAgain } from './common-fixes.ts';
import { category, editor, says, shell, system } from './record.ts';

/** Sets `m` to the bytes of memory the sandbox may use; to nothing where it has no limit. */
const memoryLimit =
  'm=$(cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null | grep -E "^[0-9]{1,13}$" | head -1)';

/** Limits of memory that programs set themselves. */
export const heapPatterns = category('memory', [
  {
    slug: 'v8-heap-oom',
    title: 'JavaScript heap is full (a limit of Node, not of the sandbox)',
    severity: 'high',
    priority: 9,
    signals: [
      says(/\bJavaScript heap out of memory\b/),
      says(/^(?:.{0,60}[^\w"'`])?FATAL ERROR: .{0,200}(?:Allocation failed|out of memory)\b/),
      says(/\bFatal (?:process|JavaScript) out of memory\b/),
      says(/\bERR_WORKER_OUT_OF_MEMORY\b|\breaching memory limit: JS heap out of memory\b/),
      says(/\bFatal JavaScript invalid size error\b|\bReached heap limit\b/),
      says(/^#? ?Fatal error in .{0,40}out of memory/),
    ],
    exitCodes: [133, 134],
    cause:
      'Node keeps its heap below a limit of its own, derived from the memory of the sandbox when it starts. Type checkers, bundlers and test runners reach it first.',
    fixes: [
      shell(
        'raise-heap',
        'Run it again with a larger heap',
        'safe',
        `${memoryLimit}; env NODE_OPTIONS="${'$'}{NODE_OPTIONS:-} --max-old-space-size=$((${'$'}{m:-5726623061} * 3 / 4 / 1048576))" {command}`,
        'exit code 0; if it becomes 137, the sandbox itself is too small',
      ),
      editor(
        'keep-heap-setting',
        'Write a heap limit into the project',
        'confirm',
        'NODE_OPTIONS in the scripts of package.json or in .env',
        'the script ends with exit code 0',
      ),
      moreMemory,
    ],
    docs: 'https://nodejs.org/api/cli.html#--max-old-space-sizesize-in-mib',
  },
  {
    slug: 'jvm-heap-oom',
    title: 'Java heap is full (a limit of the JVM, not of the sandbox)',
    severity: 'high',
    priority: 8,
    signals: [
      says(/\bOutOfMemoryError: (?:Java heap space|GC overhead limit exceeded|Requested array size exceeds VM limit)/),
      says(/\bTerminating due to java\.lang\.OutOfMemoryError\b/),
      says(/\bExpiring Daemon because JVM heap space is exhausted\b|\bout of Java heap space\b|\bJava heap space\b/),
    ],
    exitCodes: [1, 3],
    vetoes: [/\bWARN\b.{0,200}\bcaught java\.lang\.OutOfMemoryError\b/],
    cause: 'The JVM takes a quarter of the memory of the sandbox for its heap unless it is told otherwise.',
    fixes: [
      shell(
        'raise-heap',
        'Run it again with a larger heap',
        'safe',
        // _JAVA_OPTIONS alone is stronger than an -Xmx on the command line.
        `${memoryLimit}; env JAVA_TOOL_OPTIONS="${'$'}{JAVA_TOOL_OPTIONS:-} -XX:MaxRAMPercentage=70" _JAVA_OPTIONS="${'$'}{_JAVA_OPTIONS:-} ${'$'}{m:+-Xmx$((m * 7 / 10 / 1048576))m}" {command}`,
        'exit code 0',
      ),
      editor(
        'keep-gradle-heap',
        'Write a larger heap into gradle.properties',
        'safe',
        'org.gradle.jvmargs in gradle.properties',
        'exit code 0',
      ),
      moreMemory,
    ],
    docs: 'https://docs.oracle.com/en/java/javase/21/troubleshoot/troubleshooting-memory-leaks.html',
  },
  {
    slug: 'jvm-metaspace-oom',
    title: 'Java metaspace or direct memory is full',
    severity: 'medium',
    priority: 8,
    signals: [
      says(/\bOutOfMemoryError: (?:Metaspace|Compressed class space|Direct buffer memory|PermGen space)/),
      says(/\bCannot reserve \d{1,20} bytes of direct buffer memory\b/),
      says(/\brunning out of JVM Metaspace\b|\bOutOfDirectMemoryError\b|^(?:> )?Metaspace$/),
    ],
    cause: 'The caps on class data or on buffers outside of the heap are too small, or class loaders leak.',
    fixes: [
      shell(
        'raise-caps',
        'Run it again with higher caps',
        'safe',
        'env _JAVA_OPTIONS="${_JAVA_OPTIONS:-} -XX:MaxMetaspaceSize=512m -XX:MaxDirectMemorySize=512m" {command}',
        'exit code 0',
      ),
      moreMemory,
    ],
    docs: 'https://docs.oracle.com/en/java/javase/21/gctuning/other-considerations.html',
  },
  {
    slug: 'process-vm-limit',
    title: 'An allocation was refused inside the process',
    severity: 'medium',
    priority: 4,
    signals: [
      says(/^(?:[\w.]{0,60}\.)?_?(?:Array)?MemoryError\b/),
      says(/\b_ArrayMemoryError\b|\bUnable to allocate .{1,60} for an array\b/),
      says(/\bmemory allocation of \d{1,20} bytes failed\b/),
      says(/\bfatal error: (?:runtime: )?(?:out of memory|cannot allocate memory)\b/i),
      says(/\bNoMemoryError\b|\bstd::bad_alloc\b|\bSystem\.OutOfMemoryException\b|\bOutOfMemoryError\(\)/),
      says(
        /^(?:.{0,80}: )?(?:Out of memory|not enough memory|memory exhausted|out of memory|Insufficient memory)[!.]?$/,
      ),
      says(
        /\b(?:[Ff]ailed|[Cc]annot|[Uu]nable|[Cc]ould not|can't) (?:to )?allocate (?:memory|vector|\d|heap|region|virtual|\S{1,40} bytes)/,
        3,
      ),
      says(/\bCould not (?:reserve enough space|allocate compressed class space|allocate metaspace)\b/),
      says(
        /\bArray buffer allocation failed\b|\bInvalid string length\b|\bInvalid array length\b|\bERR_BUFFER_TOO_LARGE\b|\bERR_FS_FILE_TOO_LARGE\b/,
      ),
      says(
        /\bThere is insufficient memory for the Java Runtime Environment\b|\bNative memory allocation \(m\w{3,6}\) failed\b/,
      ),
      says(
        /\bOut of memory (?:in perl|error\b)|\bOut of memory! Aborting program\b|\bout of memory \(requested \d|\bexception Out_of_memory\b|^error: OutOfMemory$|\bOut of Memory Error: |\bCurrent maximum heap size is \d|\bmalloc failed\b|\bmalloc of size \d{1,20} failed\b|\bmemory allocation (?:failed|error|failure)\b|\bcache resources exhausted\b|\bout of memory or dimension too large\b|\bNot enough resources: memory\b|\b(?:unable|failed) to alloc \d|\bcannot allocate \d{1,20} bytes\b|\brequires more system memory\b|\bno memory for \w{1,40} allocation\b/,
      ),
      says(/\bOutOfMemory: /, 3),
      says(/\bERR_OUT_OF_RANGE\b/, 3),
      says(
        /\beheap_alloc: Cannot allocate \d{1,20} bytes\b|\bCannot allocate \d{1,20} bytes of memory \(of type\b|\bHeap exhausted\b/,
      ),
      says(/\bxrealloc: cannot allocate\b|\bxmalloc: |\bxcalloc: |\bmalloc\(\d{1,20}\) failed\b/, 3),
      system('ENOMEM'),
      says(
        /\bos::commit_memory\(.{1,80}\bfailed\b|\bHRESULT: 0x8007000E\b|\bMemory limit \(\w{1,20}\) exceeded\b|\bExceeded memory limit for \$\w|\bcircuit_breaking_exception\b/,
      ),
      says(/^(?:ERROR|FATAL|Error): {1,3}[Oo]ut of memory$/),
    ],
    exitCodes: [134],
    vetoes: [
      /\bSQLSTATE\b/,
      /\b(?:CUDA|HIP|GPU|cudaMalloc|nvenc)\b.{0,80}\bmemory\b/,
      /\bOOM command not allowed\b/,
      /\bfork\b.{0,40}memory/i,
    ],
    cause:
      'A limit on the address space, strict overcommit, or one absurdly large allocation; nothing was killed from outside.',
    fixes: [
      shell('show-limits', 'Show the limits', 'safe', 'ulimit -a; free -m'),
      shell(
        'lift-soft-limit',
        'Lift the soft limit and run again',
        'safe',
        'ulimit -v unlimited; {command}',
        'exit code 0',
      ),
      editor(
        'reduce-allocation',
        'Open the place that allocates',
        'safe',
        'the innermost frame in your own code',
        'exit code 0',
      ),
    ],
    docs: 'https://man7.org/linux/man-pages/man2/getrlimit.2.html',
  },
  {
    slug: 'php-memory-limit',
    title: 'PHP reached its memory_limit',
    severity: 'medium',
    priority: 8,
    signals: [says(/\bAllowed memory size of \d{1,20} bytes exhausted\b/)],
    exitCodes: [255],
    cause: 'PHP ends a script at memory_limit, which is small by default.',
    fixes: [
      shell(
        'raise-memory-limit',
        'Run it again with a higher limit',
        'safe',
        'd=$(mktemp -d) && echo memory_limit=2G >"$d/memory.ini" && env PHP_INI_SCAN_DIR="${PHP_INI_SCAN_DIR:-}:$d" COMPOSER_MEMORY_LIMIT=2G {command}',
        'exit code 0',
      ),
      editor(
        'edit-php-ini',
        'Open php.ini at memory_limit',
        'confirm',
        'memory_limit = 1G',
        'php -r shows the new limit',
      ),
    ],
    docs: 'https://www.php.net/manual/en/ini.core.php#ini.memory-limit',
  },
  {
    slug: 'stack-overflow',
    title: 'Recursion without end',
    severity: 'medium',
    priority: 7,
    signals: [
      says(/\bMaximum call stack size exceeded\b|\btoo much recursion\b/),
      says(/\bRecursionError\b|\bmaximum recursion depth\b/),
      says(/\bStackOverflow(?:Error|Exception)\b|\bSystemStackError\b|\bstack level too deep\b/),
      says(/(?:^|: |\()[Ss]tack overflow(?:$|[.;)!:]| \()/),
      says(
        /\bgoroutine stack exceeds\b|\bhas overflowed its stack\b|\bdeep recursion\b|\bC stack usage\b.{0,60}too close to the limit/,
      ),
      says(
        /\bStack overflow during evaluation\b|\bControl stack exhausted\b|\bLisp nesting exceeds\b|\bcall depth limit reached\b|\bevaluation nested too deeply\b|\bStack space overflow\b|\bmax_recursion_depth exceeded\b|\btoo many nested evaluations\b|\bmaximum function nesting level exceeded\b|\bStack limit \(.{1,20}\) exceeded\b|\bexception Stack_overflow\b|^Stack Overflow$|\bstack overflow detected\b|\bProcess is terminat(?:ed|ing) due to StackOverflowException\b|\bMaximum function nesting level\b|\binfinite recursion\b/i,
      ),
    ],
    exitCodes: [134],
    cause: 'A function calls itself without end; a larger stack only helps native code.',
    fixes: [
      editor('open-frame', 'Open the frame that repeats', 'safe', 'the first frame in your own code', 'exit code 0'),
      {
        ...runAgain,
        id: 'run-with-larger-stack',
        title: 'Run again with a larger stack',
        how: 'ulimit -s unlimited; {command}',
      },
    ],
    docs: 'https://man7.org/linux/man-pages/man2/setrlimit.2.html',
  },
]);
