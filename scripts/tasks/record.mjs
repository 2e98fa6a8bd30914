// npm run record [-- options -- COMMAND…]: runs a command in a limited cgroup and writes a trace of it; --all records the committed set.
// Standard output: the path of the written JSON. docs/recording.md says more.
import { say } from '../toolchain.mjs';

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stop.abort());

// What is printed names files that are there all the same.
process.stdout.on('error', () => undefined);
const print = (line) => process.stdout.write(`${line}\n`);
const args = process.argv.slice(2);
if (args[0] === '--all') {
  const { recordAll } = await import('../../test/replay/record-all.mjs');
  process.exitCode = await recordAll(args.slice(1), stop.signal, { print, say });
} else {
  const { runRecord } = await import('../../src/cli/record.ts');
  process.exitCode = await runRecord(args, stop.signal, { print, say });
}
