/** Draws at most once per picture of the screen, however often it is asked. Nothing is drawn while nobody can see it. */
export class Frame {
  readonly #draw: () => void;
  #wanted = false;

  constructor(draw: () => void) {
    this.#draw = draw;
  }

  request(): void {
    if (this.#wanted) return;
    this.#wanted = true;
    requestAnimationFrame(() => {
      this.#wanted = false;
      this.#draw();
    });
  }
}
