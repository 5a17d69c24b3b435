import { givenGroup, givenPerson, givenPrompt } from '@promptory/api/testing';
import { createPasswordHasher } from '@promptory/auth';
import { newId } from '@promptory/db';
import { migrateToLatest } from '@promptory/db/migrate';
import { connectForTest, startEphemeralCluster } from '@promptory/db/testing';
import { runServer } from '../e2e/harness/run-server.ts';
import { catchMail } from '../harness/mail-catcher.ts';
import type { Site } from './states.ts';

const MEMBER_PASSWORD = 'seven green kettles sing';

async function givenMember(connectionString: string): Promise<Site['member']> {
  const { db, close } = connectForTest(connectionString, 2);
  const at = { db, clock: { now: () => new Date() } };
  const passwordHash = await createPasswordHasher().hash(MEMBER_PASSWORD);
  const [owner, member] = [
    await givenPerson(at, { name: 'Grace Hopper', handle: 'grace' }),
    await givenPerson(at, { name: 'Ada Lovelace', handle: 'ada', email: 'ada@example.net', passwordHash }),
  ];
  const promptIds: string[] = [];
  for (const title of ['Support triage', 'A reply to somebody who is angry, in five sentences', 'Release notes']) {
    promptIds.push(
      (await givenPrompt(at, owner, title, { description: `What we use for it: ${title.toLowerCase()}.` })).id,
    );
  }
  const groupId = await givenGroup(at, { owner, name: 'Support', viewers: [member], promptIds });
  await givenGroup(at, { owner, name: 'A'.repeat(100), editors: [member] });
  const invitedTo = await givenGroup(at, { owner, name: 'Marketing, and all that belongs to it' });
  await db
    .insertInto('group_invitations')
    .values({ id: newId(), group_id: invitedTo, email: member.email, role: 'viewer', invited_by: owner.id })
    .execute();
  await close();
  return { email: member.email, password: MEMBER_PASSWORD, groupId, friend: owner.email };
}

/** A server whose pages have something to show, as far as it is a browser's business. */
export async function openSite(): Promise<Site & { close(): Promise<void> }> {
  const [cluster, mail] = await Promise.all([startEphemeralCluster(), catchMail()]);
  await migrateToLatest(cluster);
  const member = await givenMember(cluster.connectionString);
  const server = await runServer({
    NODE_ENV: 'development',
    DATABASE_URL: cluster.applicationConnectionString,
    JWT_SECRET: 'of no use but for pictures of the pages',
    SMTP_CONFIG: mail.url,
    REQUIRE_EMAIL_VERIFICATION: 'true',
  });
  return {
    // Browsers take `Secure` cookies over http from localhost by its name.
    url: server.url.replace('127.0.0.1', 'localhost'),
    mail,
    member,
    async close() {
      await server.kill();
      await mail.close();
      await cluster.stop();
    },
  };
}
