import { describe, expect, it } from 'vitest';
import { redactSecrets } from '../../../src/net/redact.ts';

const SECRET = 'Zx81Secret77Value';
/** Built here, so that no scanner takes this file for a leak. */
const shaped = (prefix: string, length: number): string => prefix + 'A1b2C3d4'.repeat(20).slice(0, length);
const privateKey = (body: string, end = true) =>
  `-----BEGIN EC PRIVATE KEY-----\n${body}\n${end ? '-----END EC PRIVATE KEY-----' : ''}`;

describe('redactSecrets', () => {
  const hidden: [string, string][] = [
    [`OPEN-SANDBOX-API-KEY: ${SECRET}`, 'OPEN-SANDBOX-API-KEY: [redacted]'],
    [`X-EXECD-ACCESS-TOKEN: ${SECRET}\nHost: a`, 'X-EXECD-ACCESS-TOKEN: [redacted]\nHost: a'],
    [`Authorization: Basic ${SECRET}==\nHost: a`, 'Authorization: [redacted]\nHost: a'],
    [`curl -H "Authorization: Bearer ${SECRET}" http://h`, 'curl -H "Authorization: [redacted]" http://h'],
    [`set-cookie: sid=${SECRET}; Path=/`, 'set-cookie: [redacted]'],
    [`sent Bearer ${SECRET} to it`, 'sent Bearer [redacted] to it'],
    [`http://user:${SECRET}@host:80/p`, 'http://user:[redacted]@host:80/p'],
    [`postgres://user:p@ss${SECRET}@host/db`, 'postgres://user:[redacted]@host/db'],
    [`https://${SECRET}@host/r.git`, 'https://[redacted]@host/r.git'],
    [`GET /x?token=${SECRET}&page=2`, 'GET /x?token=[redacted]&page=2'],
    [`GET /x?X-Amz-Signature=${SECRET}&sig=${SECRET}`, 'GET /x?X-Amz-Signature=[redacted]&sig=[redacted]'],
    [`DB_PASSWORD=${SECRET} node a.js`, 'DB_PASSWORD=[redacted] node a.js'],
    [`PGPASSWORD=${SECRET} psql`, 'PGPASSWORD=[redacted] psql'],
    [`export AWS_SECRET_ACCESS_KEY="${SECRET} x"`, 'export AWS_SECRET_ACCESS_KEY="[redacted]"'],
    [`DEPLOY_KEY='${SECRET}'`, "DEPLOY_KEY='[redacted]'"],
    [`{"apiKey":"${SECRET}","n":1}`, '{"apiKey":"[redacted]","n":1}'],
    [`{"clientSecret": "a\\"${SECRET}"}`, '{"clientSecret": "[redacted]"}'],
    [`"{\\"password\\":\\"${SECRET}\\",\\"n\\":1}"`, '"{\\"password\\":\\"[redacted]\\",\\"n\\":1}"'],
    [`password: ${SECRET}`, 'password: [redacted]'],
    [`login --api-key ${SECRET} --user x`, 'login --api-key [redacted] --user x'],
    [`login --token=${SECRET}`, 'login --token=[redacted]'],
    [`//registry.test/:_authToken=${SECRET}`, '//registry.test/:_authToken=[redacted]'],
    [`npm config _auth=${SECRET}`, 'npm config _auth=[redacted]'],
    [`before ${privateKey(SECRET)} after`, 'before [redacted] after'],
    [`before ${privateKey(SECRET, false)} after`, 'before [redacted]'],
    [`${privateKey(SECRET)} a ${privateKey(SECRET)}`, '[redacted] a [redacted]'],
  ];
  for (const [text, expected] of hidden) {
    it(`hides ${expected.slice(0, 60)}`, () => {
      expect(redactSecrets(text)).toBe(expected);
    });
  }

  const shapes = [
    shaped('ghp_', 36),
    shaped('github_pat_', 60),
    shaped('glpat-', 20),
    shaped('sk-', 40),
    shaped('sk-proj-', 40),
    shaped('sk_live_', 24),
    `AKIA${'ABCD1234'.repeat(2)}`,
    shaped('xoxb-', 30),
    shaped('AIza', 35),
    shaped('npm_', 36),
    shaped('hf_', 30),
    shaped('e2b_', 30),
    shaped('sntrys_', 40),
    `${shaped('eyJ', 20)}.${shaped('', 20)}.${shaped('', 20)}`,
  ];
  for (const token of shapes) {
    it(`knows the shape of ${token.slice(0, 8)}…`, () => {
      expect(redactSecrets(`found (${token}), go on`)).toBe('found ([redacted]), go on');
    });
  }

  const kept = [
    'PWD=/home/me OLDPWD=/tmp',
    'tests: pass: 12 fail: 3',
    'max_tokens=4096 tokenizer=fast token_type=jwt',
    'PASSWORD_FILE=/run/secrets/db SECRET_NAME=db',
    'duplicate primary_key=7, cache-key: a',
    'commandKey: npm run build',
    'Unexpected token } in JSON at position 4',
    'Basic authentication is needed, Bearer authentication too',
    'git clone ssh://git@host/repo http://host:8080/a@b',
    'OPENSANDBOX_ID=abc NODE_OPTIONS=--max-old-space-size=512',
    'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory',
    'risk-averse task-0123456789abcdef0123',
  ];
  for (const text of kept) {
    it(`keeps ${text.slice(0, 60)}`, () => {
      expect(redactSecrets(text)).toBe(text);
    });
  }
});
