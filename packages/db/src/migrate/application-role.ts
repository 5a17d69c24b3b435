// Two roles: the owner of the schema, as whom migrations run, and the application's, as whom the server does. The
// application reads and writes rows; it changes no table, takes back no entry of the audit log and no version, and
// removes a prompt by the owner's function alone. After each migration its rights are made to be just these.
import pg from 'pg';
import { scramVerifier } from './scram-verifier.ts';

export interface ApplicationRole {
  readonly name: string;
  /** For a role that has to be made; null where it logs in by other means. */
  readonly password: string | null;
}

/** How the rights of a role differ from those that the application needs: a line for each table or function. */
export interface RightsDifference {
  /** What it needs and lacks. */
  readonly missing: string[];
  /** What it has and needs not. */
  readonly excess: string[];
}

/** A role that is not there, and may not be made by who migrates. The message has the statement that makes it. */
export class MissingRoleError extends Error {
  override readonly name = 'MissingRoleError';
}

type Querier = Pick<pg.ClientBase | pg.Pool, 'query'>;

const ALL = ['SELECT', 'INSERT', 'UPDATE', 'DELETE'];
/** Tables with fewer rights than {@link ALL}. */
const FEWER: Readonly<Record<string, readonly string[]>> = {
  'public.audit_log': ['SELECT', 'INSERT'],
  'public.changes': ['SELECT'],
  'public.label_moves': ['SELECT', 'INSERT'],
  'public.prompt_versions': ['SELECT', 'INSERT'],
  'public.prompts': ['SELECT', 'INSERT', 'UPDATE'],
  'public.kysely_migration': ['SELECT'],
  'public.kysely_migration_lock': ['SELECT'],
  'graphile_worker.migrations': ['SELECT'],
};
const EVERY_RIGHT = [...ALL, 'TRUNCATE', 'REFERENCES', 'TRIGGER'];

/** The role that a connection string of the application names, where it is another than the owner's; else null. */
export function applicationRoleOf(applicationUrl: string, ownerUrl: string): ApplicationRole | null {
  const { user, password } = credentialsOf(applicationUrl);
  return user === null || user === credentialsOf(ownerUrl).user ? null : { name: user, password };
}

/** As pg reads them: parameters count before what stands in front of the host. */
function credentialsOf(url: string): { user: string | null; password: string | null } {
  const { username, password, searchParams } = new URL(url);
  const orNull = (text: string): string | null => (text === '' ? null : decodeURIComponent(text));
  return {
    user: searchParams.get('user') ?? orNull(username),
    password: searchParams.get('password') ?? orNull(password),
  };
}

/**
 * Makes the application's role where it is missing and may be made, and gives it just the rights that it needs in this
 * database. For the owner of the schema; run again, it changes nothing.
 * @throws MissingRoleError
 */
export async function grantApplication(client: Querier, role: ApplicationRole): Promise<void> {
  await ensureRole(client, role);
  const name = pg.escapeIdentifier(role.name);
  const { tables, functions, policies } = await differencesOf(client, role.name);
  const statements = [
    `GRANT USAGE ON SCHEMA public, graphile_worker TO ${name}`,
    ...tables.flatMap(({ table, missing, excess }) => [
      ...(excess.length > 0 ? [`REVOKE ${excess.join(', ')} ON ${table} FROM ${name}`] : []),
      ...(missing.length > 0 ? [`GRANT ${missing.join(', ')} ON ${table} TO ${name}`] : []),
    ]),
    ...functions.map((signature) => `GRANT EXECUTE ON FUNCTION ${signature} TO ${name}`),
    // The queue's tables show their rows to their owner alone, unless a policy says otherwise.
    ...policies.map((table) => `CREATE POLICY ${name} ON ${table} TO ${name} USING (true) WITH CHECK (true)`),
  ];
  await client.query(statements.join(';\n'));
}

