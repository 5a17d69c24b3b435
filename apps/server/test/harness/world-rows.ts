import { createHash, randomBytes } from 'node:crypto';
import { generateApiKey } from '@promptory/auth';
import { newId } from '@promptory/db';
import type { Scope } from '@promptory/schemas';
import type { BootedApp } from './boot.ts';

// The rows of a world as they are stored, times and hashes included, so that one statement can insert them all.

export interface Someone {
  readonly id: string;
  readonly email: string;
  readonly handle: string;
}

const HOUR = 3_600_000;

type Fields = Readonly<Record<string, unknown>>;

/** Rows of one table name the same columns. References hold, for they are checked when the statement ends. */
export async function insertRows(
  { database }: BootedApp,
  tables: Readonly<Record<string, readonly Fields[]>>,
): Promise<void> {
  const inserts = Object.entries(tables).map(([table, [first = {}]]) => {
    const columns = Object.keys(first).join(', ');
    const rows = `jsonb_populate_recordset(NULL::public.${table}, $1::jsonb->'${table}')`;
    return `into_${table} AS (INSERT INTO public.${table} (${columns}) SELECT ${columns} FROM ${rows})`;
  });
  const text = `WITH ${inserts.join(', ')} SELECT 1`;
  await database.pool.query({ name: 'given-world', text, values: [JSON.stringify(tables)] });
}

export const bytea = (bytes: Buffer): string => `\\x${bytes.toString('hex')}`;
const sha256 = (text: string): string => bytea(createHash('sha256').update(text).digest());
export const secret = (): string => randomBytes(32).toString('base64url');

/** A session with its refresh token, as packages/auth makes them. */
export function sessionRow(userId: string, now: Date) {
  const [lasting, rotating] = [
    randomBytes(52)
      .toString('hex')
      .replace(/[^a-f]/g, 'z')
      .slice(0, 52),
    secret(),
  ];
  const end = new Date(now.getTime() + HOUR);
  return {
    refreshToken: `ptr_${lasting}.${rotating}`,
    row: {
      id: newId(),
      user_id: userId,
      secret_hash: sha256(lasting),
      refresh_hash: sha256(rotating),
      carrier: 'token',
      created_at: now,
      last_used_at: now,
      idle_expires_at: end,
      absolute_expires_at: end,
    },
  };
}

/** A second factor as packages/auth keeps it, in force since `confirmedAt`. */
export function totpRow({ services }: BootedApp, { id }: Someone, key: Buffer, now: Date, confirmedAt: Date | null) {
  return {
    user_id: id,
    sealed_key: bytea(services.secretBox.seal(key, `totp|${id}`)),
    started_at: now,
    confirmed_at: confirmedAt,
    last_step: confirmedAt === null ? null : 0,
  };
}

interface PromptChange {
  version?: number;
  is_template?: boolean;
  category?: string;
  visibility?: string;
  deleted_at?: Date;
}

export function promptRow(id: string, owner: Someone, slug: string, change: PromptChange = {}) {
  return {
    id,
    user_id: owner.id,
    slug,
    title: slug[0]?.toUpperCase() + slug.slice(1),
    content: `About {{ topic }}: ${slug}`,
    content_hash: bytea(randomBytes(32)),
    version: 1,
    is_template: false,
    category: null,
    visibility: 'private',
    deleted_at: null,
    ...change,
  };
}

export const versionRow = ({ id, user_id, title, content, content_hash, version }: ReturnType<typeof promptRow>) => ({
  prompt_id: id,
  version,
  title,
  content,
  content_hash,
  description: '',
  config: {},
  author_id: user_id,
});

export const groupRow = (id: string, owner: Someone, name: string, now: Date) => ({
  id,
  name,
  user_id: owner.id,
  created_at: now,
  updated_at: now,
});

interface KeyChange {
  group_id?: string;
  revoked_at?: Date;
  expires_at?: Date;
}

export function keyRow(owner: Someone, scopes: Scope[], now: Date, change: KeyChange = {}) {
  const { key, hash, hint } = generateApiKey();
  // Used just now, so that a call has no use to note.
  const used = { created_at: now, last_used_at: now };
  const limits = { group_id: null, revoked_at: null, expires_at: null, ...change };
  return {
    key,
    row: { id: newId(), user_id: owner.id, name: 'test', key_hash: bytea(hash), hint, scopes, ...used, ...limits },
  };
}

export function linkRow({ id, email }: Someone, purpose: 'reset_password' | 'verify_email', token: string, now: Date) {
  return {
    id: newId(),
    user_id: id,
    purpose,
    email,
    token_hash: sha256(token),
    created_at: now,
    expires_at: new Date(now.getTime() + HOUR),
  };
}
