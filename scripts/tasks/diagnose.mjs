// npm run diagnose -- FILE.jsonl: what is known of each error of a file.
import { say } from '../toolchain.mjs';

const { diagnoseMain } = await import('../../src/cli/diagnose-main.ts');
process.exitCode = await diagnoseMain(process.argv.slice(2), process.stdin, process.stdout, say);
