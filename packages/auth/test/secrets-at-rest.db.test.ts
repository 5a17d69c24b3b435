import { createHash } from 'node:crypto';
import { givenDatabase } from '@promptory/db/testing';
import { sql } from 'kysely';
import { base32 } from 'oslo/encoding';
import { describe, expect, it } from 'vitest';
import { insertAttempt } from '../src/identity/attempts.ts';
import { createPasswordHasher } from '../src/passwords/password-hasher.ts';
import { confirmTotp, startTotp } from '../src/second-factor/set-up-totp.ts';
import { totpCodeAt } from '../src/second-factor/totp.ts';
import { createSecretBox } from '../src/secrets/secret-box.ts';
import { refreshSession, startSession } from '../src/sessions/sessions.ts';
import { issueEmailToken } from '../src/tokens/email-tokens.ts';
import { givenApiKey } from './fixtures/credentials.ts';
import { marks } from './fixtures/marks.ts';
import { start } from './fixtures/times.ts';
import { givenUser } from './fixtures/users.ts';

const TABLES = [
  'users',
  'user_passwords',
  'user_totp',
  'recovery_codes',
  'sessions',
  'email_tokens',
  'auth_attempts',
  'api_keys',
] as const;

const { db } = await givenDatabase();

describe('the database', () => {
  it('holds none of the secrets that were ever issued, in no encoding, but their hashes', async () => {
    const issued: string[] = [];
    const { id: userId } = await givenUser(db);

    const session = await startSession(db, {
      userId,
      role: 'user',
      carrier: 'token',
      marks,
      ip: null,
      userAgent: null,
      now: start,
    });
    let token = session.refreshToken;
    issued.push(token);
    for (let round = 1; round <= 4; round += 1) {
      const now = new Date(start.getTime() + round * 60_000);
      const answer = await refreshSession(db, { refreshToken: token, now });
      if (answer.outcome !== 'refreshed') throw new Error(answer.outcome);
      token = answer.refreshToken;
      issued.push(token);
    }

    for (const purpose of ['reset_password', 'verify_email'] as const) {
      const made = await db
        .transaction()
        .execute((trx) => issueEmailToken(trx, { userId, purpose, email: 'ada@example.com', now: start }));
      issued.push(made.token);
    }

    const { key } = await givenApiKey(db, { id: userId }, { marks });
    issued.push(key);

    const password = 'tulip-otter-9';
    const passwordHash = await createPasswordHasher().hash(password);
    await db.insertInto('user_passwords').values({ user_id: userId, hash: passwordHash }).execute();
    issued.push(password);
    await insertAttempt(db, { kind: 'login', succeeded: true, userId, ip: null, userAgent: null, now: start });

    const box = createSecretBox(['a secret of thirty-two bytes, or more']);
    const setup = await startTotp(db, { userId, account: 'ada@example.com', box, now: start });
    const totpKey = base32.decode(setup?.setupKey ?? '');
    const code = await totpCodeAt(totpKey, start);
    const confirmed = await db.transaction().execute((trx) => confirmTotp(trx, { userId, box, now: start, code }));
    if (!confirmed.ok) throw new Error(confirmed.reason);
    const recoveryCodes = confirmed.recoveryCodes.flatMap((text) => [text, text.replaceAll('-', '')]);
    // No one is to guess at these sixty bits with a dump alone.
    const recoveryHashes = recoveryCodes.map((text) => createHash('sha256').update(text).digest('hex'));
    issued.push(setup?.setupKey ?? '', Buffer.from(totpKey).toString('base64url'), ...recoveryCodes, ...recoveryHashes);

    const dump = (await Promise.all(TABLES.map(dumpOf))).join('\n');
    for (const secret of issued.flatMap((text) => [text, ...text.split('.'), text.replace(/^(ptr|pty_live)_/, '')])) {
      for (const form of formsOf(secret)) expect(dump).not.toContain(form);
    }
    // The dump is one in which the hashes are found.
    expect(dump).toContain(createHash('sha256').update(key).digest('hex'));
    const [luciaId = '', rotation = ''] = token.replace('ptr_', '').split('.');
    expect(dump).toContain(createHash('sha256').update(luciaId).digest('hex'));
    expect(dump).toContain(createHash('sha256').update(rotation).digest('hex'));
  });
});

/** Every row as text; bytes are in hex. */
async function dumpOf(table: (typeof TABLES)[number]): Promise<string> {
  const { rows } = await sql<{ row: string }>`select to_jsonb(t)::text as row from ${sql.table(table)} as t`.execute(
    db,
  );
  expect(rows.length, table).toBeGreaterThan(0);
  return rows.map(({ row }) => row).join('\n');
}

function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const decoded = Buffer.from(secret, 'base64url');
  return [secret, bytes.toString('hex'), bytes.toString('base64'), decoded.toString('hex')];
}
