import { APIError } from '../api/request';

/** An error as people are told of it. */
export interface IProblem {
  readonly message: string;
  readonly hint: string | null;
  /** The error's class in Python, if it is one of ours. */
  readonly code: string | null;
}

/** What to tell of an error. */
export function problemOf(error: unknown): IProblem {
  if (error instanceof APIError) {
    return { message: error.message, hint: error.hint, code: error.code };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { message, hint: null, code: null };
}

/** A problem as one text, the hint on a line of its own. */
export function problemText({
  message,
  hint
}: Pick<IProblem, 'message' | 'hint'>): string {
  return hint === null || hint === '' ? message : `${message}\n${hint}`;
}
