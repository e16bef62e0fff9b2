// Reads a config.json key by key: each value checked, each key accounted for, so that none that matters is missed.
import { SubtextError } from '../errors';
import { formatError, isObject, shown } from '../files';

/** Engines index tensors with 32-bit integers. */
export const MAX_SIZE = 2 ** 31 - 1;

/** The deepest published models have a few hundred layers; names and shapes are listed for each. */
export const MAX_LAYERS = 4096;

/** The longest published context is 10 million tokens; tables of positions are made from this number. */
export const MAX_CONTEXT = 2 ** 24;

/** The values of a config.json. Keys can have several names, of which the first that is there counts. */
export class ConfigurationReader {
  private readonly seen = new Set<string>();

  /** @param path of the file, for messages. */
  constructor(
    readonly path: string,
    private readonly values: Readonly<Record<string, unknown>>,
  ) {}

  /** The value of the first of `names` that is there and not null, which in config.json means absent. */
  value(...names: string[]): unknown {
    for (const name of names) this.seen.add(name);
    const name = this.present(names);
    return name === undefined ? undefined : this.values[name];
  }

  /**
   * A whole number from 1 to `limit`, or undefined where it is absent.
   * @throws SubtextError `checkpoint-format`
   */
  optionalSize(names: string[], limit = MAX_SIZE): number | undefined {
    const value = this.value(...names);
    if (value === undefined) return undefined;
    if (!Number.isInteger(value) || (value as number) < 1 || (value as number) > limit) {
      throw this.error(this.present(names)!, `is ${described(value)}, not a whole number from 1 to ${limit}`);
    }
    return value as number;
  }

  /** As `optionalSize`, but must be there. */
  size(names: string[], limit = MAX_SIZE): number {
    const size = this.optionalSize(names, limit);
    return size ?? this.missing(names[0]);
  }

  /** A finite number above 0; without `otherwise` it must be there. */
  positive(names: string[], otherwise?: number): number {
    const value = this.value(...names) ?? otherwise ?? this.missing(names[0]);
    if (typeof value !== 'number' || !(value > 0) || !Number.isFinite(value)) {
      throw this.error(this.present(names)!, `is ${described(value)}, not a number above 0`);
    }
    return value;
  }

  flag(name: string, otherwise?: boolean): boolean {
    const value = this.value(name) ?? otherwise ?? this.missing(name);
    if (typeof value !== 'boolean') throw this.error(name, `is ${described(value)}, not true or false`);
    return value;
  }

  /** One of the keys of `choices`, as what it stands for. */
  choice<T>(names: string[], choices: Readonly<Record<string, T>>, otherwise?: string): T {
    const value = this.value(...names) ?? otherwise ?? this.missing(names[0]);
    if (typeof value !== 'string' || !Object.hasOwn(choices, value)) {
      const known = Object.keys(choices).join(', ');
      throw this.error(this.present(names)!, `is ${described(value)}; those that are read are ${known}`);
    }
    return choices[value];
  }

  /** The values of an object inside this one. */
  object(name: string): ConfigurationReader | undefined {
    const value = this.value(name);
    if (value === undefined) return undefined;
    if (!isObject(value)) throw this.error(name, `is ${described(value)}, not an object`);
    return new ConfigurationReader(`${this.path}: ${name}`, value);
  }

  /**
   * Refuses a key that would change what the model computes in a way that Subtext cannot follow, unless it is
   * absent or has the value with which it changes nothing.
   */
  refuse(name: string, harmless: unknown): void {
    const value = this.value(name);
    if (value === undefined || value === harmless || isEmpty(value)) return;
    if (Array.isArray(value) && value.every((item) => item === harmless)) return;
    throw new SubtextError(
      'checkpoint-format',
      `${this.path}: ${name} is ${described(value)}, which Subtext does not compute`,
      'Use a model without it.',
    );
  }

  /** Keys of the file that nothing asked for. */
  unread(): string[] {
    return Object.keys(this.values).filter((name) => !this.seen.has(name));
  }

  /** The error for a value that cannot be. */
  error(name: string, problem: string): SubtextError {
    return formatError(
      `${this.path}:`,
      `${name} ${problem}`,
      'Check that it is the config.json of this model.',
    );
  }

  /** @throws SubtextError `checkpoint-format` for a key that must be there. */
  missing(name: string): never {
    throw this.error(name, 'is missing');
  }

  private present(names: string[]): string | undefined {
    return names.find((name) => Object.hasOwn(this.values, name) && this.values[name] !== null);
  }
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

/** A JSON value in few words. */
export function described(value: unknown): string {
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object';
  return shown(JSON.stringify(value), 60);
}
