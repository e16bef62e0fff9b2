// A short way to make elements.

interface Properties {
  class?: string;
  text?: string;
  /** Tooltip; see `tooltip.ts`. */
  tip?: string;
  attributes?: Record<string, string>;
}

/** An element with its classes, text, attributes and children. */
export function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  properties: Properties = {},
  ...children: Node[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  if (properties.class !== undefined) element.className = properties.class;
  if (properties.text !== undefined) element.textContent = properties.text;
  if (properties.tip !== undefined) element.dataset['tip'] = properties.tip;
  for (const [name, value] of Object.entries(properties.attributes ?? {})) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** An SVG element with its attributes. */
export function makeSvg<Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  attributes: Record<string, string | number> = {},
  ...children: Node[]
): SVGElementTagNameMap[Tag] {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

/** A codicon that says nothing to a screen reader. */
export function icon(name: string): HTMLElement {
  return make('span', { class: `codicon codicon-${name}`, attributes: { 'aria-hidden': 'true' } });
}
