import type { RouterInputs, RouterOutputs } from './contract.ts';

/** The paths of all procedures: `'prompts.create'`. */
export type ProcedurePath = {
  [Feature in keyof RouterInputs & string]: `${Feature}.${keyof RouterInputs[Feature] & string}`;
}[keyof RouterInputs & string];

type At<Tree, Path extends string> = Path extends `${infer Feature}.${infer Name}`
  ? Feature extends keyof Tree
    ? Name extends keyof Tree[Feature]
      ? Tree[Feature][Name]
      : never
    : never
  : never;

/** What a procedure takes: `inferInputs<'prompts.create'>`. */
export type inferInputs<Path extends ProcedurePath> = At<RouterInputs, Path>;

/** What a procedure answers: `inferOutputs<'prompts.get'>`; of one that streams, the AsyncIterable. */
export type inferOutputs<Path extends ProcedurePath> = At<RouterOutputs, Path>;
