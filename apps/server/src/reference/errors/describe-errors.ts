import { AppError, errorKinds, type Meta } from '@promptory/api/server';
import type { ErrorCode } from '@promptory/schemas';
import { restProceduresOf } from '@promptory/trpc-fastify';
import type { AnyTRPCRouter } from '@trpc/server';
import { problemOf } from '../../http/errors/problem.ts';
import { errorsOf } from '../procedure-errors.ts';
import { errorAreas, errorGuide } from './error-areas.ts';
import type { ErrorGuide } from './error-guide.ts';

/** More procedures than these are counted, not named. */
const NAMES = 10;

/** All that the pages say of one error. */
export interface DescribedError extends Pick<ErrorGuide, 'happened' | 'remedy'> {
  readonly code: ErrorCode;
  readonly status: number;
  readonly trpc: string;
  readonly message: string;
  /** Which procedures may answer it, by name or, where they are many, by number; null where none is called yet. */
  readonly answeredBy: string | null;
  /** A problem document, as JSON. */
  readonly example: string | null;
}

/** Every error by its area, as the pages of errors show them. */
export function describeErrors(router: AnyTRPCRouter): Array<{ title: string; errors: DescribedError[] }> {
  const procedures = restProceduresOf(router).map((procedure) => ({
    path: procedure.path,
    codes: new Set(errorsOf(procedure.meta as Meta, procedure).map(({ code }) => code)),
  }));
  const answeredBy = (code: ErrorCode): string | null => {
    const names = procedures.filter(({ codes }) => codes.has(code)).map(({ path }) => `\`${path}\``);
    if (names.length === 0) return null;
    if (names.length === procedures.length) return 'every procedure.';
    if (names.length <= NAMES) return `${names.join(', ')}.`;
    return `${names.length} of ${procedures.length} procedures; \`/openapi.json\` says which.`;
  };
  const describe = (code: ErrorCode): DescribedError => {
    const { happened, remedy, example } = errorGuide[code];
    return {
      code,
      ...errorKinds[code],
      happened,
      remedy,
      answeredBy: answeredBy(code),
      example: example === undefined ? null : exampleOf(code, example),
    };
  };
  return errorAreas.map(({ title, codes }) => ({ title, errors: codes.map(describe) }));
}

function exampleOf(code: ErrorCode, details: NonNullable<ErrorGuide['example']>): string {
  const at = { requestId: '01936d4a-58a1-7c3e-9a52-1f8a1b7c0d10', publicUrl: '…' };
  return JSON.stringify(problemOf(new AppError(code, { extra: {}, ...details }), at).body, null, 2);
}
