import { describe, expect, it } from 'vitest';
import { workspaceName, workspaceOf } from '../../../src/model/workspace.ts';

describe('the name of a workspace', () => {
  it.each([
    ['api-tests', 'api-tests'],
    ['API Tests', 'api-tests'],
    ['shop (Workspace)', 'shop'],
    ['/home/ada/projects/Api/', 'api'],
    ['C:\\work\\Api', 'api'],
    ['https://user:secret@example.com/acme/api-tests.git', 'api-tests'],
    ['git@example.com:acme/api-tests.git', 'api-tests'],
    ['shop.code-workspace', 'shop'],
    ['проект 1', 'проект-1'],
    ['  ', null],
    ['///', null],
    ['.git', null],
  ])('%s is %s', (text, name) => {
    expect(workspaceName(text)).toBe(name);
  });

  it('is short, whatever comes from outside', () => {
    expect(workspaceName('x'.repeat(100_000))).toHaveLength(100);
    expect(workspaceName(`${'-'.repeat(50_000)}/`)).toBeNull();
  });

  it('stays what it is', () => {
    for (const text of ['Api Tests (Workspace)', 'a.b_c', 'https://example.com/x/y.git']) {
      const name = workspaceName(text) ?? '';
      expect(workspaceName(name)).toBe(name);
    }
  });
});

describe('the workspace of a sandbox', () => {
  it('is what its metadata says, the best name first', () => {
    expect(workspaceOf({ repo: 'https://example.com/acme/api.git', user: 'ada' })).toBe('api');
    expect(workspaceOf({ project: 'shop', workspace: 'Api' })).toBe('api');
    expect(workspaceOf({ 'acme.io/workspace-name': 'web' })).toBe('web');
    expect(workspaceOf({ workspace: ' ', folder: '/srv/app' })).toBe('app');
    expect(workspaceOf({ name: 'api', user: 'ada' })).toBeNull();
    expect(workspaceOf({})).toBeNull();
  });
});
