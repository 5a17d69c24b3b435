const factors = new WeakMap<object, number>();

/** Multiplies how long transactions on `db` wait for locks and turns of one another. */
export const setPatience = (db: object, factor: number): void => void factors.set(db, factor);

/** What the timeouts of transactions on `db` are multiplied by; 1 unless set. */
export const patienceOf = (db: object): number => factors.get(db) ?? 1;
