/** The embedded PostgreSQL cannot be used. The message is for a person: what is wrong and what to do about it. */
export class EmbeddedPostgresError extends Error {
  override name = 'EmbeddedPostgresError';
}
