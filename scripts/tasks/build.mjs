// npm run build [-- --dev]: prints the path of the bundle.
import { buildExtension } from '../bundle.mjs';
import { say } from '../toolchain.mjs';

try {
  process.stdout.write(`${await buildExtension({ dev: process.argv.includes('--dev') })}\n`);
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
