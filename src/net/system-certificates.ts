import tls from 'node:tls';
import { Worker } from 'node:worker_threads';

/** Node's `tls` from 22.15 on; before that the system's certificates can not be read. */
const readable: { getCACertificates?(type: 'system'): string[] } = tls;

const program = `require('node:worker_threads').parentPort.postMessage(require('node:tls').getCACertificates('system'))`;

/**
 * The certificates of the authorities that this computer trusts, PEM; empty where they cannot be read. They are read in a thread, because
 * the extension host would stand still meanwhile: tens of milliseconds on Linux, seconds with the key chain of macOS. A process reads them
 * once, so one that is added later is seen after a new start.
 * @param source the program of the thread, for tests
 */
export const readSystemCertificates = async (source = program): Promise<readonly string[]> => {
  if (readable.getCACertificates === undefined) return [];
  try {
    return await readInThread(source);
  } catch {
    // Where no thread can be started, waiting is better than trusting nobody.
    return readable.getCACertificates('system');
  }
};

const readInThread = (source: string): Promise<readonly string[]> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(source, { eval: true, name: 'sandbox-foresight-certificates', env: {}, execArgv: [] });
    worker.unref();
    worker.once('message', (certificates: unknown) => {
      if (Array.isArray(certificates) && certificates.every((one) => typeof one === 'string')) resolve(certificates);
      else reject(new TypeError('The thread gave no certificates.'));
    });
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`The thread ended with code ${code}.`)));
  });
