import type { AnyTRPCProcedure, inferProcedureInput, inferTransformedProcedureOutput } from '@trpc/server';
import type { AppRouter } from './contract.ts';

type Procedures = AppRouter['_def']['record'];

type PathsOf<Tree> = {
  [Name in keyof Tree & string]: Tree[Name] extends AnyTRPCProcedure ? Name : `${Name}.${PathsOf<Tree[Name]>}`;
}[keyof Tree & string];

type At<Tree, Path> = Path extends keyof Tree
  ? Tree[Path]
  : Path extends `${infer Name}.${infer Rest}`
    ? Name extends keyof Tree
      ? At<Tree[Name], Rest>
      : never
    : never;

type ProcedureAt<Path> = At<Procedures, Path> extends infer Found extends AnyTRPCProcedure ? Found : never;

/** The paths of all procedures: `'prompts.create'`. */
export type ProcedurePath = PathsOf<Procedures>;

/** What a procedure takes: `inferInputs<'prompts.create'>`. */
export type inferInputs<Path extends ProcedurePath> = inferProcedureInput<ProcedureAt<Path>>;

/** What a procedure answers: `inferOutputs<'prompts.get'>`; of one that streams, the AsyncIterable. */
export type inferOutputs<Path extends ProcedurePath> = inferTransformedProcedureOutput<AppRouter, ProcedureAt<Path>>;
