import { givenPerson, promptRow, versionRows } from '@promptory/api/testing';
import { insertRows } from '@promptory/db/testing';
import type { BootedApp } from '../../../harness/boot.ts';

const CHARACTERS = 200_000;
const ROWS_A_STATEMENT = 20;

/** Somebody with so many prompts of 200 kB each, whose pages and exports are long; what they send along. */
export async function givenLongPrompts({ services, as }: BootedApp, count: number): Promise<{ authorization: string }> {
  const owner = await givenPerson(services, { handle: 'writer' });
  const content = 'x'.repeat(CHARACTERS);
  const prompts = Array.from({ length: count }, (_, index) => ({ ...promptRow(owner, `long-${index}`), content }));
  while (prompts.length > 0) {
    const some = prompts.splice(0, ROWS_A_STATEMENT);
    await insertRows(services.db, { prompts: some, prompt_versions: some.flatMap(versionRows) });
  }
  return as.person(owner);
}
