// The theme's colours for what is drawn on a canvas, and word of a change of theme.

/** The theme's colours. */
export interface ChartColours {
  kind: 'dark' | 'light';
  background: string;
  foreground: string;
  quiet: string;
  grid: string;
  /** Of the stretch that is dragged: its edges, and what lies between. */
  focus: string;
  selection: string;
}

/** Reads the colours that the theme has now. */
export function readColours(): ChartColours {
  const style = getComputedStyle(document.body);
  const variable = (name: string, fallback: string): string =>
    style.getPropertyValue(`--vscode-${name}`).trim() || fallback;
  const foreground = variable('foreground', style.color);
  return {
    kind: themeKind(),
    background: variable('editor-background', 'transparent'),
    foreground,
    quiet: variable('descriptionForeground', foreground),
    grid: document.body.matches('.vscode-light') ? '#8080802e' : '#80808038',
    focus: variable('focusBorder', foreground),
    selection: variable('editor-selectionHighlightBackground', '#80808040'),
  };
}

/** Whether the theme's background is dark or light, high contrast among them. */
export function themeKind(): 'dark' | 'light' {
  return document.body.matches('.vscode-light, .vscode-high-contrast-light') ? 'light' : 'dark';
}

/** The theme's backgrounds of levels −10…10 of data; see `colours.ts`. */
export function readLevels(): (level: number) => string {
  const style = getComputedStyle(document.body);
  const read = new Map<number, string>();
  return (level) => {
    const known = read.get(level);
    if (known !== undefined) return known;
    const name = `--vscode-subtext-activation${level > 0 ? 'Positive' : 'Negative'}${Math.abs(level)}`;
    const colour = style.getPropertyValue(name).trim();
    read.set(level, colour);
    return colour;
  };
}

/** The font of what is drawn. */
export function readFont(): string {
  return getComputedStyle(document.body).fontFamily;
}

/** Calls `act` when VS Code exchanged the theme: it writes its variables and classes anew. */
export function onThemeChange(act: () => void): void {
  const observer = new MutationObserver(act);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style'] });
  observer.observe(document.body, { attributes: true, attributeFilter: ['class'] });
}
