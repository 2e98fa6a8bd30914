import tls from 'node:tls';
import { readSystemCertificates } from './system-certificates.ts';

/** Which authorities are trusted. */
export interface CertificateSettings {
  readonly extraCaPem?: readonly string[];
  readonly systemCertificates?: boolean;
}

/** Where certificates come from. */
export interface CertificateStore {
  readonly rootCertificates: readonly string[];
  /** Those that are trusted without us: Node's own and NODE_EXTRA_CA_CERTS. Came with Node 22.15. */
  getCACertificates?(type: 'default'): string[];
  systemCertificates(): Promise<readonly string[]>;
}

const thisComputer: CertificateStore = {
  rootCertificates: tls.rootCertificates,
  getCACertificates: (type) => tls.getCACertificates?.(type) ?? [],
  systemCertificates: readSystemCertificates,
};

/**
 * The certificates of all trusted authorities as PEM, or null when Node's own list is all there is, which is the
 * cheapest to use.
 */
export const trustedCertificates = async (
  settings: CertificateSettings,
  store: CertificateStore = thisComputer,
): Promise<readonly string[] | null> => {
  const system = settings.systemCertificates === false ? [] : await orNone(() => store.systemCertificates());
  const added = [...system, ...(settings.extraCaPem ?? [])];
  if (added.length === 0) return null;
  const own = await orNone(async () => store.getCACertificates?.('default') ?? []);
  return [...new Set([...(own.length > 0 ? own : store.rootCertificates), ...added])];
};

const orNone = async (read: () => Promise<readonly string[]>): Promise<readonly string[]> => {
  try {
    return await read();
  } catch {
    // A machine whose store cannot be read still has Node's own list; a missing authority is then reported by the
    // connection that needs it.
    return [];
  }
};
