import { codeOf, errorsOf, type Meaning } from './meaning.ts';

/** A request that went through a proxy failed: the proxy itself, or what is behind it. */
export class ProxyFailure extends Error {
  override readonly name = 'ProxyFailure';
  /** Host and port of the proxy, without its password. */
  readonly place: string;
  readonly isSecure: boolean;

  constructor(proxy: URL, cause: unknown) {
    super(`A request through the proxy ${proxy.host} failed.`, { cause });
    this.place = proxy.host;
    this.isSecure = proxy.protocol === 'https:';
  }
}

/** Whether a proxy stood between us and what failed, so that nothing is known of the other side. */
export const wasThroughProxy = (error: unknown): boolean =>
  [...errorsOf(error)].some((each) => each instanceof ProxyFailure);

const where = 'the setting http.proxy, or HTTP_PROXY and HTTPS_PROXY';
const checkProxy = `Check the address of the proxy: ${where}.`;

/** With a proxy only the proxy is connected to, so these are about it. */
const connecting: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'its name is not known',
  EAI_AGAIN: 'its name could not be looked up',
  EHOSTUNREACH: 'there is no way to it',
  ENETUNREACH: 'there is no network',
  ETIMEDOUT: 'it did not answer',
  UND_ERR_SOCKS5_VERSION: 'it is no SOCKS proxy',
};

const wantsPassword = (place: string): Meaning => ({
  kind: 'unreachable',
  text: `the proxy ${place} wants a user name and a password`,
  nextStep: `Write the user name and the password it wants into the address of the proxy, as in http://name:password@${place}: ${where}.`,
});

const noWay = (place: string, said: string): Meaning => ({
  kind: 'unreachable',
  text: `the proxy ${place} could not reach it${said}`,
  nextStep: `The proxy ${place} cannot reach the server: check the server address, or name the server in http.noProxy.`,
});

const notAllowed = (place: string, said: string): Meaning => ({
  kind: 'unreachable',
  text: `the proxy ${place} does not let this connection through${said}`,
  nextStep: `Ask for the right to reach the server through the proxy ${place}, or name the server in http.noProxy.`,
});

const refusal = (place: string, status: number): Meaning => {
  if (status === 407) return wantsPassword(place);
  return status >= 500 ? noWay(place, ` (it answered ${status})`) : notAllowed(place, ` (it answered ${status})`);
};

/** undici tells the status a tunnel was refused with in its message only. */
const statusIn = (error: Error): number | null => {
  const [, status] = /^Proxy (?:response|Authentication Required) \((\d{3})\)/.exec(error.message) ?? [];
  return status === undefined ? null : Number(status);
};

/** What a failure on the way through a proxy means where the proxy is what matters, else null. */
export const proxyMeaning = ({ place, cause }: ProxyFailure): Meaning | null => {
  for (const error of errorsOf(cause)) {
    const status = statusIn(error);
    if (status !== null) return refusal(place, status);
    const code = codeOf(error) ?? '';
    const reason = connecting[code];
    if (reason !== undefined) {
      return {
        kind: 'unreachable',
        text: `the proxy ${place} cannot be reached: ${reason}`,
        nextStep: checkProxy,
      };
    }
    if (code === 'UND_ERR_CONNECT_TIMEOUT') {
      const text = `the proxy ${place}, or the server behind it, did not answer`;
      return { kind: 'unreachable', text, nextStep: `Check the server address and that of the proxy: ${where}.` };
    }
    if (code === 'UND_ERR_PRX_CONN') {
      return { kind: 'unreachable', text: `the proxy ${place} cut the connection`, nextStep: checkProxy };
    }
    if (code === 'UND_ERR_PRX_TLS') {
      const nextStep = 'Use the name of the proxy that its certificate is for.';
      return { kind: 'unreachable', text: `the certificate of the proxy ${place} is for another name`, nextStep };
    }
    if (code.startsWith('UND_ERR_SOCKS5_AUTH')) return wantsPassword(place);
    // RFC 1928, section 6: 2 is a rule of the proxy, the others say that there is no way.
    if (code === 'UND_ERR_SOCKS5_REPLY_2') return notAllowed(place, '');
    if (code.startsWith('UND_ERR_SOCKS5')) return noWay(place, '');
  }
  return null;
};
