const canBePressed = 'a[href], button, input, select, summary, [tabindex="0"]';

const isShown = (node: HTMLElement): boolean => node.isConnected && node.checkVisibility();
const nameOf = (node: HTMLElement): string => node.getAttribute('aria-label') ?? node.textContent ?? '';

/**
 * Gives the focus back to what was pressed. A question of the editor takes it out of the page, and the browser then forgets which element had
 * it: the next Tab would begin at the top of the page.
 */
export class PressedFocus {
  /** What was pressed, then all that it stood in, from the inside out; empty when there is nothing to give back. */
  #path: readonly HTMLElement[] = [];
  #name = '';
  #entering = false;

  constructor() {
    addEventListener('focus', () => {
      this.#entering = true;
      // With a Tab, an element gets the focus after this, in the same turn.
      setTimeout(() => {
        this.#entering = false;
        this.#giveBack();
      }, 0);
    });
    const forget = (): void => {
      this.#path = [];
    };
    addEventListener('pointerdown', forget);
    document.addEventListener('focusin', ({ target }) => {
      if (!this.#entering && target !== this.#path[0]) forget();
    });
  }

  /** What has the focus was pressed, and a question may follow. */
  remember(): void {
    const path: HTMLElement[] = [];
    for (let at = document.activeElement; at instanceof HTMLElement && at !== document.body; at = at.parentElement) {
      path.push(at);
    }
    this.#path = path;
    this.#name = path[0] === undefined ? '' : nameOf(path[0]);
  }

  #giveBack(): void {
    const successor = this.#successor();
    this.#path = [];
    successor?.focus({ preventScroll: true });
  }

  /** The same element, or what was made in its place, or what is first in the nearest place that is still there. */
  #successor(): HTMLElement | null {
    const [pressed, ...places] = this.#path;
    if (pressed === undefined || isShown(pressed)) return pressed ?? null;
    for (const place of places) {
      if (!isShown(place)) continue;
      const found = [...place.querySelectorAll<HTMLElement>(canBePressed)].filter(isShown);
      if (found.length > 0) return found.find((each) => nameOf(each) === this.#name) ?? found[0] ?? null;
    }
    return null;
  }
}
