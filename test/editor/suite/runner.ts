/** A test runner small enough to be bundled into the extension host with the tests. */

interface Case {
  readonly name: string;
  readonly body: () => void | Promise<void>;
}

const cases: Case[] = [];
const timeoutMs = 60_000;

/** Registers a test. Tests run one after the other, in the order of their files' names. */
export function test(name: string, body: () => void | Promise<void>): void {
  cases.push({ name, body });
}

const say = (line: string) => console.log(`[suite] ${line}`);

/**
 * What VS Code calls in the extension host.
 * @throws when a test failed, or when there is none
 */
export async function run(): Promise<void> {
  let failed = 0;
  for (const { name, body } of cases) {
    try {
      await within(body());
      say(`passed: ${name}`);
    } catch (error) {
      failed += 1;
      say(`FAILED: ${name}: ${error instanceof Error ? error.stack : String(error)}`);
    }
  }
  say(`${cases.length - failed} of ${cases.length} passed`);
  if (failed > 0 || cases.length === 0) throw new Error(`${failed} of ${cases.length} tests failed`);
}

async function within(work: void | Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no end after ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
