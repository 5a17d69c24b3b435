import { expect, it } from 'vitest';
import { givenPerson } from '../fixtures/people.ts';
import { givenApi } from '../harness/api.ts';
import { bySlug, csvOf, exportAs, importAs } from '../harness/transfers.ts';
import { givenCorpus } from './given-corpus.ts';

const { services } = await givenApi();

async function* inPieces(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let start = 0; start < bytes.length; start += 65_536) yield bytes.subarray(start, start + 65_536);
}

it('imports every prompt of the collection, changes none at the second time, and gives an empty account the same', async () => {
  const { bytes, rows } = givenCorpus();
  const all = rows.length;
  const [vic, wes] = [await givenPerson(services), await givenPerson(services)];
  const importCorpus = async () => (await importAs(services, vic, inPieces(bytes))).summary;
  expect(await importCorpus()).toMatchObject({ rows: all, created: all, failed: 0 });
  expect(await importCorpus()).toMatchObject({ created: 0, updated: 0, unchanged: all });
  const exported = await exportAs(services, vic);
  const copied = await importAs(services, wes, inPieces(Buffer.from(await csvOf(exported))));
  expect(copied.summary).toMatchObject({ created: all, failed: 0 });
  expect(bySlug(await exportAs(services, wes))).toEqual(bySlug(exported));
});
