// Reads JSON that somebody else wrote: every step checks the kind of value and a failure names the file and the place.
import { SubtextError } from '../errors';

const REMEDY = 'Download the tokenizer again, or save it again with Hugging Face tokenizers.';

/** A value inside a JSON file, with the way to it. */
export class JsonValue {
  constructor(
    readonly value: unknown,
    /** Name of the file, for messages. */
    readonly file: string,
    /** Way from the top of the file: `model.merges[3]`; empty at the top. */
    readonly path = '',
  ) {}

  /** @throws SubtextError 'tokenizer' when the text is not JSON. */
  static parse(text: string, file: string): JsonValue {
    try {
      return new JsonValue(JSON.parse(text), file);
    } catch {
      throw new SubtextError('tokenizer', `${file} is not JSON`, REMEDY);
    }
  }

  /** Absent or null, which Hugging Face writes for the same thing. */
  get isMissing(): boolean {
    return this.value === undefined || this.value === null;
  }

  get isObject(): boolean {
    return typeof this.value === 'object' && this.value !== null && !Array.isArray(this.value);
  }

  get isArray(): boolean {
    return Array.isArray(this.value);
  }

  get isText(): boolean {
    return typeof this.value === 'string';
  }

  get isNumber(): boolean {
    return typeof this.value === 'number';
  }

  /** A field of an object; missing when the object has none of that name. */
  field(name: string): JsonValue {
    const path = this.path === '' ? name : `${this.path}.${name}`;
    return new JsonValue(
      Object.hasOwn(this.object(), name) ? this.object()[name] : undefined,
      this.file,
      path,
    );
  }

  /** All fields of an object; none when it is missing. */
  fields(): [string, JsonValue][] {
    if (this.isMissing) return [];
    return Object.keys(this.object()).map((name) => [name, this.field(name)]);
  }

  /** The items of an array; none when it is missing. */
  items(): JsonValue[] {
    if (this.isMissing) return [];
    const { value } = this;
    if (!Array.isArray(value)) this.fail('is not an array');
    return value.map((item: unknown, index) => new JsonValue(item, this.file, `${this.path}[${index}]`));
  }

  /** One item of an array; missing when the array is shorter. */
  item(index: number): JsonValue {
    return this.items().at(index) ?? new JsonValue(undefined, this.file, `${this.path}[${index}]`);
  }

  text(fallback?: string): string {
    if (this.isMissing && fallback !== undefined) return fallback;
    if (typeof this.value !== 'string') this.fail('is not a text');
    return this.value;
  }

  flag(fallback: boolean): boolean {
    if (this.isMissing) return fallback;
    if (typeof this.value !== 'boolean') this.fail('is neither true nor false');
    return this.value;
  }

  /** A whole number from 0 up to and including `largest`. */
  count(largest: number, fallback?: number): number {
    if (this.isMissing && fallback !== undefined) return fallback;
    const { value } = this;
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > largest) {
      this.fail(`is not a whole number from 0 to ${largest}`);
    }
    return value;
  }

  /** An object of whole numbers from 0 to `largest`, in the order of the file. */
  counts(largest: number): Map<string, number> {
    const object = this.object();
    const counts = new Map<string, number>();
    // Vocabularies have 10^5 fields: no JsonValue for each unless it is wrong.
    for (const name of Object.keys(object)) {
      const value = object[name];
      const isCount = typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= largest;
      counts.set(name, isCount ? value : this.field(name).count(largest));
    }
    return counts;
  }

  /** @throws SubtextError 'tokenizer' that says what is wrong with this value. */
  fail(what: string): never {
    const place = this.path === '' ? this.file : `${this.file}: ${this.path}`;
    throw new SubtextError('tokenizer', `${place} ${what}`, REMEDY);
  }

  private object(): Record<string, unknown> {
    if (!this.isObject) this.fail('is not an object');
    return this.value as Record<string, unknown>;
  }
}
