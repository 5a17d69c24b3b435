import pg from 'pg';

/** Runs `fn` on a session of its own, which shows by this name in the database. */
export async function withSession<T>(
  connectionString: string,
  name: string,
  fn: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ connectionString, application_name: name });
  // A session that dies shows as the failure of what runs on it.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await fn(client);
  } finally {
    await client.end();
  }
}
