export { type EphemeralCluster, startEphemeralCluster } from './ephemeral-cluster.ts';
export { ensureTemplate } from './template-database.ts';
export { connectForTest, createTestDatabase, type TestDatabase, type TestDatabaseOptions } from './test-database.ts';
