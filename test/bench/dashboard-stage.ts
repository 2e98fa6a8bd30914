/** The built page of the dashboard in headless Chromium, with a stand-in for the editor around it. */
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { pageHtml } from '../../src/editor/dashboard/html.ts';
import type { Place, ToPage } from '../../src/model/dashboard/messages.ts';
import { root } from '../editor/harness.ts';

export type StageTheme = 'dark' | 'light' | 'contrast';

interface Theme {
  readonly bodyClass: string;
  readonly variables: Readonly<Record<string, string>>;
}

const shared = {
  'font-family': '"Liberation Sans", sans-serif',
  'font-size': '13px',
  'editor-font-family': '"Liberation Mono", monospace',
};

/** Some colours of the editor's own themes, enough for a page to look as it does there. */
const themes: Readonly<Record<StageTheme, Theme>> = {
  dark: {
    bodyClass: 'vscode-dark',
    variables: {
      ...shared,
      foreground: '#cccccc',
      descriptionForeground: '#9d9d9d',
      'editor-background': '#1f1f1f',
      'editor-selectionBackground': '#264f78',
      'widget-border': '#313131',
      focusBorder: '#0078d4',
      'charts-blue': '#59a4f9',
      'charts-red': '#f14c4c',
      'list-warningForeground': '#cca700',
      'charts-orange': '#d18616',
      'charts-green': '#89d185',
      'button-background': '#0078d4',
      'button-foreground': '#ffffff',
      'button-hoverBackground': '#026ec1',
      'button-secondaryBackground': '#313131',
      'button-secondaryForeground': '#cccccc',
      'button-secondaryHoverBackground': '#3c3c3c',
      'textLink-foreground': '#4daafc',
      'textLink-activeForeground': '#4daafc',
      'list-hoverBackground': '#2a2d2e',
      'list-activeSelectionBackground': '#04395e',
      'list-activeSelectionForeground': '#ffffff',
      'toolbar-hoverBackground': '#5a5d5e50',
      'input-background': '#313131',
      'input-foreground': '#cccccc',
      'input-border': '#3c3c3c',
      'input-placeholderForeground': '#989898',
      'textCodeBlock-background': '#2b2b2b',
    },
  },
  light: {
    bodyClass: 'vscode-light',
    variables: {
      ...shared,
      foreground: '#3b3b3b',
      descriptionForeground: '#6c6c6c',
      'editor-background': '#ffffff',
      'editor-selectionBackground': '#add6ff',
      'widget-border': '#e5e5e5',
      focusBorder: '#005fb8',
      'charts-blue': '#0063d3',
      'charts-red': '#e51400',
      'charts-orange': '#d18616',
      'charts-green': '#388a34',
      'button-background': '#005fb8',
      'button-foreground': '#ffffff',
      'button-hoverBackground': '#0258a8',
      'button-secondaryBackground': '#e5e5e5',
      'button-secondaryForeground': '#3b3b3b',
      'button-secondaryHoverBackground': '#cccccc',
      'textLink-foreground': '#005fb8',
      'textLink-activeForeground': '#005fb8',
      'list-hoverBackground': '#f2f2f2',
      'list-activeSelectionBackground': '#e8e8e8',
      'list-activeSelectionForeground': '#000000',
      'toolbar-hoverBackground': '#b8b8b850',
      'input-background': '#ffffff',
      'input-foreground': '#3b3b3b',
      'input-border': '#cecece',
      'input-placeholderForeground': '#767676',
      'textCodeBlock-background': '#f8f8f8',
    },
  },
  contrast: {
    bodyClass: 'vscode-high-contrast',
    variables: {
      ...shared,
      foreground: '#ffffff',
      descriptionForeground: '#ffffffb3',
      'editor-background': '#000000',
      'editor-selectionBackground': '#ffffff',
      contrastBorder: '#6fc3df',
      contrastActiveBorder: '#f38518',
      focusBorder: '#f38518',
      'charts-blue': '#59a4f9',
      'charts-red': '#f14c4c',
      'charts-orange': '#d18616',
      'charts-green': '#89d185',
      'button-foreground': '#ffffff',
      'button-background': '#000000',
      'button-secondaryForeground': '#ffffff',
      'textLink-foreground': '#21a6ff',
      'textLink-activeForeground': '#21a6ff',
      'input-foreground': '#ffffff',
      'input-background': '#000000',
      'input-border': '#6fc3df',
    },
  },
};

