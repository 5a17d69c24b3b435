import type { z } from 'zod';
import type { Diagnosis } from './fault.ts';
import { faultOfIssue } from './issue-fault.ts';
import { fault } from './sentences.ts';

/** One thing that is wrong with an input. */
export interface Fault extends Diagnosis {
  readonly path: readonly PropertyKey[];
}

/** Faults that are named of one input. */
export const MAX_FAULTS = 100;

type Issue = z.core.$ZodIssue;

/**
 * What is wrong with an input, one entry for each fault, at most a hundred. Of a union, the faults of the shape that the input
 * comes nearest to; of unknown fields, one for each; of a value of another type, that and not its size; of a text with a
 * format, that and not its length.
 */
export const faultsOf = (error: Pick<z.core.$ZodError, 'issues'>): Fault[] =>
  withoutEchoes(error.issues.flatMap((issue) => flatten(issue, []))).slice(0, MAX_FAULTS);

function flatten(issue: Issue, under: readonly PropertyKey[]): Fault[] {
  const path = [...under, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    // A schema may say where else it belongs what is sent so.
    const found = fault('unrecognized_key', {}, issue.message);
    return issue.keys.slice(0, MAX_FAULTS).map((key) => ({ path: [...path, key], ...found }));
  }
  if (issue.code === 'invalid_element') return issue.issues.flatMap((inner) => flatten(inner, path));
  if (issue.code === 'invalid_key') {
    const { message } = fault('invalid_key');
    return issue.issues.map((inner) => ({
      path,
      ...fault('invalid_key', {}, `${message}. The name: ${faultOfIssue(inner).message}`),
    }));
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0) return ofUnion(issue.errors, path);
  return [{ path, ...faultOfIssue(issue) }];
}

interface Branch {
  readonly faults: readonly Fault[];
  /** The input as a whole is refused, not something in it. */
  readonly isOther: boolean;
  /** The input is of another type altogether. */
  readonly isOfOtherType: boolean;
  readonly distance: number;
}

const isOfSize = ({ code }: Fault): boolean => code === 'too_small' || code === 'too_big';

/** A field that should have told which shape this is counts for more than another one. */
const MARK = 1.5;

function ofUnion(errors: readonly (readonly Issue[])[], path: readonly PropertyKey[]): Fault[] {
  const branches = errors.map((issues): Branch => {
    const faults = withoutEchoes(issues.flatMap((issue) => flatten(issue, path)));
    const marks = issues.filter(({ code }) => code === 'invalid_value').length;
    return {
      faults,
      isOther: issues.some((issue) => issue.path.length === 0 && issue.code !== 'unrecognized_keys'),
      isOfOtherType: issues.some(({ path: place, code }) => place.length === 0 && code === 'invalid_type'),
      distance: faults.length + marks * MARK,
    };
  });
  const near = branches.filter(({ isOther }) => !isOther).toSorted((one, other) => one.distance - other.distance)[0];
  if (near !== undefined) return [...near.faults];
  // Of all the shapes it is one, but too long or too short.
  const [sized, ...others] = branches.filter(({ isOfOtherType }) => !isOfOtherType);
  if (sized?.faults.every(isOfSize) === true && others.length === 0) return [...sized.faults];
  const messages = new Set(branches.flatMap(({ faults }) => faults.map(({ message }) => message)));
  return [{ path, ...fault('invalid_union', {}, [...messages].join(', or: ')) }];
}

/** What is said of a whole number that no double counts to, beside the bounds that a schema has of its own. */
const isUncountable = ({ params: { maximum, minimum } }: Fault): boolean =>
  maximum === Number.MAX_SAFE_INTEGER || minimum === Number.MIN_SAFE_INTEGER;

const placeOf = ({ path }: Fault): string => JSON.stringify(path.map(String));

/** Whether nothing else can be said of a value: it is of another type, or has not the format of a text. */
const settles = ({ code }: Fault): boolean => code === 'invalid_format' || code === 'invalid_type';

/**
 * A text that is no UUID is not said to be too long as well, nor a number too large twice, nor a list to be a text with too
 * few items.
 */
function withoutEchoes(faults: readonly Fault[]): Fault[] {
  const settled = new Set<string>();
  return faults.filter((fault) => {
    const place = placeOf(fault);
    if (settled.has(place)) return false;
    if (isUncountable(fault) && faults.some((other) => !isUncountable(other) && placeOf(other) === place)) return false;
    if (settles(fault)) settled.add(place);
    return true;
  });
}
