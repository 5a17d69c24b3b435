export { type Connection, type ConnectOptions, connect, type Database, type DatabaseLog } from './connect.ts';
export { decodeCursor, encodeCursor, InvalidCursorError, type KeysetValue, MAX_CURSOR_LENGTH } from './cursor.ts';
// Whole, so that the declarations of packages above can name the types they infer.
export type * from './database.generated.ts';
export { newId } from './ids.ts';
export { afterKeyset, type KeysetPageOptions, keysetPage, type OrderKey, type Page, toPage } from './keyset-page.ts';
export { retryTransaction } from './retry-transaction.ts';
export type { NewRow, Row, RowChange } from './rows.ts';
export { isDatabaseUnavailable, isUniqueViolation, sqlState } from './sql-state.ts';