const dist = path.join(root, 'dist');

const editorStandIn = `
const kept = JSON.parse(sessionStorage.getItem('state') ?? 'null');
window.stage = { sent: [], state: kept };
window.acquireVsCodeApi = () => ({
  postMessage: (message) => { window.stage.sent.push(message); },
  getState: () => window.stage.state,
  setState: (state) => { window.stage.state = state; sessionStorage.setItem('state', JSON.stringify(state)); },
});
`;

/** One page of the dashboard on a stage. */
export interface Stage extends AsyncDisposable {
  readonly page: Page;
  /** Sends messages to the page, in one turn. */
  tell(...messages: readonly ToPage[]): Promise<void>;
  /** What the page said so far. */
  sent(): Promise<readonly unknown[]>;
  /** Puts the page into another theme, as the editor does. */
  setTheme(theme: StageTheme): Promise<void>;
  /** What the page's policy refused. */
  readonly violations: readonly string[];
}

/** Opens the built page (see scripts/bundle.mjs) for a place. The caller closes the browser. */
export async function openStage(
  browser: Browser,
  place: Place,
  options: { readonly nowMs: number; readonly width?: number; readonly height?: number; readonly folder?: string },
): Promise<Stage> {
  const server = await serve(options.folder ?? dist);
  const { port } = server.address() as AddressInfo;
  const origin = `http://127.0.0.1:${port}`;
  const page = await browser.newPage({
    viewport: { width: options.width ?? 1280, height: options.height ?? 900 },
  });
  const violations: string[] = [];
  page.on('console', (message) => {
    if (/Content Security Policy/i.test(message.text())) violations.push(message.text());
  });
  page.on('pageerror', (error) => violations.push(String(error)));
  await page.addInitScript(editorStandIn);
  const setTheme = async (theme: StageTheme): Promise<void> => {
    const { bodyClass, variables } = themes[theme];
    await page.evaluate(`{
      document.body.className = ${JSON.stringify(bodyClass)};
      document.documentElement.removeAttribute('style');
      for (const [name, value] of Object.entries(${JSON.stringify(variables)}))
        document.documentElement.style.setProperty('--vscode-' + name, value);
    }`);
  };
  await page.goto(origin);
  await setTheme('dark');
  const tell = async (...messages: readonly ToPage[]): Promise<void> => {
    await page.evaluate(
      `for (const data of ${JSON.stringify(messages)}) dispatchEvent(new MessageEvent('message', { data }))`,
    );
  };
  await tell({ kind: 'open', place, nowMs: options.nowMs });
  return {
    page,
    tell,
    setTheme,
    violations,
    sent: () => page.evaluate('window.stage.sent'),
    [Symbol.asyncDispose]: async () => {
      await page.close();
      server.close();
    },
  };
}

async function serve(folder: string): Promise<Server> {
  const server = createServer((request, response) => {
    const name = (request.url ?? '/').slice(1);
    if (name === '') {
      const origin = `http://${request.headers.host}`;
      const html = pageHtml({ script: '/dashboard.js', style: '/dashboard.css', cspSource: origin, nonce: 'stage' });
      response.setHeader('Content-Type', 'text/html').end(html);
    } else if (name === 'dashboard.js' || name === 'dashboard.css') {
      response
        .setHeader('Content-Type', name.endsWith('js') ? 'text/javascript' : 'text/css')
        .end(readFileSync(path.join(folder, name)));
    } else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
