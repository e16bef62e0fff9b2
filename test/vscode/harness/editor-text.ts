// Where text and decorations stand in the visible part of an editor. `readEditor` runs inside the page: it may use
// nothing from outside its own body.

/** A rectangle in page coordinates (CSS pixels). */
export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** One decoration that is on the screen now. */
export interface EditorDecoration {
  /** `background`: painted behind the text; `text`: changes the text itself or stands before or after it. */
  kind: 'background' | 'text';
  /** The characters that it covers. */
  text: string;
  className: string;
  background: string;
  border: string;
  /** Colour, style and width; empty where there is none. */
  outline: string;
  /** CSS `text-decoration-line` and style, such as `underline dotted`; empty where there is none. */
  textDecoration: string;
  before: string;
  after: string;
  box: Box;
}

export interface EditorContents {
  /** Lines on the screen, top to bottom. */
  lines: string[];
  /** A box for every character of every line. */
  boxes: Box[][];
  decorations: EditorDecoration[];
  /** The part of the page in which the text is not covered, by the minimap for instance. */
  view: Box;
}

/** Reads lines, character boxes and decorations of one Monaco editor element. */
export function readEditor(editor: HTMLElement): EditorContents {
  const clean = (text: string) => text.replaceAll('\u00a0', ' ').replaceAll('\u200b', '');
  const plain = ({ left, top, width, height }: DOMRect): Box => ({ left, top, width, height });
  const content = (element: Element, pseudo: string) => {
    const value = getComputedStyle(element, pseudo).content;
    return value === 'none' || value === 'normal' ? '' : value.replace(/^"|"$/g, '');
  };

  const found = [...editor.querySelectorAll<HTMLElement>('.view-lines > .view-line')];
  found.sort((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top);
  const lines: string[] = [];
  const boxes: Box[][] = [];
  for (const line of found) {
    const lineBoxes: Box[] = [];
    let text = '';
    const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const value = node.textContent ?? '';
      for (let index = 0; index < value.length; index++) {
        const character = clean(value.charAt(index));
        if (character === '') continue;
        const range = document.createRange();
        range.setStart(node, index);
        range.setEnd(node, index + 1);
        text += character;
        lineBoxes.push(plain(range.getBoundingClientRect()));
      }
    }
    lines.push(text);
    boxes.push(lineBoxes);
  }

  const covered = (area: DOMRect) => {
    let text = '';
    for (const [row, lineBoxes] of boxes.entries()) {
      for (const [column, box] of lineBoxes.entries()) {
        const x = box.left + box.width / 2;
        const y = box.top + box.height / 2;
        const inside = x >= area.left && x <= area.right && y >= area.top && y <= area.bottom;
        if (inside) text += (lines[row] ?? '').charAt(column);
      }
    }
    return text;
  };

  const whole = (editor.querySelector('.editor-scrollable') ?? editor).getBoundingClientRect();
  const minimap = editor.querySelector('.minimap')?.getBoundingClientRect();
  const right = minimap && minimap.width > 0 ? minimap.left : whole.right;
  const view = { left: whole.left, top: whole.top, width: right - whole.left, height: whole.height };

  // Classes of decorations that extensions set begin with `ced-` and then have no blank until the next class.
  const decorations: EditorDecoration[] = [];
  const backgrounds = editor.querySelectorAll('.view-overlays .cdr[class*="ced-"]');
  const texts = editor.querySelectorAll('.view-lines .view-line span [class*="ced-"]');
  for (const element of [...backgrounds, ...texts]) {
    const style = getComputedStyle(element);
    const area = element.getBoundingClientRect();
    const seen =
      area.left < right && area.right > whole.left && area.top < whole.bottom && area.bottom > whole.top;
    if (!seen) continue;
    const isText = element.matches('.view-line *');
    const decorated =
      style.textDecorationLine === 'none' ? '' : `${style.textDecorationLine} ${style.textDecorationStyle}`;
    decorations.push({
      kind: isText ? 'text' : 'background',
      text: isText ? clean(element.textContent) : covered(area),
      className: element.className,
      background: style.backgroundColor,
      outline:
        style.outlineStyle === 'none'
          ? ''
          : `${style.outlineColor} ${style.outlineStyle} ${style.outlineWidth}`,
      border:
        style.borderStyle === 'none' ? '' : `${style.borderWidth} ${style.borderStyle} ${style.borderColor}`,
      textDecoration: decorated,
      before: content(element, '::before'),
      after: content(element, '::after'),
      box: plain(area),
    });
  }
  return { lines, boxes, decorations, view };
}
