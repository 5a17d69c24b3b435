import type { ImportEvent, ImportPromptsInput, PortablePrompt } from '@promptory/schemas';
import type { Principal } from '../../src/context.ts';
import { toCsv } from '../../src/features/transfer/formats/csv/to-csv.ts';
import type { Person } from '../fixtures/people.ts';
import { callersOf } from './callers.ts';
import { collect } from './collect.ts';
import type { TestServices } from './services.ts';

export interface Imported {
  readonly events: ImportEvent[];
  readonly outcomes: string[];
  readonly summary: ImportEvent | undefined;
}

export interface ImportOptions extends Partial<Omit<ImportPromptsInput, 'source'>> {
  type?: ImportPromptsInput['source']['type'];
}

/** What a person's import says, to its end. */
export async function importAs(
  services: TestServices,
  person: { readonly principal: Principal },
  body: ImportPromptsInput['source']['body'],
  options: ImportOptions = {},
): Promise<Imported> {
  const { type = 'text/csv', ...rest } = options;
  const { transfer } = callersOf(services).as(person.principal);
  const events = await collect(await transfer.import({ source: { type, body }, ...rest }));
  const outcomes = events.flatMap((event) => (event.type === 'row' ? [event.outcome] : []));
  return { events, outcomes, summary: events.at(-1) };
}

/** All that a person's export gives. */
export const exportAs = async (
  services: TestServices,
  person: Person,
  scope: 'mine' | 'readable' = 'mine',
): Promise<PortablePrompt[]> => collect(await callersOf(services).as(person.principal).transfer.export({ scope }));

/** An export as the CSV file that REST makes of it. */
export async function csvOf(prompts: readonly PortablePrompt[]): Promise<string> {
  const items = async function* () {
    yield* prompts;
  };
  return (await collect(toCsv(items()))).join('');
}

export const bySlug = (prompts: readonly PortablePrompt[]): PortablePrompt[] =>
  prompts.toSorted((one, other) => one.slug.localeCompare(other.slug));
