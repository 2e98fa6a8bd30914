const size = '\\d+(?:\\.\\d+)?[kKmMgGtT]?(?:i?[bB])?';
const nodeFlags = new RegExp(
  `^--(?:max-old-space-size|max_old_space_size|max-old-space-size-percentage|max-heap-size|max-semi-space-size)=${size}$`,
);
const javaFlags = new RegExp(
  `^(?:-Xm[xs]${size}|-XX:(?:MaxRAMPercentage|InitialRAMPercentage|MaxRAM|MaxHeapSize|InitialHeapSize)=${size})$`,
);
const plainSize = new RegExp(`^${size}$`);

/** Variables that may hold heap limits, with what of their words may be told. Nothing else of an environment ever is. */
const told: Readonly<Record<string, RegExp>> = {
  NODE_OPTIONS: nodeFlags,
  JAVA_TOOL_OPTIONS: javaFlags,
  JDK_JAVA_OPTIONS: javaFlags,
  _JAVA_OPTIONS: javaFlags,
  MAVEN_OPTS: javaFlags,
  GRADLE_OPTS: javaFlags,
  GOMEMLIMIT: plainSize,
  DOTNET_GCHeapHardLimit: /^(?:0x)?[0-9A-Fa-f]+$/,
};

/** The heap limits an environment sets, by the names of their variables. Every other word and variable is left out. */
export function heapEnvironment(environment: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [name, allowed] of Object.entries(told)) {
    const words = (environment[name] ?? '').split(/\s+/).filter((word) => allowed.test(word));
    if (words.length > 0) found[name] = words.join(' ');
  }
  return found;
}
