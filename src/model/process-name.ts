/** The kernel keeps 15 bytes of a command name. */
const kernelNameBytes = 15;

/** Names the kernel shows for programs that rename their main thread: Node since 24 calls it so. */
const threadNames: Readonly<Record<string, readonly string[]>> = { node: ['MainThread', 'node-MainThread'] };

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The name people know a process by, from the one in `/proc/<pid>/comm`, which is that of its main thread. */
export function processName(kernelName: string): string {
  for (const [name, threads] of Object.entries(threadNames)) if (threads.includes(kernelName)) return name;
  return kernelName;
}

/** All names that the kernel may show for a process people know as `name`; the likeliest first. The inverse of `processName`. */
export function kernelNames(name: string): readonly string[] {
  const bytes = encoder.encode(name);
  const kept = bytes.length <= kernelNameBytes ? name : decoder.decode(bytes.subarray(0, kernelNameBytes));
  return Object.hasOwn(threadNames, name) ? [kept, ...(threadNames[name] ?? [])] : [kept];
}
