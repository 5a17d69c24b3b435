import { chmod, chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { timeLimits } from '@promptory/db';
import { type StartedProgram, startProgram } from '../../harness/programs/started-program.ts';
import { quietPort } from '../../harness/quiet-port.ts';

/** Fewer than two servers have for themselves, so that they share sessions. */
const SESSIONS = 8;

/** A PgBouncer in transaction mode before the database of a connection string. */
export interface Pooler extends StartedProgram {
  /** The same database and role, by the pooler. */
  readonly connectionString: string;
}

export async function startPgBouncer(
  program: string,
  direct: string,
  user: { readonly uid: number; readonly gid: number } | undefined,
): Promise<Pooler> {
  const { hostname, port: databasePort, username, password, pathname } = new URL(direct);
  const folder = await mkdtemp(join(tmpdir(), 'promptory-pgbouncer-'));
  const port = await quietPort();
  const limits = Object.entries(timeLimits).map(([name, ms]) => `SET ${name} = ${ms}`);
  const files = {
    'pgbouncer.ini': [
      '[databases]',
      `* = host=${hostname} port=${databasePort} connect_query='${limits.join('; ')}'`,
      '[pgbouncer]',
      'listen_addr = 127.0.0.1',
      `listen_port = ${port}`,
      'unix_socket_dir =',
      'auth_type = scram-sha-256',
      `auth_file = ${join(folder, 'users.txt')}`,
      'pool_mode = transaction',
      `default_pool_size = ${SESSIONS}`,
      'max_client_conn = 500',
      `ignore_startup_parameters = ${Object.keys(timeLimits).join(', ')}`,
    ],
    'users.txt': [`"${username}" "${password}"`],
  };
  for (const [name, lines] of Object.entries(files)) {
    await writeFile(join(folder, name), `${lines.join('\n')}\n`, { mode: 0o600 });
    if (user !== undefined) await chown(join(folder, name), user.uid, user.gid);
  }
  await chmod(folder, 0o755);
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const started = await startProgram(program, [join(folder, 'pgbouncer.ini')], { port, ...user });
    return {
      ...started,
      connectionString: `postgresql://${username}:${password}@127.0.0.1:${port}${pathname}`,
      async kill() {
        await started.kill();
        await remove();
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}
