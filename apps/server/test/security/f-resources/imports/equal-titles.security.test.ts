import { givenPerson, type Person } from '@promptory/api/testing';
import { withClient } from '@promptory/db/testing';
import { givenApp } from '../../../harness/boot.ts';
import { callProcedure, transports } from '../../../harness/transports.ts';
import { watchProcess } from '../../../harness/watch-process.ts';
import { wideQuotas } from '../../../harness/wide-quotas.ts';
import { proves } from '../../harness/proof.ts';

// Prompts of one title are many only where an administrator lets an account have many prompts.
const server = await givenApp({ settings: { quotas: wideQuotas } });

/** Prompts of one title, numbered as they would be had they been made one by one. */
const givenEqualTitles = (owner: Person, count: number): Promise<unknown> =>
  withClient(server.database.connectionString, (client) =>
    client.query(
      `INSERT INTO prompts (id, user_id, slug, title, content, content_hash)
       SELECT gen_random_uuid(), $1, CASE n WHEN 1 THEN 'same' ELSE 'same-' || n END, 'Same', 'Text', sha256('')
       FROM generate_series(1, $2::integer) AS n`,
      [owner.id, count],
    ),
  );

proves('F4', 'where 65,540 prompts have one title, the next ones are made as the first', async (proof) => {
  const owner = await givenPerson(server.services);
  const headers = await server.as.person(owner);
  // A statement takes 65,535 parameters.
  const count = proof.share(65_540, 5_000);
  await givenEqualTitles(owner, count);
  proof.cases(count);
  for (const [index, transport] of transports.entries()) {
    const { code, result } = await callProcedure(
      server,
      transport,
      'prompts.create',
      { title: 'Same', content: 'Text' },
      headers,
    );
    const slug: unknown = Reflect.get(Object(result), 'slug');
    proof.works(code === 'ok' && slug === `same-${count + 1 + index}`, () => `${transport}: ${code} ${slug}`);
  }
});

proves('F4', 'four imports of 5,000 rows of one title make 20,000 prompts, and hold nobody up', async (proof) => {
  const headers = await server.as.person(await givenPerson(server.services));
  const rows = proof.share(5_000, 1_000);
  const watched = watchProcess();
  for (let file = 1; file <= 4; file += 1) {
    const payload = `title,content\n${Array.from({ length: rows }, (_, row) => `Same,${file}-${row}\n`).join('')}`;
    const { statusCode, body } = await server.call({
      method: 'POST',
      url: '/prompts/import',
      headers: { ...headers, 'content-type': 'text/csv' },
      payload,
    });
    const end = body.trim().split('\n').at(-1) ?? '';
    proof.works(statusCode === 200 && end.includes(`"created":${rows}`), () => `file ${file}: ${statusCode} ${end}`);
    proof.cases(rows);
  }
  const { turn } = watched.stop();
  if (turn > 100) proof.deviation(`a turn of ${Math.round(turn)} ms`);
  proof.remark(`longest turn of the loop ${Math.round(turn)} ms`);
});
