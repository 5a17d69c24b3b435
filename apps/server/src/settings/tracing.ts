import { z } from 'zod';
import { oneOf } from './forms/one-of.ts';
import { wholeNumber } from './forms/whole-number.ts';

const SAMPLERS = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;

const Endpoint = z
  .string()
  .max(2048)
  .refine((text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol), {
    message: 'must be a URL that starts with http:// or https://',
  })
  .optional();

/** Read by the exporter itself, which has the names from the standard. */
const OfExporter = z.string().max(8192).optional();

/** The variables of OpenTelemetry for traces, as its specification names them; without an endpoint there are none. */
export const tracingVariables = {
  OTEL_SDK_DISABLED: z.string().max(10).optional(),
  OTEL_TRACES_EXPORTER: oneOf(['otlp', 'none']).default('otlp'),
  OTEL_EXPORTER_OTLP_ENDPOINT: Endpoint,
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: Endpoint,
  OTEL_EXPORTER_OTLP_HEADERS: OfExporter,
  OTEL_EXPORTER_OTLP_TIMEOUT: OfExporter,
  OTEL_SERVICE_NAME: OfExporter,
  OTEL_RESOURCE_ATTRIBUTES: OfExporter,
  OTEL_TRACES_SAMPLER: oneOf(SAMPLERS).default('parentbased_always_on'),
  OTEL_TRACES_SAMPLER_ARG: z
    .string()
    .max(20)
    .regex(/^(?:0(?:\.\d+)?|1(?:\.0+)?)$/, 'must be a part from 0 to 1, such as 0.1')
    .transform(Number)
    .default(1),
  OTEL_BSP_SCHEDULE_DELAY: wholeNumber(1, 600_000).default(5_000),
  OTEL_BSP_MAX_QUEUE_SIZE: wholeNumber(1, 1_000_000).default(2_048),
  OTEL_BSP_MAX_EXPORT_BATCH_SIZE: wholeNumber(1, 100_000).default(512),
};

const Variables = z.object(tracingVariables);
type Read = z.output<typeof Variables>;

/** How traces are taken and sent. */
export interface TracingSettings {
  /** Of those that begin here, which are taken. */
  readonly sampler: 'always_on' | 'always_off' | 'traceidratio';
  /** The part of `traceidratio`. */
  readonly ratio: number;
  readonly delayMs: number;
  readonly queueSize: number;
  readonly batchSize: number;
}

/** Null: no traces, and nothing of them is loaded. */
export function tracingOf(read: Read): TracingSettings | null {
  const endpoint = read.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? read.OTEL_EXPORTER_OTLP_ENDPOINT;
  const isOff = read.OTEL_SDK_DISABLED?.toLowerCase() === 'true' || read.OTEL_TRACES_EXPORTER === 'none';
  if (endpoint === undefined || isOff) return null;
  return {
    // Each trace begins here, so that its parent decides nothing.
    sampler: read.OTEL_TRACES_SAMPLER.replace('parentbased_', '') as TracingSettings['sampler'],
    ratio: read.OTEL_TRACES_SAMPLER_ARG,
    delayMs: read.OTEL_BSP_SCHEDULE_DELAY,
    queueSize: read.OTEL_BSP_MAX_QUEUE_SIZE,
    batchSize: Math.min(read.OTEL_BSP_MAX_EXPORT_BATCH_SIZE, read.OTEL_BSP_MAX_QUEUE_SIZE),
  };
}
