export { EmbeddedPostgresError } from './embedded-postgres-error.ts';
export { type EmbeddedLog, type EmbeddedPostgres, type OpenEmbeddedOptions, openEmbedded } from './open-embedded.ts';
