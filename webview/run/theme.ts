// The theme's colours for what is drawn on a canvas, and word of a change of theme.
import type { ChartColours } from './draw';

/** Reads the colours that the theme has now. */
export function readColours(): ChartColours {
  const style = getComputedStyle(document.body);
  const variable = (name: string, fallback: string): string =>
    style.getPropertyValue(`--vscode-${name}`).trim() || fallback;
  const foreground = variable('foreground', style.color);
  return {
    kind: document.body.matches('.vscode-light, .vscode-high-contrast-light') ? 'light' : 'dark',
    background: variable('editor-background', 'transparent'),
    foreground,
    quiet: variable('descriptionForeground', foreground),
    grid: document.body.matches('.vscode-light') ? '#8080802e' : '#80808038',
    focus: variable('focusBorder', foreground),
    selection: variable('editor-selectionHighlightBackground', '#80808040'),
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
