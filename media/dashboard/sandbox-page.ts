import type { ToPage } from '../../src/model/dashboard/messages.ts';
import type { Course } from '../../src/model/dashboard/parts.ts';
import type { SandboxPage, SignalState } from '../../src/model/dashboard/sandbox-page.ts';
import { type PageState, windowsMs } from '../../src/model/dashboard/state.ts';
import { formatDuration } from '../../src/model/format.ts';
import { ChartGroup } from './charts/group.ts';
import { element, setAttribute, setHidden, setText, setTitle, setVariant } from './dom.ts';
import type { Host } from './host.ts';
import { badgeView, icon } from './icons.ts';
import { Speech } from './lib/speech.ts';
import { aheadMs, followSpan, pastMs, type TimeSpan } from './lib/time-axis.ts';
import type { Page, PageParts } from './page.ts';
import { SandboxSide } from './sandbox-side.ts';

/** The page of one sandbox: what threatens it, what helps, and the course of every signal. */
export class SandboxPageView implements Page {
  readonly #host: Host;
  readonly #parts: PageParts;
  readonly #group: ChartGroup;
  readonly #side: SandboxSide;
  readonly #speech = new Speech();
  readonly #name = element('h1');
  readonly #phase = badgeView();
  readonly #current = element('span', { class: 'badge tone-muted' }, 'current');
  readonly #headline = element('p', { class: 'headline' });
  readonly #headlineText = element('span');
  readonly #level = badgeView('badge strong');
  readonly #expiry = element('span', { class: 'expiry' });
  readonly #notice = element('p', { class: 'notice' });
  readonly #windows: readonly HTMLButtonElement[];
  #page: SandboxPage | null = null;
  #windowMs: number;
  #toldTone = '';

  constructor(root: HTMLElement, host: Host, state: PageState, parts: PageParts) {
    this.#host = host;
    this.#parts = parts;
    this.#windowMs = state.windowMs;
    this.#group = new ChartGroup({
      span: () => this.#span(),
      nowMs: () => this.#page?.endedAtMs ?? host.now(),
      tables: state.tables,
      keepTables: (tables) => parts.keep({ tables }),
      said: parts.say,
    });
    this.#group.setEmpty('Waiting for the first numbers …');
    this.#side = new SandboxSide(host);
    this.#windows = windowsMs.map((ms) =>
      element(
        'button',
        { attributes: { type: 'button', 'aria-pressed': 'false' }, onClick: () => this.#setWindow(ms) },
        formatDuration(ms),
      ),
    );
    const all = element(
      'button',
      { class: 'secondary with-icon', attributes: { type: 'button' }, onClick: () => host.run('openFleet') },
      icon('grid'),
      'All sandboxes',
    );
    this.#headline.append(this.#level.node, this.#headlineText);
    root.append(
      element(
        'header',
        { class: 'page-head' },
        element('div', { class: 'title-line' }, this.#name, this.#phase.node, this.#current, this.#expiry),
        element(
          'div',
          { class: 'tools' },
          this.#group.resetButton,
          element(
            'div',
            { class: 'segments', attributes: { role: 'group', 'aria-label': 'How much of the past is shown' } },
            ...this.#windows,
          ),
          all,
        ),
        this.#headline,
        this.#notice,
      ),
      element('div', { class: 'sandbox-body with-urgent' }, this.#side.urgent, this.#group.node, this.#side.node),
    );
    this.#showWindow();
    addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && this.#group.zoomed) this.#group.resetZoom();
    });
  }

  receive(message: ToPage): void {
    if (message.kind === 'sandbox') this.#show(message.page);
    else if (message.kind === 'courses') this.#take(message.reset, message.courses);
  }

  /** Once a second, for what changes with time alone. */
  tick(): void {
    if (this.#page?.endedAtMs === null) this.#group.request();
  }

  #setWindow(ms: number): void {
    this.#windowMs = ms;
    this.#parts.keep({ windowMs: ms });
    this.#showWindow();
    this.#group.resetZoom();
  }

  #showWindow(): void {
    this.#windows.forEach((button, index) => {
      setAttribute(button, 'aria-pressed', String(windowsMs[index] === this.#windowMs));
    });
  }

  #span(): TimeSpan {
    const nowMs = this.#host.now();
    const endedAtMs = this.#page?.endedAtMs ?? null;
    const reach = (this.#page?.signals ?? []).map((state) => reachMs(state, nowMs));
    const windowMs = pastMs((endedAtMs ?? nowMs) - this.#group.firstAtMs, this.#windowMs);
    const ahead = Math.min(aheadMs(Math.max(0, ...reach), this.#windowMs), windowMs);
    return followSpan({ nowMs, endedAtMs, windowMs, aheadMs: ahead });
  }

  #take(reset: boolean, courses: readonly Course[]): void {
    if (reset) for (const chart of this.#group.charts) chart.ring.clear();
    for (const { signal, word, unit, timesMs, used, limit } of courses) {
      const { ring } = this.#group.chart(signal, word, unit);
      timesMs.forEach((atMs, index) => {
        ring.push(atMs, used[index] ?? 0, limit[index] ?? null);
      });
    }
    this.#showEmpty();
    this.#group.request();
  }

  #show(page: SandboxPage): void {
    this.#page = page;
    setText(this.#name, page.name);
    this.#phase.show(page.phase);
    setHidden(this.#current, !page.current);
    setText(this.#headlineText, page.headline);
    setTitle(this.#headline, page.evidence ?? '');
    setVariant(this.#headline, 'tone', page.level.tone);
    this.#level.show(page.level);
    // Of one that is over, the badge beside its name says the same.
    setHidden(this.#level.node, page.endedAtMs !== null);
    setText(this.#expiry, page.expiry === null ? '' : `until ${page.expiry.text}`);
    setHidden(this.#notice, page.notice === null);
    if (page.notice !== null) {
      setText(this.#notice, [page.notice.text, page.notice.nextStep ?? ''].filter(Boolean).join(' '));
      setVariant(this.#notice, 'tone', page.notice.tone);
    }
    for (const chart of this.#group.charts) {
      chart.show(page.signals.find(({ signal }) => signal === chart.signal) ?? null);
    }
    for (const state of page.signals) this.#group.chart(state.signal, state.word, state.unit).show(state);
    this.#group.setMarks(page.marks);
    this.#side.show(page);
    this.#showEmpty();
    this.#speak(page);
    this.#group.request();
  }

  #showEmpty(): void {
    const none = [...this.#group.charts].every(({ isEmpty }) => isEmpty);
    const live = this.#page?.endedAtMs === null;
    this.#group.setEmpty(
      none ? (live ? 'Waiting for the first numbers …' : 'No measurements of this sandbox were kept.') : '',
    );
  }

  #speak(page: SandboxPage): void {
    const urgent = page.level.tone !== this.#toldTone && (page.level.tone === 'bad' || page.level.tone === 'warn');
    const text = this.#speech.next(page.summary, performance.now(), urgent);
    if (text === null) return;
    this.#toldTone = page.level.tone;
    this.#parts.say(text);
  }
}

/** How far ahead the forecast of a signal reaches, as far as it is worth showing. */
const reachMs = ({ fan, atMs, leads, level }: SignalState, nowMs: number): number => {
  if (fan === null || fan.p50 === null) return 0;
  // One that is far off and threatens nothing does not push the past together.
  if (!leads && level.tone === 'good' && fan.p50 > 10 * 60_000) return 0;
  return atMs + (fan.p90 ?? fan.p50 * 1.3) - nowMs;
};
