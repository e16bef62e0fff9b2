// What is said about a file of JSON, such as a recipe, that does not fit its schema.
import type { z } from 'zod';

type Issue = z.core.$ZodIssue;

/**
 * What a schema found wrong with a value, in words: each problem with its path.
 * @param schema of an object, for the names that it knows
 * @param whole what the value is called where no path leads into it
 */
export function problemsOf(
  schema: z.ZodType,
  issues: readonly Issue[],
  value: unknown,
  whole = 'the recipe',
): string[] {
  return issues.flatMap((issue): string[] => {
    const path = issue.path.join('.') || whole;
    switch (issue.code) {
      case 'unrecognized_keys':
        return issue.keys.map((key) => unknownKey(schema, [...issue.path, key], value));
      case 'invalid_union':
        return unionProblems(schema, issue, value);
      case 'invalid_type':
        return [
          issue.input === undefined ? `${path} is missing` : `${path} is not ${article(issue.expected)}`,
        ];
      case 'invalid_value':
        return [
          `${path} is ${JSON.stringify(issue.input)}, not one of ${issue.values.map(String).join(', ')}`,
        ];
      case 'too_small':
        return [
          `${path} is ${inWords(issue.input)}, not ${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}`,
        ];
      case 'too_big':
        return [
          `${path} is ${inWords(issue.input)}, not ${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}`,
        ];
      default:
        return [`${path}: ${issue.message}`];
    }
  });
}

/** The problems of the alternative that is meant: of a model, the one with `from` where that is given. */
function unionProblems(
  schema: z.ZodType,
  issue: Extract<Issue, { code: 'invalid_union' }>,
  value: unknown,
): string[] {
  const path = issue.path.join('.');
  const given = at(value, issue.path);
  if (issue.errors.length > 0) {
    const started = typeof given === 'object' && given !== null && 'from' in given;
    const inner = issue.errors[started ? 1 : 0];
    return problemsOf(
      schema,
      inner.map((each) => ({ ...each, path: [...issue.path, ...each.path] })),
      value,
    );
  }
  // A union told apart by a key, which stands at the end of the path.
  const { options = [] } = issue as { options?: unknown[] };
  const kinds = options.map(String).join(', ');
  return [`${path} is ${given === undefined ? 'missing' : JSON.stringify(given)}, not one of ${kinds}`];
}

function unknownKey(schema: z.ZodType, path: readonly PropertyKey[], value: unknown): string {
  const name = String(path.at(-1));
  const nearest = nearestOf(name, knownKeys(schema, path.slice(0, -1), value));
  return `${path.join('.')} is not known${nearest ? ` (did you mean ${nearest}?)` : ''}`;
}

/** The keys that the object at a path may have. */
function knownKeys(root: z.ZodType, path: readonly PropertyKey[], value: unknown): string[] {
  let schema: unknown = root;
  let here = value;
  for (const part of [...path, undefined]) {
    schema = unwrapped(schema, here);
    if (part === undefined) break;
    here = at(here, [part]);
    // Unwrapped, a list is what its elements are.
    if (typeof part === 'number') continue;
    schema = (schema as { shape?: Record<PropertyKey, unknown> }).shape?.[part];
  }
  return Object.keys((schema as { shape?: object } | undefined)?.shape ?? {});
}

/** Without defaults and optionality; of a union the alternative that the value is meant to be. */
function unwrapped(schema: unknown, value: unknown): unknown {
  let inner = schema as { unwrap?: () => unknown; options?: unknown[]; shape?: object } | undefined;
  while (inner?.unwrap) inner = inner.unwrap() as typeof inner;
  if (!inner?.options || inner.shape) return inner;
  const given = (value ?? {}) as Record<string, unknown>;
  const shapes = inner.options as { shape: Record<string, { value?: unknown }> }[];
  return 'from' in given
    ? shapes.find(({ shape }) => 'from' in shape)
    : shapes.find(({ shape }) => !('kind' in shape) || shape.kind.value === given.kind);
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, part) =>
      typeof inner === 'object' && inner !== null ? (inner as Record<PropertyKey, unknown>)[part] : undefined,
    value,
  );
}

/** The name that takes the fewest changes to become `name`, if that is few. */
function nearestOf(name: string, names: readonly string[]): string | undefined {
  const extended = names.find((candidate) => candidate.startsWith(name) || name.startsWith(candidate));
  if (extended !== undefined) return extended;
  const ranked = names
    .map((candidate) => ({ candidate, changes: changesBetween(name.toLowerCase(), candidate) }))
    .sort((a, b) => a.changes - b.changes);
  return ranked.length > 0 && ranked[0].changes <= Math.max(2, name.length / 3)
    ? ranked[0].candidate
    : undefined;
}

/** Letters to insert, drop or replace (Levenshtein). */
function changesBetween(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      next.push(Math.min(next[j - 1] + 1, row[j] + 1, row[j - 1] + (from[i - 1] === to[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[to.length];
}

function article(kind: string): string {
  return kind === 'int' ? 'a whole number' : /^[aeio]/.test(kind) ? `an ${kind}` : `a ${kind}`;
}

function inWords(input: unknown): string {
  return typeof input === 'string' && input === ''
    ? 'empty'
    : Array.isArray(input)
      ? `a list of ${input.length}`
      : String(input);
}
