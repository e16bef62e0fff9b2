// What a command of `subtext` is. To add one: a file in commands/, and a line in main.ts.
import type { Output } from './output';

export const EXIT_INTERRUPTED = 130;

export interface Option {
  /** How the value is called in the usage; without it the option is a switch. */
  value?: string;
  help: string;
  /** Whether it may be given several times; its values are then joined with commas. */
  list?: true;
}

export type Values = Record<string, string | boolean | undefined>;

export interface Command {
  name: string;
  summary: string;
  /** Name of the one positional argument, if it takes one; it is required, and stands in `values.argument`. */
  argument?: string;
  /** Name of positional arguments of which there may be any number; joined with commas they stand in `values.arguments`. */
  arguments?: string;
  options: Record<string, Option>;
  /** @returns the exit code where it is not 0 */
  run: (values: Values, output: Output) => Promise<number> | Promise<void>;
}
