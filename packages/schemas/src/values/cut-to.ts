import { z } from 'zod';

/** A field that says how long a text it takes, and may be left empty. */
export type TextField = z.ZodString | z.ZodNullable<z.ZodString> | z.ZodOptional<z.ZodString>;

/** As much of a text as a field takes; a character that is cut apart stands as one that is not known. */
export function cutTo(field: TextField, value: string): string {
  const { maxLength } = field instanceof z.ZodString ? field : field.unwrap();
  if (maxLength === null) throw new RangeError('The field takes a text of any length.');
  return value.slice(0, maxLength).toWellFormed();
}
