import type { ErrorCode } from '@promptory/schemas';
import { accountErrors } from './account-errors.ts';
import type { ErrorGuide } from './error-guide.ts';
import { libraryErrors } from './library-errors.ts';
import { requestErrors } from './request-errors.ts';
import { serverErrors } from './server-errors.ts';

/** The guide to every error. A code that is in none of the areas does not compile. */
export const errorGuide: Readonly<Record<ErrorCode, ErrorGuide>> = {
  ...requestErrors,
  ...accountErrors,
  ...libraryErrors,
  ...serverErrors,
};

const codesIn = (guides: object): ErrorCode[] => Object.keys(guides) as ErrorCode[];

/** The areas in which the pages show the errors. */
export const errorAreas: ReadonlyArray<{ readonly title: string; readonly codes: readonly ErrorCode[] }> = [
  { title: 'The request', codes: codesIn(requestErrors) },
  { title: 'Who calls', codes: codesIn(accountErrors) },
  { title: 'Prompts and groups', codes: codesIn(libraryErrors) },
  { title: 'The server', codes: codesIn(serverErrors) },
];
