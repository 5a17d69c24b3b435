export { patienceOf, setPatience } from '../src/connection/patience.ts';
export { countedQueries } from './counted-queries.ts';
export { type EphemeralCluster, startEphemeralCluster } from './ephemeral-cluster.ts';
export { givenDatabase } from './given-database.ts';
export { bytea, insertRows, type StoredRow } from './insert-rows.ts';
export { measuredQueries, type QueryCost } from './measured-queries.ts';
export { seededRandom } from './seeded-random.ts';
export { type DatabaseServer, ensureTemplate, withClient } from './template-database.ts';
export { connectForTest, createTestDatabase, type TestDatabase, type TestDatabaseOptions } from './test-database.ts';
