import pg from 'pg';

/** What a result knows of its columns: their names and types, how each is read, and a row without values. */
type Columns = Readonly<Record<'fields' | '_parsers' | '_prebuiltEmptyResultObject', unknown>>;

/** A query of pg, of which its types say less. */
interface Query {
  name: string;
  callback: (error: unknown, result: unknown) => void;
  readonly _result: object;
  _accumulateRows: boolean;
  prepare(connection: object): void;
  handleRowDescription(message: object): void;
}
const Query = pg.Query as unknown as new (text: string, values: unknown[]) => Query;

/** What a connection was told of the statements that it has prepared. Names and connections both last for an hour. */
interface Described {
  readonly columns: Map<string, Columns>;
  /** The connection, which asks for no columns. */
  readonly silent: object;
}
const described = new WeakMap<object, Described>();

/**
 * A prepared statement that asks for its columns once on each connection, and not with each use: telling them takes PostgreSQL, and
 * reading them pg, longer than a row does. They stay as they are while it is prepared: PostgreSQL refuses one whose columns have changed.
 */
class NamedQuery extends Query {
  #connection: object | undefined;

  override prepare(connection: object): void {
    const known = described.get(connection);
    const columns = known?.columns.get(this.name);
    if (known !== undefined && columns !== undefined) {
      Object.assign(this._result, columns);
      this._accumulateRows = true;
      super.prepare(known.silent);
      return;
    }
    this.#connection = connection;
    super.prepare(connection);
  }

  override handleRowDescription(message: object): void {
    super.handleRowDescription(message);
    const connection = this.#connection;
    if (connection === undefined) return;
    const { fields, _parsers, _prebuiltEmptyResultObject } = this._result as Columns;
    const known = described.get(connection) ?? {
      columns: new Map(),
      silent: Object.create(connection, { describe: { value: () => undefined } }),
    };
    known.columns.set(this.name, { fields, _parsers, _prebuiltEmptyResultObject });
    described.set(connection, known);
  }
}

/** Sends a statement under its name, by a client's own `query`. */
export function queryNamed(
  query: (...args: unknown[]) => unknown,
  name: string,
  text: string,
  values: unknown[],
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const callback = (error: unknown, result: unknown): void => (error ? reject(error) : resolve(result));
    query(Object.assign(new NamedQuery(text, values), { name, callback }));
  });
}
