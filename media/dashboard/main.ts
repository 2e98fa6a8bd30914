import './no-eval.ts';

import type { Place, ToPage } from '../../src/model/dashboard/messages.ts';
import { freshState, type PageState } from '../../src/model/dashboard/state.ts';
import { element } from './dom.ts';
import { FleetPageView } from './fleet-page.ts';
import { Host } from './host.ts';
import { IncidentPageView } from './incident-page.ts';
import type { Page, PageParts } from './page.ts';
import { SandboxPageView } from './sandbox-page.ts';

const host = new Host();
const root = document.getElementById('page') ?? document.body;
const speaker = element('div', { class: 'hidden-text', attributes: { 'aria-live': 'polite', role: 'status' } });
document.body.append(speaker);

addEventListener('error', ({ message, filename, lineno }) => host.fail(`${message} (${filename}:${lineno})`));
addEventListener('unhandledrejection', ({ reason }) => host.fail(String(reason)));

let page: Page | null = null;

const makePage = (place: Place): Page => {
  const kept = host.state;
  const samePlace = kept !== null && JSON.stringify(kept.place) === JSON.stringify(place);
  let state: PageState = samePlace ? kept : freshState(place);
  const parts: PageParts = {
    keep: (part) => {
      state = { ...state, ...part };
      host.keep(state);
    },
    say: (text) => {
      speaker.textContent = text;
    },
  };
  host.keep(state);
  document.body.dataset['page'] = place.page;
  if (place.page === 'sandbox') return new SandboxPageView(root, host, state, parts);
  if (place.page === 'incident') return new IncidentPageView(root, host, state, parts);
  return new FleetPageView(root, host, state, parts);
};

host.listen((message: ToPage) => {
  if (message.kind === 'open') page ??= makePage(message.place);
  else page?.receive(message);
});
setInterval(() => {
  if (document.visibilityState === 'visible') page?.tick();
}, 1_000);
host.ready();
