import { getTRPCErrorFromUnknown, getTRPCErrorShape, type TRPCError } from '@trpc/server';
import type { Wire } from './exchange.ts';

const NONE = {};

/**
 * The error that a procedure has thrown. A shape that the procedure's own `.errors()` has given it, which the
 * router's formatter never sees, keeps neither the stack nor the message of an unexpected error.
 */
export function withHardenedShape({ router }: Wire, cause: unknown): TRPCError {
  const error = getTRPCErrorFromUnknown(cause);
  const shape = ownShapeOf(router, error);
  if (shape === undefined) return error;
  // A frozen shape is one that the host has written itself, word for word.
  if (error.code === 'INTERNAL_SERVER_ERROR' && shape.message === error.message) {
    Reflect.set(shape, 'message', 'Internal server error');
  }
  if (typeof shape.data === 'object' && shape.data !== null) Reflect.deleteProperty(shape.data, 'stack');
  return error;
}

function ownShapeOf(router: Wire['router'], error: TRPCError): { message?: unknown; data?: unknown } | undefined {
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
