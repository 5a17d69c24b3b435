import { z } from 'zod';

// PostgreSQL text holds neither NUL nor half a surrogate pair.
const storable = (value: string): boolean => !value.includes('\0') && value.isWellFormed();

const encoder = new TextEncoder();

/** What a text has in JSON, in bytes of UTF-8 without its quotation marks: a control character may have six. */
export const jsonBytes = (value: string): number => encoder.encode(JSON.stringify(value)).length - 2;

/** Text as it was typed, of `min` to `max` UTF-16 units. */
export const text = (max: number, min = 0) =>
  z.string().min(min).max(max).refine(storable, 'Must not contain NUL or broken Unicode characters');

/** One line: trimmed, and without control characters. */
export const line = (max: number, min = 1) =>
  z
    .string()
    .max(max)
    .trim()
    .min(min)
    .refine(storable, 'Must not contain NUL or broken Unicode characters')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this refuses
    .regex(/^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$/u, 'Must not contain control characters or line breaks');

/** What a person types into a search box. */
export const SearchText = line(200, 0);
