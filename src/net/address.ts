import { Problem } from '../model/problem.ts';

export type QueryValues = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

const notAnAddress = (message: string): Problem =>
  new Problem('invalid-request', message, { nextStep: 'Enter an address such as http://127.0.0.1:8080.' });

/**
 * A server address as a URL whose path ends with a slash, without query and fragment. Throws `invalid-request` for
 * another scheme than http(s), and for a user name or password in it: those belong into the secret storage.
 */
export const parseBaseUrl = (text: string): URL => {
  if (!URL.canParse(text)) throw notAnAddress('The server address is not an address.');
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw notAnAddress(`The server address starts with ${url.protocol} instead of http: or https:.`);
  }
  if (url.username !== '' || url.password !== '') {
    throw notAnAddress('The server address contains a user name or a password.');
  }
  url.search = '';
  url.hash = '';
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
};

/** The address of one call; `path` may start with a slash or not and always stays below the base. */
export const apiUrl = (baseUrl: string, path: string, query: QueryValues = {}): URL => {
  const base = new URL(baseUrl);
  const url = new URL(`${base.href}${path.replace(/^\/+/, '')}`);
  if (url.origin !== base.origin || !url.pathname.startsWith(base.pathname)) {
    throw new Problem('invalid-request', 'A call left the address of its server.');
  }
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue;
    for (const one of Array.isArray(value) ? value : [value]) url.searchParams.append(name, String(one));
  }
  return url;
};

/**
 * Tag for paths with values from outside: `apiPath\`sandboxes/${id}/pause\``. Every value becomes one percent-encoded
 * segment; an empty one, `.` and `..` would change which resource is meant and are refused with `invalid-request`.
 */
export const apiPath = (parts: TemplateStringsArray, ...values: readonly (string | number)[]): string =>
  String.raw(
    parts,
    ...values.map((value) => {
      const text = String(value);
      if (text === '' || text === '.' || text === '..') {
        throw new Problem('invalid-request', `${JSON.stringify(text)} is not a usable id.`);
      }
      return encodeURIComponent(text);
    }),
  );
