// A PostgreSQL statement takes at most 65,535 parameters, and each length of a list makes another statement to be parsed
// and planned. So lists travel as one array (`= ANY(…::uuid[])`, `unnest`) or as one JSON document, whatever their length.

export interface RowParameters {
  /** From 1. */
  readonly line: number;
  readonly code: string;
  readonly instead: string;
}

const shapes: readonly { readonly pattern: RegExp; readonly instead: string }[] = [
  // A row is written as an object, a list as anything else.
  { pattern: /(?<!Object)\.values\(\s*(?![{)\s])/g, instead: '.columns([…]).expression(sql`SELECT … FROM unnest(…)`)' },
  // A subquery is written as a function.
  { pattern: /'(?:not )?in',\s*(?!\(\w*\) =>|\s)/g, instead: '= ANY(…::type[])' },
  { pattern: /sql\.join\(/g, instead: 'one array as one parameter' },
];

/** Where a source makes a statement that has a parameter for each item of a list. */
export function findRowParameters(text: string): RowParameters[] {
  return shapes.flatMap(({ pattern, instead }) =>
    Array.from(text.matchAll(pattern), ({ 0: code, index }) => ({
      line: text.slice(0, index).split('\n').length,
      code,
      instead,
    })),
  );
}
