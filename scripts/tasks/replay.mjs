// npm run replay -- FILE_OR_DIR… [--out results.jsonl]: recorded runs through the forecaster and the alert policy.
import { say } from '../toolchain.mjs';

const { replayMain } = await import('../../src/cli/replay-main.ts');
process.exitCode = await replayMain(process.argv.slice(2), process.stdout, say);
