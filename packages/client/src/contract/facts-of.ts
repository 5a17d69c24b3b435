import type { inferOutputs, ProcedurePath } from './infer.ts';
import { specialFacts } from './procedure-facts.generated.ts';
import { ordinaryFacts, type ProcedureFacts } from './procedure-facts.ts';

type StreamingPath = {
  [Path in ProcedurePath]: [inferOutputs<Path>] extends [never]
    ? never
    : inferOutputs<Path> extends AsyncIterable<unknown>
      ? Path
      : never;
}[ProcedurePath];

type SpecialFacts = Readonly<Partial<Record<ProcedurePath, Partial<ProcedureFacts>>>>;

// The compiler checks that the paths are of the router, and that each one whose type is a stream says so.
const special: SpecialFacts & Readonly<Record<StreamingPath, { readonly streams: true }>> = specialFacts;

/** The facts of the procedure at a path; of one that this version does not know, those of an ordinary one. */
export function factsOf(path: string): ProcedureFacts {
  return Object.hasOwn(special, path) ? { ...ordinaryFacts, ...special[path as ProcedurePath] } : ordinaryFacts;
}
