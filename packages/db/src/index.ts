export { type Connection, type ConnectOptions, connect, type Database, type DatabaseLog } from './connect.ts';
export type * from './database.generated.ts';
export { newId } from './ids.ts';
export { retryTransaction } from './retry-transaction.ts';
export { isDatabaseUnavailable, sqlState } from './sql-state.ts';
