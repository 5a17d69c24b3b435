import type { RestProcedure } from './procedures.ts';
import { ifMatchField, namesIn } from './rest-meta.ts';
import { fieldsOf } from './schema-fields.ts';

const SEGMENT = /^(?:[A-Za-z0-9._~-]+|\{[A-Za-z_][A-Za-z0-9_]*\})$/;

function hasField(schema: RestProcedure['inputs'], name: string): boolean {
  return schema !== undefined && fieldsOf(schema).has(name);
}

/** What is wrong with one REST entry, as sentences. */
function faultsOf({ path, type, rest, inputs, output, events }: RestProcedure): string[] {
  const faults: string[] = [];
  const say = (fault: string) => faults.push(`${path}: ${fault}`);
  const route = `${rest.method} ${rest.path}`;
  if (
    rest.path !== '/' &&
    !rest.path
      .slice(1)
      .split('/')
      .every((segment) => SEGMENT.test(segment))
  ) {
    say(`${route} is not a path of plain segments and {parameters}.`);
  }
  const names = namesIn(rest.path);
  for (const name of names) {
    if (!hasField(inputs, name)) say(`${route} has the parameter {${name}}, which its input does not have.`);
  }
  if (new Set(names).size !== names.length) say(`${route} names a parameter twice.`);
  if (rest.method === 'GET' && type === 'mutation') say(`${route} would run a mutation on a GET.`);
  if (rest.method !== 'GET' && type === 'query' && rest.method !== 'POST') say(`${route} is a query: use GET or POST.`);
  if (events !== undefined && (type !== 'subscription' || rest.method !== 'GET')) {
    say(`${route} answers events, which a subscription does on a GET.`);
  }
  if (output === undefined) say(`${route} has no output schema.`);
  if (rest.etag !== undefined && rest.method !== 'GET') say(`${route} has an etag, which is for GET.`);
  if (rest.etag !== undefined && rest.stream !== undefined) say(`${route} has both an etag and a stream.`);
  if (rest.ifMatch !== undefined && rest.method === 'GET') say(`${route} has ifMatch, which is for writes.`);
  for (const [what, field] of [
    ['ifMatch', ifMatchField(rest)],
    ['body', rest.body?.field],
  ] as const) {
    if (field !== undefined && !hasField(inputs, field)) {
      say(`${route}: ${what} names "${field}", which its input does not have.`);
    }
  }
  if (rest.body !== undefined && rest.method === 'GET') say(`${route} has a body, which a GET does not take.`);
  if (rest.location !== undefined && rest.status !== 201) say(`${route} has a location without status 201.`);
  if (rest.location !== undefined && output !== undefined) {
    const known = fieldsOf(output);
    for (const name of namesIn(rest.location)) {
      const top = name.split('.', 1)[0] ?? '';
      if (known.size > 0 && !known.has(top)) {
        say(`${route}: location names {${name}}, which its output does not have.`);
      }
    }
  }
  return faults;
}

/**
 * Refuses a router whose REST entries cannot be served. Throws one Error that lists every fault: two entries of one
 * method and path, a path parameter that the input lacks, a GET of a mutation, no output schema, and the like.
 */
export function checkRestProcedures(procedures: readonly RestProcedure[]): void {
  const faults: string[] = [];
  const owners = new Map<string, string>();
  for (const procedure of procedures) {
    faults.push(...faultsOf(procedure));
    const route = `${procedure.rest.method} ${procedure.rest.path.replace(/\{[^{}]*\}/g, '{}')}`;
    const owner = owners.get(route);
    if (owner === undefined) owners.set(route, procedure.path);
    else faults.push(`${procedure.path}: ${procedure.rest.method} ${procedure.rest.path} is already ${owner}'s.`);
  }
  if (faults.length > 0) throw new Error(`These REST routes cannot be served:\n  ${faults.join('\n  ')}`);
}
