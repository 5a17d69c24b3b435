import type { z } from 'zod';

type Without<Fields> = { [Name in keyof Fields]?: undefined };

/** The fields of the one or of the other, never of both. */
export type OneOf<First, Second> = (First & Without<Second>) | (Second & Without<First>);

/**
 * The same schema, whose input says to the compiler what its refinements ask at run time: what they refuse does not
 * compile. The output stays as the fields are declared.
 */
export const inputType =
  <Input>() =>
  <Schema extends z.ZodObject>(schema: Schema): z.ZodType<z.output<Schema>, Input> =>
    schema as unknown as z.ZodType<z.output<Schema>, Input>;
