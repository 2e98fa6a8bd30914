import { describe, expect, it } from 'vitest';
import { isForeignPage, isHtml, problemFromAnswer } from '../../../src/net/error-body.ts';

const read = (status: number, body: unknown, contentType: string | null = 'application/json') =>
  problemFromAnswer({
    status,
    contentType,
    text: typeof body === 'string' ? body : JSON.stringify(body),
    call: 'GET http://h/x',
  });

describe('problemFromAnswer: shapes', () => {
  it('reads code and message', () => {
    const problem = read(404, { code: 'DOCKER::SANDBOX_NOT_FOUND', message: 'Sandbox x not found.' });
    expect(problem).toMatchObject({
      kind: 'not-found',
      code: 'DOCKER::SANDBOX_NOT_FOUND',
      status: 404,
      message: 'Sandbox x not found (GET http://h/x answered 404).',
    });
  });

  it('reads a validation list without ever repeating the input', () => {
    const detail = Array.from({ length: 7 }, (_, i) => ({
      type: 'string_type',
      loc: ['body', 'env', i],
      msg: 'Input should be a valid string',
      input: { PASSWORD: 'hunter2' },
      ctx: { given: 'hunter2' },
    }));
    const problem = read(422, { detail });
    expect(problem.kind).toBe('invalid-request');
    expect(problem.message).toContain('body.env.0: Input should be a valid string; body.env.1:');
    expect(problem.message).toContain('(and 2 more)');
    expect(problem.message).not.toContain('hunter2');
  });

  it('tells an unknown path from a missing sandbox', () => {
    expect(read(404, { detail: 'Not Found' })).toMatchObject({ kind: 'not-supported', status: 404 });
    expect(read(404, '404 page not found', 'text/plain')).toMatchObject({ kind: 'not-supported' });
    expect(read(404, 'sandbox not found', 'text/plain')).toMatchObject({ kind: 'not-found' });
    expect(read(405, { detail: 'Method Not Allowed' })).toMatchObject({ kind: 'not-supported' });
  });

  it('reads the error key of execd, plain text, and a message alone', () => {
    expect(read(401, { error: 'Unauthorized: invalid or missing header X-EXECD-ACCESS-TOKEN' })).toMatchObject({
      kind: 'unauthorized',
      message: expect.stringContaining('missing header'),
    });
    expect(read(500, 'Internal Server Error', 'text/plain')).toMatchObject({
      kind: 'server-error',
      message: 'Internal Server Error (GET http://h/x answered 500).',
    });
    expect(read(409, { message: 'busy' }).message).toBe('busy (GET http://h/x answered 409).');
  });

  it('says only the status when the body says nothing', () => {
    for (const body of ['', '   ', '{"a":1}', '[1,2]', '{broken', 'null']) {
      expect(read(500, body).message).toBe('The server refused with status 500 (GET http://h/x).');
    }
  });

  it('names a page of another server and does not quote it', () => {
    const page = '<!doctype html><title>Router login</title>';
    expect(read(404, page, 'text/html')).toMatchObject({ kind: 'unexpected-answer' });
    expect(read(400, page, null)).toMatchObject({ kind: 'unexpected-answer' });
    expect(read(502, page, 'text/html; charset=utf-8')).toMatchObject({ kind: 'server-error' });
    for (const status of [401, 403]) {
      const problem = read(status, page, 'text/html');
      expect(problem).toMatchObject({ kind: 'unexpected-answer', status });
      expect(isForeignPage(problem)).toBe(true);
    }
    expect(read(404, page, 'text/html').message).toBe(
      'An HTML page came instead of an answer (GET http://h/x answered 404).',
    );
  });

  it('does not take the prose of a gateway for the word of the server on a key', () => {
    const denied = read(403, 'RBAC: access denied', 'text/plain');
    expect(denied).toMatchObject({
      kind: 'unexpected-answer',
      message: expect.stringContaining('RBAC: access denied'),
    });
    expect(isForeignPage(denied)).toBe(true);
    expect(isForeignPage(read(403, { detail: 'not yours' }))).toBe(false);
    expect(read(401, 'Unauthorized', 'text/plain')).toMatchObject({ kind: 'unauthorized' });
  });

  it('knows the pages of an ingress that could not reach the server', () => {
    const page = (text: string): string => `<html><head><title>${text}</title></head></html>`;
    for (const status of [502, 503]) {
      expect(read(status, page('Bad Gateway'), 'text/html')).toMatchObject({
        kind: 'server-error',
        message: expect.stringMatching(/^What stands before the server, such as an ingress, could not reach it \(/),
      });
    }
    expect(read(504, page('Gateway Time-out'), 'text/html')).toMatchObject({
      kind: 'timeout',
      message: expect.stringContaining('waited for it in vain'),
    });
  });

  it.each([
    'Client sent an HTTP request to an HTTPS server.\n',
    '<html><head><title>400 The plain HTTP request was sent to HTTPS port</title></head></html>',
    "<p>Reason: You're speaking plain HTTP to an SSL-enabled server port.<br /></p>",
  ])('knows how servers say that they want HTTPS: %s', (text) => {
    const problem = read(400, text, text.startsWith('<') ? 'text/html' : 'text/plain');
    expect(problem).toMatchObject({
      kind: 'unexpected-answer',
      message: expect.stringMatching(/^It speaks HTTPS only/),
    });
    expect(problem.nextStep).toBe('Use https:// instead of http:// in the server address.');
  });

  it('redacts, shortens and flattens what a server says', () => {
    const { message } = read(500, { code: 'X', message: `a\n\tb password=hunter2 ${'y'.repeat(2_000)}` });
    expect(message).toContain('a b password=[redacted] yyy');
    expect(message.length).toBeLessThan(460);
  });
});

describe('problemFromAnswer: kinds', () => {
  const statuses: [number, string][] = [
    [400, 'invalid-request'],
    [401, 'unauthorized'],
    [403, 'forbidden'],
    [404, 'not-found'],
    [405, 'not-supported'],
    [407, 'unreachable'],
    [408, 'timeout'],
    [409, 'conflict'],
    [410, 'not-found'],
    [413, 'invalid-request'],
    [422, 'invalid-request'],
    [429, 'rate-limited'],
    [500, 'server-error'],
    [501, 'not-supported'],
    [502, 'server-error'],
    [503, 'server-error'],
    [504, 'timeout'],
    [304, 'unexpected-answer'],
  ];
  for (const [status, kind] of statuses) {
    it(`${status} is ${kind}`, () => {
      expect(read(status, '')).toMatchObject({ kind, status });
    });
  }

  it('believes a code more than the status', () => {
    expect(read(500, { code: 'DIAGNOSTICS_NOT_IMPLEMENTED' }).kind).toBe('not-supported');
    expect(read(400, { code: 'KUBERNETES::POOL_NOT_SUPPORTED', message: '' }).kind).toBe('not-supported');
    expect(read(404, { code: 'KUBERNETES::POD_IP_NOT_AVAILABLE', message: '' }).kind).toBe('conflict');
    expect(read(403, { code: 'MISSING_API_KEY' }).kind).toBe('unauthorized');
  });

  it('takes a quota that is used up for no missing right', () => {
    const code = 'KUBERNETES::QUOTA_EXCEEDED';
    expect(read(403, { code, message: 'exceeded quota: pods=10' })).toMatchObject({
      kind: 'conflict',
      code,
      message: expect.stringContaining('exceeded quota'),
      nextStep: 'Ask for less, or remove a sandbox that is not needed.',
    });
  });

  it('says what to do next where that is the same for everybody', () => {
    expect(read(401, '').nextStep).toContain('API key');
    expect(read(407, '').nextStep).toContain('proxy');
    expect(read(409, '').nextStep).toBeNull();
  });
});

describe('isHtml', () => {
  it('goes by type or beginning', () => {
    expect(isHtml('text/html; charset=utf-8', '')).toBe(true);
    expect(isHtml('application/json', ' \n<!DOCTYPE html>')).toBe(true);
    expect(isHtml(null, '<html lang="en">')).toBe(true);
    expect(isHtml('application/json', '{"a":"<html>"}')).toBe(false);
    expect(isHtml('text/plain', '<htmlish>')).toBe(false);
  });
});
