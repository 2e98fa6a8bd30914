// npm run test:server -- --url http://127.0.0.1:8080 [--key KEY] [--image debian:bookworm] [-- vitest's arguments]: the conformance suite on a real
// OpenSandbox server that keeps its sandboxes in this computer's Docker. It makes some forty sandboxes and deletes them.
import { parseArgs } from 'node:util';
import { tool } from '../steps.mjs';
import { say } from '../toolchain.mjs';

const usage = 'npm run test:server -- --url http://127.0.0.1:8080 [--key KEY] [--image IMAGE with bash, ps and pgrep]';

try {
  const { values, positionals } = parseArgs({
    options: { url: { type: 'string' }, key: { type: 'string' }, image: { type: 'string' } },
    allowPositionals: true,
  });
  if (values.url === undefined || !URL.canParse(values.url)) throw new Error('Which server?');
  process.exitCode = await tool('vitest', ['run', '--project', 'real', ...positionals], {
    stdout: 'inherit',
    env: {
      FORESIGHT_SERVER_URL: values.url,
      FORESIGHT_SERVER_KEY: values.key ?? '',
      FORESIGHT_SERVER_IMAGE: values.image ?? 'debian:bookworm',
    },
  });
} catch (error) {
  say(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
  process.exitCode = 2;
}
