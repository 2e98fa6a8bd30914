/** The lifecycle server's form: RFC 3339 UTC with 6 fractional digits, or none when the fraction is zero. */
export function formatTimestamp(atMs: number): string {
  const iso = new Date(Math.floor(atMs)).toISOString();
  const micros = Math.round((atMs - Math.floor(atMs / 1000) * 1000) * 1000);
  return micros === 0 ? `${iso.slice(0, 19)}Z` : `${iso.slice(0, 19)}.${String(micros).padStart(6, '0')}Z`;
}

/** Go's RFC3339Nano, used by execd and the container runtime: up to 9 digits, trailing zeros dropped. */
export function formatNano(atMs: number): string {
  const iso = new Date(Math.floor(atMs)).toISOString();
  const nanos = Math.round((atMs - Math.floor(atMs / 1000) * 1000) * 1e6);
  const digits = String(nanos).padStart(9, '0').replace(/0+$/, '');
  return digits === '' ? `${iso.slice(0, 19)}Z` : `${iso.slice(0, 19)}.${digits}Z`;
}

/** Epoch milliseconds with a fraction, as clocks of the real servers have it. */
export function preciseNowMs(): number {
  return performance.timeOrigin + performance.now();
}
