import { setTimeout as sleep } from 'node:timers/promises';
import { purgeTrash } from '@promptory/api/server';
import { finishDeletions, givenPerson, PASSWORD, type Person } from '@promptory/api/testing';
import { givenApp } from '../../harness/boot.ts';
import { callProcedure, type Headers } from '../../harness/transports.ts';
import { wideQuotas } from '../../harness/wide-quotas.ts';
import { type Proof, proves } from '../harness/proof.ts';

// An account is deleted while its imports run, and while its trash is emptied, by its owner and by the nightly job.

const server = await givenApp({ settings: { quotas: wideQuotas } });
const { pool } = server.database;
const { db, clock } = server.services;

const IN_TRASH = 400;
/** More than a batch of an import has. */
const ROWS_AT_ONCE = 600;

/** Somebody with a prompt in use, and many in the trash, of which half are there for longer than 30 days. */
async function givenOwner(): Promise<Person> {
  const owner = await givenPerson(server.services);
  await pool.query(
    `INSERT INTO prompts (id, user_id, slug, title, content, content_hash, deleted_at)
    SELECT gen_random_uuid(), $1, 'old-' || n, 'Old', 'x', sha256(''),
      CASE WHEN n > 0 THEN now() - CASE WHEN n % 2 = 0 THEN interval '31 days' ELSE interval '0' END END
    FROM generate_series(0, $2::integer) AS n`,
    [owner.id, IN_TRASH],
  );
  await pool.query(
    `INSERT INTO prompt_versions (prompt_id, version, title, description, content, config, author_id, content_hash)
    SELECT id, version, title, '', content, '{}', user_id, content_hash FROM prompts WHERE user_id = $1`,
    [owner.id],
  );
  return owner;
}

/** A file that goes on for as long as it is read and `isOver` says no; each row is a prompt. */
const endlessFile = (name: string, isOver: () => boolean): ReadableStream<Uint8Array> => {
  let rows = 0;
  const pull = async (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
    const lines = Array.from({ length: ROWS_AT_ONCE }, (_, at) => `${name} ${rows + at},${'x'.repeat(200)}\n`);
    controller.enqueue(Buffer.from(`${rows === 0 ? 'title,content\n' : ''}${lines.join('')}`));
    rows += ROWS_AT_ONCE;
    if (isOver() || rows > 10_000) controller.close();
    else await sleep(5);
  };
  return new ReadableStream({ pull });
};

interface Imported {
  readonly created: number;
  readonly text: string;
}

/** @param begun called with each part of its answer */
async function importRows(headers: Headers, body: ReadableStream<Uint8Array>, begun: () => void): Promise<Imported> {
  const sent = { ...headers, 'content-type': 'text/csv' };
  let text = '';
  try {
    const init = { method: 'POST', headers: sent, body, duplex: 'half' } as const;
    const answer = await fetch(`${await server.url()}/prompts/import`, init);
    const decoder = new TextDecoder();
    for await (const chunk of answer.body ?? []) {
      text += decoder.decode(chunk as Uint8Array, { stream: true });
      begun();
    }
  } catch {
    // Cut off, as its caller is nobody's any more.
  }
  return { created: text.match(/"outcome":"created"/g)?.length ?? 0, text };
}

async function countsOf({ id }: Person): Promise<Record<string, number>> {
  const { rows } = await pool.query(
    `SELECT (SELECT count(*) FROM prompts WHERE user_id = $1)::integer AS prompts,
      (SELECT count(*) FROM prompt_versions WHERE author_id = $1)::integer AS versions,
      (SELECT count(*) FROM running_imports WHERE user_id = $1)::integer AS imports,
      (SELECT prompts + versions + stored_bytes FROM account_resources WHERE user_id = $1)::integer AS counted,
      (SELECT count(*) FROM audit_log WHERE actor_id = $1 AND ip IS NOT NULL)::integer AS addresses,
      (SELECT count(*) FROM (SELECT FROM audit_log WHERE action = 'prompt.purged' AND target_id IN (
        SELECT target_id FROM audit_log WHERE actor_id = $1) GROUP BY target_id HAVING count(*) > 1) AS twice)::integer AS twice`,
    [id],
  );
  return rows[0] as Record<string, number>;
}

async function deleteAmid(proof: Proof, underWay: () => void): Promise<void> {
  const owner = await givenOwner();
  const other = await givenPerson(server.services);
  const session = await server.as.person(owner);
  let isOver = false;
  const begun = Promise.withResolvers<void>();
  let parts = 0;
  const onPart = (): void => {
    parts += 1;
    if (parts > 3) begun.resolve();
  };
  const imports = [session, await server.as.key(owner), await server.as.key(owner)].map((headers, at) =>
    importRows(
      headers,
      endlessFile(`Row of ${at}`, () => isOver),
      onPart,
    ),
  );
  const kept = importRows(
    await server.as.key(other),
    endlessFile('Kept', () => isOver),
    () => undefined,
  );
  await begun.promise;
  await sleep(proof.below(150));
  const again = await server.as.person(owner);
  const purges = Promise.all([
    callProcedure(server, 'REST', 'prompts.purgeTrash', {}, again),
    callProcedure(server, 'tRPC', 'prompts.purgeTrash', {}, again),
    purgeTrash(db, clock.now()),
    purgeTrash(db, clock.now()),
  ]);
  await sleep(proof.below(40));
  const deleted = await callProcedure(server, 'REST', 'me.delete', { currentPassword: PASSWORD }, session);
  const nightly = purgeTrash(db, clock.now());
  const finished = await finishDeletions(server.services);
  // Their connections end within seconds; until then they go on sending.
  setTimeout(() => {
    isOver = true;
  }, 5_000);
  const done = await Promise.all(imports);
  const [one, two] = await purges;
  await nightly;
  const written = await countsOf(owner);
  if (done.every(({ created }) => created > 0)) underWay();
  proof.works(deleted.code === 'ok' && finished.length === 1, () => `deleting is answered ${deleted.code}`);
  for (const { code } of [one, two]) {
    proof.check(['ok', 'auth.session_ended', 'auth.invalid_token'].includes(code), () => `emptying: ${code}`);
  }
  proof.check(written.prompts === 0, () => `${written.prompts} prompts were written after the deletion`);
  await finishDeletions(server.services, 'later');
  const left = Object.entries(await countsOf(owner)).filter(([, count]) => count !== 0);
  proof.check(left.length === 0, () => `there is left: ${JSON.stringify(left)}`);
  const faults = done.filter(({ text }) => /server\.internal/.test(text)).length;
  proof.check(faults === 0, () => `${faults} imports end by a fault of ours`);
  const { created } = await kept;
  const theirs = await countsOf(other);
  proof.works(
    created > 0 && theirs.prompts === created,
    () => `${theirs.prompts} of ${created} rows of another are there`,
  );
}

proves(
  'B7',
  'an account that is deleted amid its imports, and as its trash is emptied, leaves nothing, and nobody else loses anything',
  async (proof) => {
    const rounds = proof.share(6, 1);
    const underWay = proof.demand(rounds / 2, 'deletions came amid three imports');
    for (let round = 0; round < rounds; round += 1) await deleteAmid(proof, underWay);
  },
);
