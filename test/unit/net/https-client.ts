/** A process that makes one call: what is trusted is read once when a process begins. Arguments: address, whether to use the system's certificates. */
import { isProblem } from '../../../src/model/problem.ts';
import { createTransport } from '../../../src/net/dispatcher.ts';
import { HttpClient } from '../../../src/net/http.ts';

const [, , baseUrl = '', systemCertificates] = process.argv;
const transport = createTransport({ environment: {}, systemCertificates: systemCertificates === 'true' });
const said = await new HttpClient({ transport, baseUrl }).text('/').then(
  ({ value }) => ({ value }),
  (error: unknown) => ({ kind: isProblem(error) ? error.kind : null, message: String(error) }),
);
await transport.close();
process.stdout.write(JSON.stringify(said));
