export {
  type ChangeFeed,
  type ChangeFeedCounts,
  type ChangeFeedOptions,
  type ChangeListener,
  type FeedRead,
  openChangeFeed,
} from './changes/change-feed.ts';
export { placeOf, positionAt } from './changes/feed-place.ts';
export { type ChangePosition, type ReadChanges, readChanges, serverOf } from './changes/read-changes.ts';
export { type CompiledOnce, compiledOnce } from './compiled-query.ts';
export { type Connection, type ConnectOptions, connect, type DatabaseLog } from './connection/connect.ts';
export { type ConnectionRoom, connectionRoom } from './connection/connection-room.ts';
export { type ServedCaller, servedCaller } from './connection/connection-shares.ts';
export { hasDiskRoom } from './connection/disk-room.ts';
export { plannedForValues } from './connection/prepared-statements.ts';
export { retryTransaction } from './connection/retry-transaction.ts';
export { isDatabaseUnavailable, isUniqueViolation, sqlState } from './connection/sql-state.ts';
export {
  type MeasuredStatement,
  printOf,
  type StatementMeasures,
  type StatementPrint,
} from './connection/statement-measures.ts';
export { missingTimeLimits, timeLimits } from './connection/time-limits.ts';
export { TurnTakenError, takeTurn } from './connection/turns.ts';
export { untilDone } from './connection/until-done.ts';
export { newId } from './ids.ts';
export { JsonFault, parseJson, readJson } from './json/parse-json.ts';
export { nameKey } from './names/name-key.ts';
export { othersTurn } from './others-turn.ts';
export {
  decodeCursor,
  encodeCursor,
  InvalidCursorError,
  type KeysetValue,
  MAX_CURSOR_LENGTH,
} from './paging/cursor.ts';
export {
  afterKeyset,
  type KeysetPageOptions,
  keysetPage,
  type OrderKey,
  type Page,
  toPage,
} from './paging/keyset-page.ts';
export { fittingCount, PAGE_BYTES, rowBytes } from './paging/page-bytes.ts';
export { type OpenReplicaOptions, openReplica, type Replica, type ReplicaCounts } from './replica/open-replica.ts';
export { quoteWord } from './search/prompt-vectors.ts';
export {
  type StoredVectors,
  storeMissedWords,
  storeVectors,
  storeWords,
  storeWordsOf,
  vectorsOf,
  type WordedPrompt,
} from './search/stored-words.ts';
export { eachWord, type TextWord, textWords, type WordKind } from './search/text-words.ts';
// Whole, so that the declarations of packages above can name the types they infer.
export type * from './tables/database.generated.ts';
export type { Database, NewRow, Row, RowChange } from './tables/rows.ts';
