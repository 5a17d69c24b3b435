import { isPromptoryError } from '@promptory/client';

export function latestOf(error: unknown): number | undefined {
  if (isPromptoryError(error) && error.code === 'quota.exceeded') return error.details.latest;
  return isPromptoryError(error, 'prompt.version_conflict') ? error.details.latest.verzion : undefined;
}