/** How the rights of the role that asks differ from those that the application needs. Needs no right itself. */
export async function ownRights(client: Querier): Promise<RightsDifference> {
  const { rows } = await client.query<{ name: string }>('SELECT current_user AS name');
  const { tables, functions, policies } = await differencesOf(client, rows[0]?.name ?? '');
  const listed = (kind: 'missing' | 'excess'): string[] =>
    tables.flatMap((row) => (row[kind].length > 0 ? [`${row[kind].join(', ')} on ${row.table}`] : []));
  return {
    missing: [
      ...listed('missing'),
      ...functions.map((signature) => `EXECUTE on ${signature}`),
      ...policies.map((table) => `a policy on ${table}`),
    ],
    excess: listed('excess'),
  };
}

async function ensureRole(client: Querier, { name, password }: ApplicationRole): Promise<void> {
  const { rows } = await client.query<{ exists: boolean; migrator: string; mayMake: boolean }>(
    `SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1) AS exists, current_user AS migrator,
       (SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user) AS "mayMake"`,
    [name],
  );
  const [found] = rows;
  if (found?.exists === true) return;
  const statement = `CREATE ROLE ${pg.escapeIdentifier(name)} LOGIN`;
  if (found?.mayMake !== true || password === null) {
    throw new MissingRoleError(
      `The role ${name} of DATABASE_URL does not exist, and ${found?.migrator ?? 'this role'} cannot make it. Have an administrator run \`${statement} PASSWORD '…'\`, then migrate again.`,
    );
  }
  await client.query(`${statement} PASSWORD ${pg.escapeLiteral(scramVerifier(password))}`);
}

interface Differences {
  tables: { table: string; missing: string[]; excess: string[] }[];
  /** Functions of the owner's that it may not call yet. */
  functions: string[];
  /** Tables with security by row and no policy that lets it in. */
  policies: string[];
}

async function differencesOf(client: Querier, role: string): Promise<Differences> {
  const tables = await client.query<Differences['tables'][number]>(
    `SELECT name AS table,
       ARRAY(SELECT wanted FROM unnest(needed) AS wanted WHERE NOT has_table_privilege($1, oid, wanted)) AS missing,
       ARRAY(SELECT other FROM unnest($3::text[]) AS other
         WHERE other <> ALL (needed) AND has_table_privilege($1, oid, other)) AS excess
     FROM (
       SELECT pg_class.oid, name, coalesce(
         (SELECT array_agg(value) FROM jsonb_array_elements_text($2::jsonb -> name)), $4::text[]) AS needed
       FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace,
         format('%I.%I', nspname, relname) AS name
       WHERE nspname IN ('public', 'graphile_worker') AND relkind IN ('r', 'p', 'v') AND NOT relispartition
     ) AS tables
     ORDER BY name`,
    [role, JSON.stringify(FEWER), EVERY_RIGHT, ALL],
  );
  const functions = await client.query<{ signature: string }>(
    `SELECT oid::regprocedure::text AS signature FROM pg_proc
     WHERE pronamespace = 'public'::regnamespace AND prosecdef AND NOT has_function_privilege($1, oid, 'EXECUTE')
     ORDER BY 1`,
    [role],
  );
  const policies = await client.query<{ table: string }>(
    `SELECT oid::regclass::text AS table FROM pg_class
     WHERE relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = 'graphile_worker') AND relrowsecurity
       AND NOT pg_has_role($1, relowner, 'USAGE')
       AND NOT EXISTS (SELECT FROM pg_roles WHERE rolname = $1 AND (rolsuper OR rolbypassrls))
       AND NOT EXISTS (SELECT FROM pg_policy
         WHERE polrelid = pg_class.oid AND (SELECT oid FROM pg_roles WHERE rolname = $1) = ANY (polroles))
     ORDER BY 1`,
    [role],
  );
  return {
    tables: tables.rows.filter(({ missing, excess }) => missing.length + excess.length > 0),
    functions: functions.rows.map(({ signature }) => signature),
    policies: policies.rows.map(({ table }) => table),
  };
}
