import type { z } from 'zod';
import type { JsonSchema, OpenApiError } from './document.ts';
import { propertiesOf, type SchemaRegistry } from './schemas.ts';

/** The schemas of the bodies of errors. */
export interface ProblemSchemas {
  /** Any error's. */
  readonly any: JsonSchema;
  /**
   * That of one of these: which codes it may have and what each adds, so that a compiler knows the rest once the code is
   * compared. Any error's where the host's problem has no `code`.
   */
  of(errors: readonly OpenApiError[]): JsonSchema;
}

/** Adds a component to the registry for each code that has details. */
export function problemSchemas(schemas: SchemaRegistry, problem: z.ZodType): ProblemSchemas {
  const any = schemas.output(problem);
  const hasCode = propertiesOf(any, schemas.resolve).has('code');
  const withCode = (code: JsonSchema, { properties, required = [] }: JsonSchema = {}): JsonSchema => ({
    allOf: [
      any,
      {
        type: 'object',
        properties: { code: { type: 'string', ...code }, ...(properties as JsonSchema | undefined) },
        required: ['code', ...(required as string[])],
      },
    ],
  });
  return {
    any,
    of(errors) {
      if (!hasCode) return any;
      const plain = errors.filter(({ details }) => details === undefined).map(({ code }) => code);
      const parts = errors.flatMap(({ code, details }) =>
        details === undefined
          ? []
          : [schemas.component(`${nameOf(code)}Problem`, withCode({ const: code }, schemas.output(details)))],
      );
      if (plain.length > 0) parts.push(withCode({ enum: plain }));
      const [only, ...others] = parts;
      return only === undefined ? any : others.length === 0 ? only : { anyOf: parts };
    },
  };
}

/** `prompt.version_conflict` → `PromptVersionConflict`. */
const nameOf = (code: string): string =>
  code
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
