import { describe, expect, it } from 'vitest';
import { Problem } from '../../../src/model/problem.ts';
import { problemFromFailure } from '../../../src/net/failure.ts';
import { ProxyFailure } from '../../../src/net/proxy-failure.ts';

const coded = (code: string, message = 'x') => Object.assign(new Error(message), { code });
const failed = (cause: unknown) => problemFromFailure(new TypeError('fetch failed', { cause }), 'GET http://h/');

describe('problemFromFailure', () => {
  const codes: [string, string][] = [
    ['ECONNREFUSED', 'unreachable'],
    ['ENOTFOUND', 'unreachable'],
    ['UND_ERR_CONNECT_TIMEOUT', 'unreachable'],
    ['UND_ERR_HEADERS_TIMEOUT', 'timeout'],
    ['UND_ERR_SOCKET', 'reset'],
    ['ECONNRESET', 'reset'],
    ['UND_ERR_DESTROYED', 'aborted'],
    ['HPE_INVALID_CONSTANT', 'unexpected-answer'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'unexpected-answer'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'unreachable'],
    ['ERR_TLS_HANDSHAKE_TIMEOUT', 'unreachable'],
    ['ERR_SSL_PACKET_LENGTH_TOO_LONG', 'unexpected-answer'],
    ['CERT_REVOKED', 'unreachable'],
    ['CERT_CHAIN_TOO_LONG', 'unreachable'],
    ['INVALID_PURPOSE', 'unreachable'],
    ['Z_DATA_ERROR', 'unexpected-answer'],
  ];
  for (const [code, kind] of codes) {
    it(`${code} is ${kind}`, () => {
      expect(failed(coded(code))).toMatchObject({
        kind,
        message: expect.stringMatching(/^[A-Z].+ \(GET http:\/\/h\/\)\.$/),
      });
    });
  }

  it('looks into the attempts of an AggregateError and into nested causes', () => {
    expect(failed(new AggregateError([coded('ECONNREFUSED'), coded('EHOSTUNREACH')])).kind).toBe('unreachable');
    expect(failed(new Error('outer', { cause: coded('ECONNRESET') })).kind).toBe('reset');
  });

  it('knows a terminated body without a code', () => {
    expect(problemFromFailure(new TypeError('terminated'), 'x').kind).toBe('reset');
  });

  it('tells the innermost message of what it does not know, redacted, and keeps the cause', () => {
    const problem = failed(new Error('odd', { cause: new Error('token=hunter2 is bad') }));
    expect(problem).toMatchObject({ kind: 'unreachable', message: 'Token=[redacted] is bad (GET http://h/).' });
    expect(problem.cause).toBeInstanceOf(TypeError);
    expect(problemFromFailure('text', 'x').message).toBe('Text (x).');
  });

  it('does not say that a proxy is gone when the server behind it may be', () => {
    const proxied = new ProxyFailure(
      new URL('http://p:3128'),
      new Error('x', { cause: coded('UND_ERR_CONNECT_TIMEOUT') }),
    );
    expect(problemFromFailure(proxied, 'x').message).toBe(
      'The proxy p:3128, or the server behind it, did not answer (x).',
    );
  });

  it('passes a Problem through and survives causes that run in a circle', () => {
    const problem = new Problem('silent', 'x');
    expect(problemFromFailure(problem, 'y')).toBe(problem);
    const circle = new Error('a');
    circle.cause = circle;
    expect(problemFromFailure(circle, 'x').kind).toBe('unreachable');
  });
});
