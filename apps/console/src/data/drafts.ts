const ALL = 'promptory.draft.';
/** With the form of what is kept: another one begins anew. */
const PREFIX = `${ALL}1.`;

/** What somebody has typed and not saved, kept in this browser until they save it, drop it or sign out. */
export interface StoredDraft<Value> {
  readonly value: Value;
  /** The version that it builds on; null for a prompt that is not there yet. */
  readonly baseVersion: number | null;
}

export function readDraft<Value>(name: string): StoredDraft<Value> | null {
  try {
    const text = localStorage.getItem(PREFIX + name);
    return text === null ? null : (JSON.parse(text) as StoredDraft<Value>);
  } catch {
    // No storage in this browser, or what an earlier console has written.
    return null;
  }
}

export function keepDraft<Value>(name: string, draft: StoredDraft<Value>): void {
  try {
    localStorage.setItem(PREFIX + name, JSON.stringify(draft));
  } catch {
    // Full or closed: then it lasts as long as the page.
  }
}

export function dropDraft(name: string): void {
  try {
    localStorage.removeItem(PREFIX + name);
  } catch {
    // As above.
  }
}

export function forgetDrafts(): void {
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith(ALL)) localStorage.removeItem(key);
  } catch {
    // As above.
  }
}
