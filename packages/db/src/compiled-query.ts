// A query that comes with every call need not be built with every call: Kysely makes a node for each part of it and then writes its
// text, which takes longer than PostgreSQL does to run it prepared. So it is built once with a mark in the place of each value, and
// from then on the values are put where the marks stood.
import { isDeepStrictEqual } from 'node:util';
import type { Compilable, CompiledQuery, Kysely } from 'kysely';
import type { Database } from './tables/rows.ts';

type QueryValue = string | number | Uint8Array;
type Shape = boolean | null | undefined;

/**
 * What a query is asked with. Texts, numbers and bytes are values: a query may send them, and do nothing else with them. What is
 * null, undefined, true or false is the query's shape: it may be built otherwise for each.
 */
type Askable<Parts> = {
  readonly [Name in keyof Parts]: Parts[Name] extends QueryValue | Shape
    ? Parts[Name]
    : Parts[Name] extends readonly unknown[] | Date | ((...args: never) => unknown)
      ? never
      : Askable<Parts[Name]>;
};
type QueryPart = QueryValue | Shape | { readonly [name: string]: QueryPart };

type Build<Parts, Row> = (db: Kysely<Database>, parts: Parts) => Compilable<Row>;

export interface CompiledOnce<Parts, Row> {
  all(db: Kysely<Database>, parts: Parts): Promise<Row[]>;
  first(db: Kysely<Database>, parts: Parts): Promise<Row | undefined>;
}

/** Which of the values stands for a parameter, or what stands there always. */
type Parameter = { readonly value: number } | { readonly always: unknown };

/** One shape of a query: its text, and what its parameters are. */
interface Template {
  readonly query: CompiledQuery;
  readonly parameters: readonly Parameter[];
}

/**
 * A query that is built and compiled once for each shape of what it is asked with.
 * @throws Error at its first use, where what it builds depends on the values
 */
export function compiledOnce<Parts extends Askable<Parts>, Row>(build: Build<Parts, Row>): CompiledOnce<Parts, Row> {
  const templates = new Map<string, Template>();
  const all = async (db: Kysely<Database>, parts: Parts): Promise<Row[]> => {
    const values: QueryValue[] = [];
    const shape = shapeOf(parts as QueryPart, values);
    let template = templates.get(shape);
    if (template === undefined) {
      template = templateOf(build, db, parts, values);
      templates.set(shape, template);
    }
    const { rows } = await db.executeQuery({ ...template.query, parameters: bound(template, values) });
    return rows as Row[];
  };
  return {
    all,
    async first(db, parts) {
      const [row] = await all(db, parts);
      return row;
    },
  };
}

/** Collects the values of what a query is asked with, and says what is left of it. */
function shapeOf(part: QueryPart, values: QueryValue[]): string {
  if (typeof part === 'string' || typeof part === 'number' || part instanceof Uint8Array) {
    values.push(part);
    return typeof part === 'number' ? '0' : '$';
  }
  if (typeof part !== 'object' || part === null) return `${part}`;
  let shape = '{';
  for (const name in part) shape += `${name}:${shapeOf(part[name], values)},`;
  return `${shape}}`;
}

/** Of no value that anybody may send: PostgreSQL refuses NUL, so a mark that was not found can mean nothing. */
function markOf(value: QueryValue, index: number): QueryValue {
  if (typeof value === 'number') return Number.MIN_VALUE * (index + 1);
  return typeof value === 'string' ? `\0${index}\0` : new Uint8Array();
}

function marked(part: QueryPart, marks: QueryValue[]): QueryPart {
  if (typeof part === 'string' || typeof part === 'number' || part instanceof Uint8Array) {
    const mark = markOf(part, marks.length);
    marks.push(mark);
    return mark;
  }
  if (typeof part !== 'object' || part === null) return part;
  return Object.fromEntries(Object.entries(part).map(([name, inner]) => [name, marked(inner, marks)]));
}

function templateOf<Parts, Row>(
  build: Build<Parts, Row>,
  db: Kysely<Database>,
  parts: Parts,
  values: readonly QueryValue[],
): Template {
  const marks: QueryValue[] = [];
  const query = build(db, marked(parts as QueryPart, marks) as Parts).compile();
  const template = {
    query,
    parameters: query.parameters.map((parameter) => {
      const value = marks.indexOf(parameter as QueryValue);
      return value === -1 ? { always: parameter } : { value };
    }),
  };
  const isSent = (_: QueryValue, index: number): boolean =>
    template.parameters.some((parameter) => 'value' in parameter && parameter.value === index);
  const asked = build(db, parts).compile();
  if (!marks.every(isSent) || asked.sql !== query.sql || !isDeepStrictEqual(asked.parameters, bound(template, values)))
    throw new Error('A query that is compiled once depends on its values.');
  return sentOnce(template);
}

/** The same with each value sent once, however often it stands in the text: what may be seen names who asks up to ten times. */
function sentOnce({ query, parameters }: Template): Template {
  const places = [...query.sql.matchAll(/\$(\d+)/g)].map(([, place]) => Number(place));
  // Kysely counts them as they come: in any other text a dollar means something else too.
  if (
    !isDeepStrictEqual(
      places,
      Array.from(parameters, (_, index) => index + 1),
    )
  )
    return { query, parameters };
  const sent: Parameter[] = [];
  const placeOf = (parameter: Parameter): number => {
    // What is null says nothing of its type, and may stand for another one elsewhere.
    const isNull = 'always' in parameter && parameter.always === null;
    const known = isNull ? -1 : sent.findIndex((one) => isDeepStrictEqual(one, parameter));
    return known === -1 ? sent.push(parameter) : known + 1;
  };
  const texts = query.sql.split(/\$\d+/);
  const text = texts
    .map((part, at) => (at === 0 ? part : `$${placeOf(parameters[at - 1] as Parameter)}${part}`))
    .join('');
  return { query: { ...query, sql: text }, parameters: sent };
}

const bound = ({ parameters }: Template, values: readonly QueryValue[]): unknown[] =>
  parameters.map((parameter) => ('value' in parameter ? values[parameter.value] : parameter.always));
