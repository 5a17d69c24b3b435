import { createTestDatabase } from '@promptory/db/testing';
import { expect, it, onTestFinished } from 'vitest';
import { givenUser } from '../fixtures/given.ts';
import { testServices } from '../harness/services.ts';
import { bySlug, csvOf, exportAs, importAs } from '../harness/transfers.ts';
import { givenCorpus } from './given-corpus.ts';

async function* inPieces(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let start = 0; start < bytes.length; start += 65_536) yield bytes.subarray(start, start + 65_536);
}

it('imports every prompt of the collection, changes none at the second time, and gives an empty account the same', async () => {
  const { bytes, rows } = givenCorpus();
  const all = rows.length;
  const test = await createTestDatabase();
  onTestFinished(() => test.drop());
  const services = testServices(test.db);
  const [vic, wes] = [await givenUser(test.db, 'vic'), await givenUser(test.db, 'wes')];
  const importCorpus = async () => (await importAs(services, vic, inPieces(bytes))).summary;
  expect(await importCorpus()).toMatchObject({ rows: all, created: all, failed: 0 });
  expect(await importCorpus()).toMatchObject({ created: 0, updated: 0, unchanged: all });
  const exported = await exportAs(services, vic);
  const copied = await importAs(services, wes, inPieces(Buffer.from(await csvOf(exported))));
  expect(copied.summary).toMatchObject({ created: all, failed: 0 });
  expect(bySlug(await exportAs(services, wes))).toEqual(bySlug(exported));
});
