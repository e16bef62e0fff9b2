// Where the keys of a JSON text stand, so that what is said about `train.batch` can be shown there.

/** A value of the text: its path (`train.batch`, `data.files.0`), and offsets of its key, or else of itself. */
export interface Place {
  path: string;
  start: number;
  end: number;
}

/** Every value below the top, in the order of the text; what follows a mistake in the JSON is left out. */
export function placesOf(text: string): Place[] {
  const scanner = new Scanner(text);
  try {
    scanner.value('');
  } catch (error) {
    if (!(error instanceof MistakeInJson)) throw error;
  }
  return scanner.places;
}

class MistakeInJson extends Error {}

/** Deeper nesting is no recipe, and must not exhaust the stack. */
const DEEPEST = 100;

class Scanner {
  readonly places: Place[] = [];
  private at = 0;
  private depth = 0;

  constructor(private readonly text: string) {}

  value(path: string): void {
    this.blanks();
    if (++this.depth > DEEPEST) throw new MistakeInJson();
    const first = this.text[this.at];
    if (first === '{') this.members('}', () => this.member(path));
    else if (first === '[') {
      let index = 0;
      this.members(']', () => this.element(path, index++));
    } else if (first === '"') this.string();
    else this.match(/[-+.\w]+/y);
    this.depth--;
  }

  private members(close: string, each: () => void): void {
    this.at++;
    this.blanks();
    while (this.text[this.at] !== close) {
      each();
      this.blanks();
      if (this.text[this.at] === ',') this.at++;
      else if (this.text[this.at] !== close) throw new MistakeInJson();
      this.blanks();
    }
    this.at++;
  }

  private member(path: string): void {
    const start = this.at;
    const key = this.string();
    const inner = path === '' ? key : `${path}.${key}`;
    this.places.push({ path: inner, start, end: this.at });
    this.blanks();
    this.match(/:/y);
    this.value(inner);
  }

  private element(path: string, index: number): void {
    const place = { path: `${path}.${index}`, start: this.at, end: this.at };
    this.places.push(place);
    this.value(place.path);
    place.end = this.at;
  }

  private string(): string {
    const literal = this.match(/"(?:[^"\\\n]|\\.)*"/y);
    try {
      return String(JSON.parse(literal));
    } catch {
      throw new MistakeInJson();
    }
  }

  private blanks(): void {
    this.match(/\s*/y);
  }

  private match(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found === undefined) throw new MistakeInJson();
    this.at += found.length;
    return found;
  }
}
