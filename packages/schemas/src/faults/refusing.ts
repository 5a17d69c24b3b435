import { z } from 'zod';
import type { Diagnosis, FaultCode, FaultParams } from './fault.ts';
import { fault } from './sentences.ts';

/** Where an issue of zod's carries what a check of ours has found. */
interface Carried {
  readonly fault: { readonly code: FaultCode; readonly params: FaultParams };
}

const carried = ({ code, params }: Diagnosis): { readonly params: Record<string, unknown> } => {
  const own: Carried = { fault: { code, params } };
  return { params: { ...own } };
};

/** What a check of ours has found of an issue; undefined for the issues of zod's own checks. */
export function ownDiagnosis(issue: z.core.$ZodIssue): Diagnosis | undefined {
  const found: unknown = issue.code === 'custom' ? issue.params?.fault : undefined;
  if (found === undefined) return undefined;
  const own = found as Carried['fault'];
  const leftOut = fault('required', own.params);
  // Only the sentence shows that there was nothing (`typeOptions`).
  if (own.code === 'invalid_type' && issue.message === leftOut.message) return leftOut;
  return { ...own, message: issue.message };
}

/** The options of a `refine` or a `custom` that tells this. */
export const faultOptions = (found: Diagnosis) => ({ error: found.message, ...carried(found) });

/** The same of a `custom` that tells a type, which says of what was left out that it is required. */
export const typeOptions = (found: Diagnosis) => ({
  ...carried(found),
  error: ({ input }: { readonly input?: unknown }) =>
    input === undefined ? fault('required', found.params).message : found.message,
});

/** A check that tells the one thing that is wrong, or null; none of the checks behind it looks at what it refuses. */
export const refusing =
  <Value>(faultOf: (value: Value) => Diagnosis | null) =>
  (payload: z.core.ParsePayload<Value>): void => {
    const found = faultOf(payload.value);
    if (found === null) return;
    payload.issues.push({
      code: 'custom',
      message: found.message,
      ...carried(found),
      input: payload.value,
      continue: false,
    });
  };

/**
 * The schema itself, which from now on tells one more thing of what it refuses anyway: for what has an error of its own where
 * nothing else is wrong.
 */
export function alsoNaming<T extends z.ZodType<unknown, unknown>>(
  schema: T,
  faultOf: (input: unknown) => { readonly path: string; readonly found: Diagnosis } | null,
): T {
  const { _zod } = schema;
  const { run } = _zod;
  _zod.run = (payload, context) => {
    const { value: input } = payload;
    const named = (result: typeof payload) => {
      const more = result.issues.length === 0 ? null : faultOf(input);
      if (more !== null) {
        const { path, found } = more;
        result.issues.push({ code: 'custom', message: found.message, ...carried(found), path: [path], input });
      }
      return result;
    };
    const result = run(payload, context);
    return result instanceof Promise ? result.then(named) : named(result);
  };
  return schema;
}

/** A check of texts that do not match a pattern, which stands in the JSON Schema as that of zod's own check does. */
export function matching(pattern: RegExp, faultOf: (value: string) => Diagnosis): z.core.$ZodCheck<string> {
  const check = z.regex(pattern);
  check._zod.check = refusing((value) => (pattern.test(value) ? null : faultOf(value)));
  return check;
}

const names = new WeakMap<object, string>();

/** The same for texts of a form that has a name. */
export function formatted(format: string, pattern: RegExp): z.core.$ZodCheck<string> {
  const check = matching(pattern, () => fault('invalid_format', { format }));
  names.set(check, format);
  return check;
}

/** The name of the form that a schema or check asks of a text; undefined where it asks for none. */
export function namedFormat(inst: z.core.$ZodType | z.core.$ZodCheck | undefined): string | undefined {
  if (inst === undefined) return undefined;
  const { format, checks = [] } = inst._zod.def as { format?: unknown; checks?: readonly object[] };
  if (typeof format === 'string') return format;
  return checks.map((check) => names.get(check)).find((name) => name !== undefined);
}
