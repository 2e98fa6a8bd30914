import * as vscode from 'vscode';
import type { Attention, Clock, Timer } from '../model/ports.ts';

/** Tells when the window has not been focused for long. */
export class WindowAttention implements Attention, vscode.Disposable {
  private readonly clock: Clock;
  private readonly listeners = new Set<() => void>();
  private readonly subscription: vscode.Disposable;
  private timer: Timer | null = null;
  private patienceMs: number;
  private isAway = false;

  /** @param patienceMs how long without focus counts as long; 0 for never. */
  constructor(clock: Clock, patienceMs: number) {
    this.clock = clock;
    this.patienceMs = patienceMs;
    this.subscription = vscode.window.onDidChangeWindowState(() => this.look());
    this.look();
  }

  get away(): boolean {
    return this.isAway;
  }

  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  setPatience(patienceMs: number): void {
    if (patienceMs === this.patienceMs) return;
    this.patienceMs = patienceMs;
    this.look();
  }

  private look(): void {
    this.timer?.cancel();
    this.timer = null;
    this.tell(false);
    if (vscode.window.state.focused || this.patienceMs === 0) return;
    this.timer = this.clock.after(this.patienceMs, () => this.tell(true));
  }

  private tell(away: boolean): void {
    if (away === this.isAway) return;
    this.isAway = away;
    for (const listener of [...this.listeners]) listener();
  }

  dispose(): void {
    this.timer?.cancel();
    this.subscription.dispose();
    this.listeners.clear();
  }
}
