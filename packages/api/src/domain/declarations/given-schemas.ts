import { cutTo, type Diagnosis, FieldError, FieldErrorParams, fault } from '@promptory/schemas';
import type { SchemaFault } from '@promptory/template';
import type { Workers } from '../../context.ts';
import { AppError } from '../../errors.ts';
import { runTask } from '../../tasks.ts';

const fields = ['inputSchema', 'outputSchema'] as const;
type Field = (typeof fields)[number];

/** The schemas of a version, or of an input that may leave them out. */
export type GivenSchemas = { readonly [name in Field]?: Readonly<Record<string, unknown>> | null | undefined };

/** What is wrong with each schema that was given. */
export type SchemaFaults = { readonly [name in Field]?: readonly FieldError[] };

const SMALL = 4_000;
/** Faults that are named of one schema. */
const MAX_FAULTS = 50;

/**
 * What is wrong with the schemas of each input, as faults of its fields. Large ones are checked by a worker.
 * @throws AppError server.busy
 */
export async function schemaFaults(workers: Workers, inputs: readonly GivenSchemas[]): Promise<SchemaFaults[]> {
  const given = inputs.flatMap((input) => fields.flatMap((name) => input[name] ?? []));
  if (given.length === 0) return inputs.map(() => ({}));
  const text = JSON.stringify(given);
  const answer = areQuick(text) ? runTask('checkSchemas', [text]) : await workers.run('checkSchemas', text);
  // Paths and sentences only: no order of a person's is in it.
  const found = (JSON.parse(answer) as SchemaFault[][]).values();
  return inputs.map((input) => {
    const faults: { [name in Field]?: FieldError[] } = {};
    for (const name of fields) {
      if (input[name] === undefined || input[name] === null) continue;
      faults[name] = (found.next().value ?? [])
        .slice(0, MAX_FAULTS)
        .map((each) => ({ path: name, ...diagnosis(each) }));
    }
    return faults;
  });
}

/** Whether schemas, as JSON, are read within five milliseconds: few characters, and no pattern, which takes long to compile. */
export const areQuick = (schemas: string): boolean => schemas.length <= SMALL && !schemas.includes('"pattern');

/**
 * Refuses schemas with faults. One that the prompt has already stays as it is: it may have been kept before schemas were checked.
 * @throws AppError request.invalid with every fault, each with its place within the schema
 */
export function requireSchemas(faults: SchemaFaults, given: GivenSchemas, former: GivenSchemas = {}): void {
  const errors = fields.flatMap((name) => {
    const found = faults[name] ?? [];
    const isKept = found.length > 0 && JSON.stringify(given[name]) === JSON.stringify(former[name]);
    return isKept ? [] : found;
  });
  if (errors.length > 0) throw new AppError('request.invalid', { errors });
}

function diagnosis({ path, message }: SchemaFault): Diagnosis {
  const at = cutTo(FieldErrorParams.shape.at, path.replaceAll(/\p{C}/gu, '�'));
  const why = message.replaceAll(/\p{C}/gu, '�');
  const sentence = `Is refused as a JSON Schema: ${at === '' ? 'it' : at} ${why}`;
  return fault('invalid_schema', { at }, cutTo(FieldError.shape.message, sentence));
}
