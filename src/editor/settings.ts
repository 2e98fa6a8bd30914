import * as vscode from 'vscode';
import type { AppSettings } from '../app/contracts.ts';
import type { HistoryBounds } from '../model/history.ts';

/** The settings as plain values. Names are those of the manifest; a test keeps both in step. */
export interface Settings {
  readonly local: { readonly enabled: boolean; readonly restAfterMinutes: number };
  readonly openSandbox: { readonly serverUrl: string };
  readonly alerts: { readonly sensitivity: 'calm' | 'balanced' | 'eager'; readonly notifications: boolean };
  readonly errors: { readonly offerFixes: boolean };
  readonly watch: { readonly maximumSandboxes: number };
  readonly history: { readonly maximumAgeDays: number; readonly maximumMegabytes: number };
}

const section = 'sandboxForesight';

/** @returns the settings as they are now; values of a wrong type fall back to the manifest's default. */
export function readSettings(): Settings {
  const configuration = vscode.workspace.getConfiguration(section);
  const text = (name: string): string => {
    const value = configuration.get<unknown>(name);
    return typeof value === 'string' ? value.trim() : '';
  };
  const sensitivity = text('alerts.sensitivity');
  const count = (name: string, least: number, most: number, otherwise: number): number => {
    const value = configuration.get<unknown>(name);
    // Upwards: half a minute is not 0, which would mean never.
    return typeof value === 'number' && Number.isFinite(value)
      ? Math.min(most, Math.max(least, Math.ceil(value)))
      : otherwise;
  };
  return {
    local: {
      enabled: configuration.get<unknown>('local.enabled') !== false,
      restAfterMinutes: count('local.restAfterMinutes', 0, 24 * 60, 30),
    },
    openSandbox: { serverUrl: text('openSandbox.serverUrl') },
    alerts: {
      sensitivity: sensitivity === 'calm' || sensitivity === 'eager' ? sensitivity : 'balanced',
      notifications: configuration.get<unknown>('alerts.notifications') !== false,
    },
    errors: { offerFixes: configuration.get<unknown>('errors.offerFixes') !== false },
    watch: { maximumSandboxes: count('watch.maximumSandboxes', 1, 50, 8) },
    history: {
      maximumAgeDays: count('history.maximumAgeDays', 1, 365, 30),
      maximumMegabytes: count('history.maximumMegabytes', 5, 2000, 200),
    },
  };
}

/** @returns the part of the settings that the application itself works with. */
export const appSettings = (settings: Settings): AppSettings => ({
  sensitivity: settings.alerts.sensitivity,
  maximumWatched: settings.watch.maximumSandboxes,
  // What is kept can be seen.
  rememberedMaximumAgeMs: historyBounds(settings).maximumAgeMs,
});

/** @returns how much of the past is kept. */
export const historyBounds = ({ history }: Settings): HistoryBounds => ({
  maximumAgeMs: history.maximumAgeDays * 24 * 60 * 60_000,
  maximumBytes: history.maximumMegabytes * 1024 * 1024,
});

/** Calls `changed` with fresh settings whenever one of ours, or one about the network, changed. */
export const onSettingsChanged = (changed: (settings: Settings) => void): vscode.Disposable =>
  vscode.workspace.onDidChangeConfiguration((event) => {
    if (event.affectsConfiguration(section) || event.affectsConfiguration('http')) changed(readSettings());
  });

/** Proxy and certificate settings of the editor, for our own connections. */
export interface NetworkSettings {
  readonly proxyUrl?: string;
  readonly useProxy: boolean;
  readonly proxyAuthorization?: string;
  readonly strictTls: boolean;
  readonly systemCertificates: boolean;
  readonly noProxy: readonly string[];
}

/** @returns the editor's `http.*` settings. */
export function readNetworkSettings(): NetworkSettings {
  const http = vscode.workspace.getConfiguration('http');
  const proxy = http.get<unknown>('proxy');
  const noProxy = http.get<unknown>('noProxy');
  const proxyAuthorization = http.get<unknown>('proxyAuthorization');
  return {
    ...(typeof proxy === 'string' && proxy !== '' ? { proxyUrl: proxy } : {}),
    ...(typeof proxyAuthorization === 'string' && proxyAuthorization !== '' ? { proxyAuthorization } : {}),
    useProxy: http.get<unknown>('proxySupport') !== 'off',
    strictTls: http.get<unknown>('proxyStrictSSL') !== false,
    systemCertificates: http.get<unknown>('systemCertificates') !== false,
    noProxy: Array.isArray(noProxy) ? noProxy.filter((entry): entry is string => typeof entry === 'string') : [],
  };
}

/** Stores the address of the OpenSandbox server for this person, on this computer. */
export const storeServerUrl = (url: string): Thenable<void> =>
  vscode.workspace.getConfiguration(section).update('openSandbox.serverUrl', url, vscode.ConfigurationTarget.Global);
