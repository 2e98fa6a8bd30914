import { rebuildsNative } from './installing.ts';
import { category, editor, says, shell } from './record.ts';

/** Asked for first: a core file may be as large as the memory. */
const keepCore = (id: string) =>
  shell(
    id,
    'Run it again and keep a core file of the crash',
    'confirm',
    'ulimit -c unlimited; {command}',
    'exit code 0',
  );

/** Programs that crash by themselves. */
export const crashPatterns = category('crash', [
  {
    slug: 'segfault',
    title: 'Crashed: segmentation fault',
    severity: 'high',
    priority: 5,
    signals: [
      says(/\b[Ss]egmentation [Ff]ault\b|\bSIGSEGV\b|\bsegfault\b/, 3),
      says(
        /\bSpeicherzugriffsfehler\b|\bErreur de segmentation\b|\bViolación de segmento\b|\bFalha de segmentação\b|Ошибка сегментирования|段错误|セグメンテーション/,
      ),
      says(/"ExitCode": {0,4}139\b|\bexit(?:ed)?(?: with)?(?: status| code)?[ :=]{1,14}139\b/i, 3),
      says(
        /\b(?:AddressSanitizer|UndefinedBehaviorSanitizer|Valgrind)\b.{0,60}\b(?:SEGV|heap-buffer-overflow|heap-use-after-free|stack-buffer-overflow)\b/,
      ),
      says(/\bsignal: 11\b|\bsignal 11\b|\bSegmentation violation\b|\bEXC_BAD_ACCESS\b|\bAccess violation\b/, 3),
      says(/\binvalid memory address or nil pointer dereference\b/, 2),
      says(/\bBad pointer dereference\b|^make(?:\[\d{1,3}\])?: \*\*\* \[.{1,200}\] Error 139$/, 3),
    ],
    // The JVM and sanitizers catch the signal, print it and abort.
    exitCodes: [139, 134],
    cause:
      'Native code crashed: a small stack, native packages of another version, or an instruction the processor does not have.',
    fixes: [
      shell('show-native-stack', 'Find where it crashes', 'safe', 'env PYTHONFAULTHANDLER=1 {command}'),
      shell('rebuild-native-packages', 'Build the native packages again', 'confirm', rebuildsNative, 'exit code 0'),
    ],
    docs: 'https://man7.org/linux/man-pages/man7/signal.7.html',
  },
  {
    slug: 'illegal-instruction',
    title: 'Crashed: the processor lacks an instruction',
    severity: 'medium',
    priority: 5,
    signals: [
      says(/\b[Ii]llegal instruction\b|\bSIGILL\b|\bsignal 4\b|\bsignal: 4\b/, 3),
      says(/\bUngültiger Maschinenbefehl\b|\bInstruction non permise\b|\bInstrucción ilegal\b|非法指令|不正な命令/),
      says(/\bCPU (?:does not|doesn't) (?:support|have) (?:AVX|SSE|the required)/i),
      says(
        /\b(?:CPU|processor|machine|system)\b.{0,80}\b(?:lacks?|without|does(?: not|n't) (?:appear to )?(?:have|support))\b.{0,40}\b(?:AVX|SSE|x86-64-v|FMA|BMI)|\brequires a CPU with (?:AVX|SSE)|\bto use (?:AVX|SSE|FMA)\S{0,10} instructions\b.{0,40}\b(?:aren't|are not) available\b/,
      ),
    ],
    exitCodes: [132, 134],
    cause: 'The program was built for newer processors than the virtual machine shows.',
    fixes: [
      shell(
        'show-cpu',
        'Show what the processor can',
        'safe',
        'grep -o -m1 -E "avx[^ ]*|sse4[^ ]*" /proc/cpuinfo | sort -u',
      ),
      editor(
        'use-baseline-build',
        'Use a build for older processors',
        'confirm',
        'the package that crashes, in its baseline or CPU-only form',
        'exit code 0',
      ),
    ],
    docs: 'https://man7.org/linux/man-pages/man7/signal.7.html',
  },
  {
    slug: 'abort',
    title: 'The program aborted itself',
    severity: 'medium',
    priority: 3,
    signals: [
      says(/\bAssertion [`'ˋ‘“].{1,300}['’”] failed\b|\bAssertion failed:/, 3),
      says(
        /\bfree\(\): (?:double free|invalid)|\bmalloc\(\): |\bcorrupted size\b|\bdouble free or corruption\b|\bmunmap_chunk\(\)|\bstack smashing detected\b/,
        3,
      ),
      says(/\bterminate called (?:after throwing|without an active exception)\b|\blibc\+\+abi: terminating\b/, 3),
      says(/\bv8::|\bnode::Abort\b|\bprocess\.abort\b/, 1),
      says(
        /^(?:.{0,120}: line \d{1,6}: {1,6}\d{1,8} )?(?:Aborted|Abgebrochen|Abandon|Abortado|Аварийный останов|中止|已放弃)(?:$|[ (:].{0,300}$)/,
        2,
      ),
      says(
        /\bSIGABRT\b|\bsignal: 6\b|\bsignal: aborted\b|\bsignal 6\b|\babort(?:ed)? \(core dumped\)|----- Native stack trace -----/i,
        2,
      ),
      says(/"ExitCode": {0,4}134\b/, 3),
    ],
    exitCodes: [134],
    vetoes: [
      /heap out of memory/,
      /\bmemory allocation of \d/,
      /^Unhandled exception\. |^thread \d{1,9} panic: |^thread '.{1,80}'.{0,20} panicked at\b/,
    ],
    cause: 'A check inside the program failed, or it found its own memory damaged.',
    fixes: [keepCore('show-abort-stack')],
    docs: 'https://man7.org/linux/man-pages/man3/abort.3.html',
  },
  {
    slug: 'fpe',
    title: 'Crashed: division by zero in native code',
    severity: 'low',
    priority: 5,
    signals: [
      says(
        /\b[Ff]loating[ -]point exception\b|\bSIGFPE\b|\bsignal: 8\b|\bGleitkomma-Ausnahme\b|\bException en point flottant\b|\bExcepción de coma flotante\b|浮点数例外|浮動小数点例外/i,
        3,
      ),
      says(/\bgot signal 8\b/, 3),
    ],
    exitCodes: [136, 134],
    cause: 'Native code divided by zero.',
    fixes: [keepCore('show-fpe-stack')],
    docs: 'https://man7.org/linux/man-pages/man7/signal.7.html',
  },
]);
