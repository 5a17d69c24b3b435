import { hash } from 'node:crypto';
import { sql } from 'kysely';

const PLANNED_FOR_VALUES = '/* planned for its values */';
/** Uses at which a statement is prepared: what is asked once, or with filters that nobody else has, takes no place. */
const USES_UNTIL_NAMED = 5;
/** Statements that are prepared at most; each takes some tens of kilobytes of each connection's server process. */
const MOST_NAMED = 300;
/** Statements that are counted at most until they are prepared. */
const MOST_COUNTED = 2_000;
/** Of a text; no two have the same. */
const HASH_CHARACTERS = 22;
/** After this long names are given anew. Connections live no longer, so that none keeps more than two times the most. */
export const NAMES_LAST_SECONDS = 3_600;

/**
 * Put into a statement that is to be planned for its values each time: how many rows a search for words finds depends on
 * the words, and a plan for all words is made for none.
 */
export const plannedForValues = sql.raw(PLANNED_FOR_VALUES);

/**
 * Names for the statements of a pool that come again and again, under which PostgreSQL keeps them parsed, and planned where
 * one plan does for all parameters: planning what a caller may see takes a millisecond, and finding it a tenth of that.
 */
export class PreparedStatements {
  readonly #now: () => number;
  readonly #names = new Map<string, string>();
  readonly #uses = new Map<string, number>();
  #isOn = true;
  #given = 0;
  #since: number;

  /** @param now milliseconds of a clock that only goes on */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#since = now();
  }

  /** The name to send a statement with; undefined for one that is not prepared. */
  nameOf(text: string): string | undefined {
    if (!this.#isOn) return undefined;
    if (this.#now() - this.#since > NAMES_LAST_SECONDS * 1_000) this.#forgetAll();
    const name = this.#names.get(text);
    if (name !== undefined) return name;
    if (text.includes(PLANNED_FOR_VALUES)) return undefined;
    const uses = (this.#uses.get(text) ?? 0) + 1;
    if (uses >= USES_UNTIL_NAMED && this.#names.size < MOST_NAMED) return this.#giveName(text);
    if (this.#uses.size >= MOST_COUNTED) this.#uses.clear();
    this.#uses.set(text, uses);
    return undefined;
  }

  /** Sends a statement without a name until it has been used as often again: its tables have changed since. */
  forget(text: string): void {
    this.#names.delete(text);
  }

  /** From now on no statement is prepared: between here and PostgreSQL is something that gives each transaction another session. */
  turnOff(): void {
    this.#isOn = false;
    this.#forgetAll();
  }

  get isOn(): boolean {
    return this.#isOn;
  }

  #giveName(text: string): string {
    this.#given += 1;
    // Another each time: a connection may still know the statement by the one that it had. It says of which text it is: behind a
    // pooler the session may be one in which another server has prepared a statement, and by its name that would run instead.
    const name = `promptory_${this.#given}_${hash('sha256', text, 'base64url').slice(0, HASH_CHARACTERS)}`;
    this.#names.set(text, name);
    this.#uses.delete(text);
    return name;
  }

  #forgetAll(): void {
    this.#names.clear();
    this.#uses.clear();
    this.#since = this.#now();
  }
}
