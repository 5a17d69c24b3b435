import type { ErrorDetails } from '@promptory/schemas';
import { type AppError, detailedError } from '../../errors.ts';

const BREAKS_OF_ONE = 5;

/** Why the label of one prompt cannot be moved. */
export interface Refusal {
  readonly promptId: string;
  readonly error: AppError;
}

/** Why a release was not made: of each prompt that stands in its way, in the order of the call. */
export function releaseRefused(ids: readonly string[], refusals: readonly Refusal[]): AppError {
  const shown = refusals.map(({ promptId, error: { code, message, extra } }): OneRefusal => {
    const { current } = extra as Partial<ErrorDetails['label.moved_since']>;
    const breaking =
      code === 'prompt.breaking_change' ? firstOf(extra as ErrorDetails['prompt.breaking_change']) : undefined;
    const isHidden = code === 'prompt.not_found';
    return {
      index: ids.indexOf(promptId),
      // Of a release that is taken back, the caller may never have seen the prompt.
      promptId: isHidden ? null : promptId,
      ...{ code, message },
      ...(current === undefined ? {} : { current }),
      ...(breaking === undefined ? {} : { breaking }),
    };
  });
  return detailedError('release.refused', { refusals: shown.toSorted((one, other) => one.index - other.index) });
}

/** Of a hundred prompts, each with a few. */
const firstOf = (change: ErrorDetails['prompt.breaking_change']) => ({
  ...change,
  breaks: change.breaks.slice(0, BREAKS_OF_ONE),
});

type OneRefusal = ErrorDetails['release.refused']['refusals'][number];
