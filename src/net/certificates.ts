import tls from 'node:tls';

/** Which authorities are trusted. */
export interface CertificateSettings {
  readonly extraCaPem?: readonly string[];
  readonly systemCertificates?: boolean;
}

/** Where certificates come from; Node's `tls` fits. `getCACertificates` came with Node 22.15. */
export interface CertificateStore {
  readonly rootCertificates: readonly string[];
  getCACertificates?(type: 'default' | 'system'): string[];
}

/**
 * The certificates of all trusted authorities as PEM, or null when Node's own list is all there is, which is the
 * cheapest to use. Reading the system's may take a moment.
 */
export const trustedCertificates = (
  settings: CertificateSettings,
  store: CertificateStore = tls,
): readonly string[] | null => {
  const added = [
    ...(settings.systemCertificates === false ? [] : read(store, 'system')),
    ...(settings.extraCaPem ?? []),
  ];
  if (added.length === 0) return null;
  const own = read(store, 'default');
  return [...new Set([...(own.length > 0 ? own : store.rootCertificates), ...added])];
};

const read = (store: CertificateStore, type: 'default' | 'system'): readonly string[] => {
  try {
    return store.getCACertificates?.(type) ?? [];
  } catch {
    // A machine whose store cannot be read still has Node's own list; a missing authority is then reported by the
    // connection that needs it.
    return [];
  }
};
