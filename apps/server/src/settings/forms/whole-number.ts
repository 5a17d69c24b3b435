import { z } from 'zod';

/** A setting that counts something: decimal digits alone, so that no `1e3`, `0x10` or `10.0` is taken for a number. */
export const wholeNumber = (least: number, most: number) => {
  const message = `must be a whole number from ${least} to ${most}`;
  return z
    .string()
    .max(32, message)
    .regex(/^\d+$/, message)
    .transform(Number)
    .refine((number) => number >= least && number <= most, { message });
};
