import type { ErrorDetails } from '@promptory/schemas';
import { type AppError, detailedError } from '../../errors.ts';

/** Why the label of one prompt cannot be moved. */
export interface Refusal {
  readonly promptId: string;
  readonly error: AppError;
}

/** Why a release was not made: of each prompt that stands in its way, in the order of the call. */
export function releaseRefused(ids: readonly string[], refusals: readonly Refusal[]): AppError {
  const shown = refusals.map(({ promptId, error: { code, message, extra } }): OneRefusal => {
    const { current } = extra as Partial<ErrorDetails['label.moved_since']>;
    const isHidden = code === 'prompt.not_found';
    return {
      index: ids.indexOf(promptId),
      // Of a release that is taken back, the caller may never have seen the prompt.
      promptId: isHidden ? null : promptId,
      ...{ code, message },
      ...(current === undefined ? {} : { current }),
    };
  });
  return detailedError('release.refused', { refusals: shown.toSorted((one, other) => one.index - other.index) });
}

type OneRefusal = ErrorDetails['release.refused']['refusals'][number];
