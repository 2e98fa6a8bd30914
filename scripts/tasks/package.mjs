// npm run package: prints the path of the VSIX.
import { packageExtension } from '../bundle.mjs';
import { say } from '../toolchain.mjs';

try {
  process.stdout.write(`${await packageExtension()}\n`);
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
