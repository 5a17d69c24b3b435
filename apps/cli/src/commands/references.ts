import type { Promptory } from '@promptory/client';
import { ExitCode, Failure } from '../failure.ts';

const SUFFIX = /[@#]/;

/** A reference without its label or version. */
export const nameIn = (reference: string): string => reference.split(SUFFIX, 1)[0] ?? '';

/** The latest version of the prompt that a name means, whatever labels it has. */
export const namedPrompt = (promptory: Promptory, name: string) =>
  promptory.prompts.resolve.query({ ref: `${nameIn(name)}@latest` });

/** The reference that says which version is meant. @throws Failure where neither it nor `--from` does */
export function referenceOfVersion(reference: string, from: string | undefined): string {
  if (SUFFIX.test(reference)) return reference;
  if (from !== undefined) return `${reference}@${from}`;
  throw new Failure(
    ExitCode.usage,
    `Which version of ${reference}? Say ${reference}@latest, ${reference}#4 or --from staging.`,
  );
}

/** The version that is to be moved to. */
export const versionNamed = (promptory: Promptory, reference: string, from: string | undefined) =>
  promptory.prompts.resolve.query({ ref: referenceOfVersion(reference, from) });
