// Whom the questions of *Train Probe…* ask: VS Code's quick input, or a test. No 'vscode'.
import type { BackendFailure } from '../backend/failure';
import type { Back, DialogueStep } from './steps';

export interface Item {
  label: string;
  description?: string;
  detail?: string;
}

export interface Page<Choice> {
  placeholder: string;
  items: Choice[];
  /** Which to begin on; of several that can be chosen, those that are chosen at first. */
  active: readonly Choice[];
}

/** A file, or a folder where there are no filters: the dialogs of some systems take only the one or the other. */
export interface Browsing {
  title: string;
  openLabel: string;
  filters?: Record<string, string[]>;
  several?: boolean;
}

/** Every answer is undefined, or empty, where the person gave up. */
export interface Person {
  one<Choice extends Item>(
    step: DialogueStep,
    page: Promise<Page<Choice>>,
  ): Promise<Choice | Back | undefined>;
  /** One or more. */
  some<Choice extends Item>(
    step: DialogueStep,
    page: Promise<Page<Choice>>,
  ): Promise<Choice[] | Back | undefined>;
  /** A question inside of a step. */
  aside(placeholder: string, labels: readonly string[]): Promise<string | undefined>;
  /** @param problem what is wrong with a text */
  write(
    prompt: string,
    value: string,
    problem: (text: string) => string | undefined,
  ): Promise<string | undefined>;
  /** Absolute paths. */
  browse(asked: Browsing): Promise<string[]>;
  hear(failure: BackendFailure): void;
}
