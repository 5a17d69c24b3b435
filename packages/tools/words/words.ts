/** A word that a newcomer would have to learn, and the field's term for it. */
export interface PrivateWord {
  /** A word as it stands in prose, or a part of an identifier: `door` is in `restDoor`, `rest_door` and `RestDoor`. */
  readonly word: string;
  readonly instead: string;
  /** Plain English in prose, and unclear in a name: looked for in identifiers and names of files only. */
  readonly inNames?: true;
}

const forms = (words: string, instead: string, inNames?: true): PrivateWord[] =>
  words.split(' ').map((word) => ({ word, instead, ...(inNames === undefined ? {} : { inNames }) }));

/** The glossary of docs/architecture.md says which own words are kept; these are not. */
export const privateWords: readonly PrivateWord[] = [
  ...forms('door doors', 'transport, or REST or tRPC where one is meant'),
  ...forms('knock knocks knocked knocking', 'call'),
  ...forms('visitor visitors', 'caller'),
  ...forms('visit visits', 'request state', true),
  ...forms('judge judges judged judging judgement', 'check, or decide'),
  ...forms('told', 'notified, reported, or what it means', true),
  ...forms('standing', 'access', true),
  ...forms('bin binned', 'trash, trashed', true),
  ...forms('transactOnce', 'runIdempotent'),
  ...forms('onceKey', 'idempotency key'),
  ...forms('stillMay', 'authorizeReplay'),
  ...forms('afterwards', 'afterCommit', true),
  ...forms('cursorKey', 'serverKey'),
  ...forms('noteAttempt', 'recordAttempt'),
];
