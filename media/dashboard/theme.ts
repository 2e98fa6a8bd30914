/** The colours of the editor's theme that a canvas needs; everything else takes them from the stylesheet. */
export interface Colours {
  readonly text: string;
  readonly muted: string;
  readonly grid: string;
  readonly line: string;
  readonly limit: string;
  readonly watch: string;
  readonly warn: string;
  readonly bad: string;
  readonly good: string;
  readonly background: string;
  readonly font: string;
  /** High contrast: areas get an outline, lines are thicker. */
  readonly strong: boolean;
}

/** A colour of the theme mixed with nothing, for areas. */
export const faded = (colour: string, percent: number): string =>
  `color-mix(in srgb, ${colour} ${percent}%, transparent)`;

const read = (style: CSSStyleDeclaration, name: string, otherwise: string): string => {
  const value = style.getPropertyValue(name).trim();
  return value === '' ? otherwise : value;
};

export const readColours = (): Colours => {
  const style = getComputedStyle(document.body);
  const text = read(style, '--vscode-foreground', '#888888');
  const strong = /vscode-high-contrast/.test(document.body.className);
  return {
    text,
    muted: read(style, '--vscode-descriptionForeground', text),
    grid: faded(text, strong ? 22 : 12),
    line: read(style, '--vscode-charts-blue', '#3794ff'),
    limit: read(style, '--vscode-charts-red', '#f14c4c'),
    watch: read(style, '--vscode-charts-blue', '#3794ff'),
    // As in the stylesheet: the orange of charts is half transparent in some themes.
    warn: read(style, '--vscode-list-warningForeground', read(style, '--vscode-editorWarning-foreground', '#d18616')),
    bad: read(style, '--vscode-charts-red', '#f14c4c'),
    good: read(style, '--vscode-charts-green', '#89d185'),
    background: read(style, '--vscode-editor-background', '#1e1e1e'),
    font: `11px ${read(style, '--vscode-font-family', 'sans-serif')}`,
    strong,
  };
};

/** Calls `changed` after the theme was changed: a canvas keeps its old colours until it is drawn anew. */
export const onThemeChange = (changed: () => void): void => {
  let waiting = false;
  const observer = new MutationObserver(() => {
    if (waiting) return;
    waiting = true;
    // The variables and the class of the body are written one after the other.
    requestAnimationFrame(() => {
      waiting = false;
      changed();
    });
  });
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style', 'class'] });
  observer.observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-id'] });
};
