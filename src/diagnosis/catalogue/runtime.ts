import { category, editor, says, shell } from './record.ts';

const openFrame = editor(
  'open-frame',
  'Open the first frame in your own code',
  'safe',
  'file and line of the stack',
  null,
);

/** Errors of languages and their run times. */
export const runtimePatterns = category('runtime', [
  {
    slug: 'deadlock',
    title: 'All goroutines wait for each other',
    severity: 'medium',
    priority: 7,
    signals: [
      says(/\bfatal error: all goroutines are asleep - deadlock!/),
      says(
        /\bfatal\b.{0,40}\bNo live threads left\. Deadlock\?|\bthread blocked indefinitely in an? (?:MVar|STM)\b|\bFound one Java-level deadlock\b/,
      ),
      says(/\bNo live threads left\. Deadlock\?/),
    ],
    exitCodes: [2],
    cause: 'A channel or a lock that nobody will ever serve.',
    fixes: [{ ...openFrame, title: 'Open the goroutine that waits' }],
    docs: 'https://go.dev/doc/effective_go#channels',
  },
  {
    slug: 'node-openssl-legacy',
    title: 'An old build tool asks for a hash that OpenSSL 3 dropped',
    severity: 'low',
    priority: 8,
    signals: [says(/\bdigital envelope routines::unsupported\b|\bERR_OSSL_EVP_UNSUPPORTED\b/)],
    cause: 'webpack 4 and its like use MD4, which Node 17 and later refuse.',
    fixes: [
      shell(
        'legacy-provider',
        'Run again with the legacy provider',
        'confirm',
        'env NODE_OPTIONS="${NODE_OPTIONS:-} --openssl-legacy-provider" {command}',
        'exit code 0',
      ),
      editor('upgrade-bundler', 'Use a newer bundler', 'safe', 'package.json', 'exit code 0'),
    ],
    docs: 'https://nodejs.org/en/blog/release/v17.0.0',
  },
  {
    slug: 'java-version-mismatch',
    title: 'The classes need another Java',
    severity: 'medium',
    priority: 7,
    signals: [
      says(
        /\bUnsupportedClassVersionError\b|\bclass file (?:has wrong version|version) \d{1,3}\b|\brelease version \d{1,3} not supported\b|\binvalid (?:target|source) release\b/,
      ),
      says(
        /\bUnsupported class file major version \d{1,3}|\b(?:Gradle|Maven|Kotlin|This version|This tool) requires (?:Java|JVM|JDK) \d{1,2}\b|\bincompatible because .{0,120}\bJava \d{1,2}\b|\bCould not determine java version from\b|\bNo matching toolchains found\b/i,
      ),
      says(
        /\bCannot find a Java installation on your machine\b.{0,60}\bmatching\b|\bonly recognizes class file versions up to\b/,
      ),
      says(
        /\bplugin requires (?:at least )?(?:Java|JDK) \d{1,2}\b|\bToolchain installation '[^']{1,200}' does not provide\b/,
      ),
    ],
    cause: 'The image has an older Java than the one it was built for.',
    fixes: [
      shell('show-java-versions', 'Show which Java there is', 'safe', 'java -version; ls /usr/lib/jvm 2>/dev/null'),
      // SDKMAN is a function of bash, and what it switches ends with the shell.
      shell(
        'switch-java',
        'Run it with the Java of the project (SDKMAN)',
        'confirm',
        `bash -c '. "${'$'}{SDKMAN_DIR:-$HOME/.sdkman}/bin/sdkman-init.sh" && sdk env install && eval "$1"' bash {command_line}`,
        'exit code 0',
      ),
    ],
    docs: 'https://docs.oracle.com/en/java/javase/21/migrate/getting-started.html',
  },
  {
    slug: 'java-home-missing',
    title: 'JAVA_HOME leads nowhere',
    severity: 'low',
    priority: 7,
    signals: [
      says(
        /\bJAVA_HOME\b.{0,80}\b(?:not (?:defined|set|found)|invalid directory|is not defined correctly|does not point|incorrect)/,
      ),
      says(
        /\bNo Java runtime present\b|\bUnable to locate a Java Runtime\b|\bno 'java' command could be found in your PATH\b|\bNo compiler is provided in this environment\b/,
      ),
      says(/\bNo java installations? was detected\b/i),
    ],
    cause: 'The variable comes from another image, or Java is not installed.',
    fixes: [
      shell(
        'set-java-home',
        'Run again with JAVA_HOME set',
        'safe',
        'env JAVA_HOME="$(dirname "$(dirname "$(readlink -f "$(command -v java)")")")" {command}',
        'exit code 0',
      ),
    ],
    docs: 'https://docs.oracle.com/en/java/javase/21/install/',
  },
  {
    slug: 'locale-encoding',
    title: 'Text in another encoding',
    severity: 'low',
    priority: 6,
    signals: [
      says(/\bUnicode(?:Encode|Decode)Error: '[\w-]{1,20}' codec can't (?:en|de)code\b/),
      says(
        /\binvalid byte sequence in (?:US-ASCII|UTF-8)\b|\bEncoding::(?:Undefined|InvalidByteSequence|Compatibility)\w{0,30}Error\b|\bMalformed(?:Input|UTF-8)\w{0,20}Exception\b|\bunmappable character\b|\bInvalidData, message: "stream did not contain valid UTF-8"|\bh(?:GetContents|GetLine|PutStr|PutChar)\w{0,8}: invalid argument \((?:invalid byte sequence|cannot (?:de|en)code)/,
      ),
      says(/\bsetlocale: LC_ALL: cannot change locale\b|\bSetting locale failed\b|\bunsupported locale setting\b/, 3),
      says(/\bconfigured to use ASCII as encoding\b/),
      says(
        /\bcan't set the locale; make sure\b|\bCannot set LC_\w{1,12} to default locale\b|\bnative name encoding of latin1\b/,
        3,
      ),
    ],
    cause: 'The sandbox has no UTF-8 locale set.',
    fixes: [
      shell('use-utf8', 'Run again with UTF-8', 'safe', 'env LC_ALL=C.UTF-8 PYTHONUTF8=1 {command}', 'exit code 0'),
      editor(
        'keep-utf8',
        'Use UTF-8 in the terminals of this project',
        'safe',
        'LC_ALL in terminal.integrated.env.linux',
        'exit code 0',
      ),
    ],
    docs: 'https://docs.python.org/3/library/os.html#python-utf-8-mode',
  },
  {
    slug: 'python-home-broken',
    title: 'Python does not find its own library',
    severity: 'low',
    priority: 8,
    signals: [
      says(/\binit_fs_encoding\b|\bNo module named 'encodings'|\bCould not find platform (?:in)?dependent libraries\b/),
    ],
    cause: 'PYTHONHOME or PYTHONPATH of another image is set.',
    fixes: [
      shell(
        'unset-python-home',
        'Run again without them',
        'safe',
        'env -u PYTHONHOME -u PYTHONPATH {command}',
        'exit code 0',
      ),
    ],
    docs: 'https://docs.python.org/3/using/cmdline.html#envvar-PYTHONHOME',
  },
  {
    slug: 'unhandled-panic',
    title: 'An error nobody caught, in the program itself',
    severity: 'low',
    priority: 1,
    signals: [
      says(/\bthread '[^']{1,80}'.{0,30} panicked at\b/, 3),
      says(
        /\btriggerUncaughtException\b|\bUncaught Exception\b|\bUnhandledPromiseRejection\b|\bERR_UNHANDLED_REJECTION\b|\bThis error originated either by throwing inside of an async function\b/,
        3,
      ),
      says(/^panic: (?!runtime error: (?:invalid memory|index))/, 3),
      says(/^panic: runtime error:/, 3),
      says(
        /^Uncaught (?:\w{1,40}Error|Error|Exception)\b|\bPHP Fatal error: {1,3}Uncaught\b|^Unhandled exception(?:\.? |:$)|^thread \d{1,8} panic: |^Error: unhandled exception: /,
        3,
      ),
      says(
        /^\S{1,200}\.swift:\d{1,6}: Fatal error: |^error: Uncaught \(|^error: Uncaught \w{0,40}Error\b|^Exception in thread "[^"]{1,100}" [\w.$]{1,200}(?:Exception|Error)\b/,
        3,
      ),
      says(
        /^Fatal error: exception \w|\bterminating due to uncaught exception of type\b|^CallStack \(from HasCallStack\):$/,
        3,
      ),
    ],
    cause: 'The program itself is wrong here; the first frame in your own code is the place to look.',
    fixes: [openFrame],
    docs: 'https://nodejs.org/api/process.html#event-uncaughtexception',
  },
  {
    slug: 'node-bad-option',
    title: 'Node does not know an option',
    severity: 'low',
    priority: 7,
    signals: [
      says(
        /\bnode: bad option\b|\bis not allowed in NODE_OPTIONS\b|\billegal value for flag\b|\bnode: .{1,80} requires an argument\b|\bnode: invalid value for\b/,
      ),
    ],
    exitCodes: [9],
    cause: 'NODE_OPTIONS was meant for another version of Node.',
    fixes: [
      shell(
        'unset-node-options',
        'Run again without NODE_OPTIONS',
        'safe',
        'env -u NODE_OPTIONS {command}',
        'exit code 0',
      ),
    ],
    docs: 'https://nodejs.org/api/cli.html#node_optionsoptions',
  },
]);
