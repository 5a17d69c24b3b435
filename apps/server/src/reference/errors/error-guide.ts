import type { AppError } from '@promptory/api/server';

/** What a caller who meets an error wants to know beside its public sentence. Backticks are the only markup. */
export interface ErrorGuide {
  /** The cause, in the product's terms, and what it did or did not change. */
  readonly happened: string;
  /** What whoever called does next. */
  readonly remedy: string;
  /** What such an error adds to the problem document, where seeing it helps. */
  readonly example?: Partial<Pick<AppError, 'message' | 'errors' | 'extra'>>;
}
