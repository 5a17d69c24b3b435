import { type AnyTRPCRouter, getTRPCErrorFromUnknown, getTRPCErrorShape, type TRPCError } from '@trpc/server';
import { RequestRefused } from '../http/request-refused.ts';

const HIDDEN = 'Internal server error';
const NONE = {};

/** Whether the message of an error was not written for callers. */
export type IsInternal = (error: TRPCError) => boolean;

/** Whether an error's message is that of a foreign error, which tRPC has taken over. */
export const isForeign: IsInternal = ({ code, message, cause }) =>
  code === 'INTERNAL_SERVER_ERROR' && cause !== undefined && cause.message === message;

/** The same router, with internal messages replaced before its formatter runs. */
export function hardened(router: AnyTRPCRouter, isInternal: IsInternal): AnyTRPCRouter {
  const config = router._def._config;
  const format: typeof config.errorFormatter = (given) =>
    config.errorFormatter({ ...given, shape: hardenedShape(given.error, given.shape, isInternal) });
  return { ...router, _def: { ...router._def, _config: { ...config, errorFormatter: format } } };
}

/**
 * The error that a procedure has thrown. A shape that the procedure's own `.errors()` has given it, which the router's
 * formatter never sees, is exchanged for a copy where it holds an internal message.
 */
export function withHardenedShape(router: AnyTRPCRouter, cause: unknown, isInternal: IsInternal): TRPCError {
  const error = getTRPCErrorFromUnknown(cause);
  const shape = ownShapeOf(router, error);
  if (shape === undefined) return error;
  const harmless = hardenedShape(error, shape, isInternal);
  if (harmless === shape) return error;
  // Only tRPC knows the symbol under which it keeps the shape.
  for (const key of Object.getOwnPropertySymbols(error)) {
    if (Reflect.get(error, key) === shape) Reflect.defineProperty(error, key, { value: harmless, writable: true });
  }
  return error;
}

interface Shape {
  message: string;
  data: { stack?: string };
}

/**
 * The shape itself where it says nothing internal, else a copy: a host may share one as a constant. A refusal has no stack,
 * which would name lines of this package alone.
 */
function hardenedShape<S extends Partial<Shape>>(error: TRPCError, shape: S, isInternal: IsInternal): S {
  const { message, data } = shape;
  const hasStack = data?.stack !== undefined && data.stack === error.stack;
  if (hasStack && error.cause instanceof RequestRefused) {
    const { stack: _, ...known } = data;
    return { ...shape, data: known };
  }
  if ((message !== error.message && !hasStack) || !isInternal(error)) return shape;
  return {
    ...shape,
    ...(message === error.message ? { message: HIDDEN } : {}),
    ...(hasStack ? { data: { ...data, stack: framesOf(error) } } : {}),
  };
}

/** A stack without the message in its first lines, which it keeps even where the message has been changed since. */
function framesOf({ stack = '' }: TRPCError): string {
  return [HIDDEN, ...stack.split('\n').filter((line) => line.startsWith('    at '))].join('\n');
}

function ownShapeOf(router: AnyTRPCRouter, error: TRPCError): Partial<Shape> | undefined {
  const config = { ...router._def._config, errorFormatter: () => NONE };
  const shape: unknown = getTRPCErrorShape({
    config,
    error,
    type: 'unknown',
    path: undefined,
    input: undefined,
    ctx: {},
  });
  return shape === NONE || typeof shape !== 'object' || shape === null ? undefined : shape;
}
