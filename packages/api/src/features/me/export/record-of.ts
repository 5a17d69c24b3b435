import type { AccountRecord } from '@promptory/schemas';

/** What is kept of an account, of one type. */
export type RecordOf<Type extends AccountRecord['type']> = Extract<AccountRecord, { type: Type }>;
