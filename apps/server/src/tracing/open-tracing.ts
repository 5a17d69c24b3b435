import { DiagLogLevel, diag, type Tracer } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { type Logger, withoutSecrets } from '../observability/logger.ts';
import type { TracingSettings } from '../settings/tracing.ts';
import { traced } from './spans.ts';
import type { Tracing } from './tracing.ts';

const SHUTDOWN_MS = 3_000;
/** A collector that is away is told of once in so long. */
const QUIET_MS = 60_000;

const rootSampler = ({ sampler, ratio }: TracingSettings): Sampler => {
  if (sampler === 'always_off') return new AlwaysOffSampler();
  return sampler === 'traceidratio' ? new TraceIdRatioBasedSampler(ratio) : new AlwaysOnSampler();
};

/** Sends traces by OTLP over HTTP to where the standard variables say. Loaded only where they are set. */
export function openTracing(settings: TracingSettings, log: Pick<Logger, 'warn'>): Tracing {
  let saidAt = Number.NEGATIVE_INFINITY;
  const quiet = (): void => undefined;
  const say = (message: string): void => {
    if (performance.now() - saidAt < QUIET_MS) return;
    saidAt = performance.now();
    log.warn({ reason: withoutSecrets(message).slice(0, 500) }, 'traces are not sent');
  };
  diag.setLogger({ error: say, warn: say, info: quiet, debug: quiet, verbose: quiet }, DiagLogLevel.ERROR);
  const provider = new TracerProvider({
    sampler: new ParentBasedSampler({ root: rootSampler(settings) }),
    resource: defaultResource()
      .merge(resourceFromAttributes({ 'service.name': 'promptory' }))
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: new OTLPTraceExporter(),
        scheduledDelayMillis: settings.delayMs,
        maxQueueSize: settings.queueSize,
        maxExportBatchSize: settings.batchSize,
      }),
    ],
  });
  const tracer: Tracer = provider.getTracer('promptory');
  return {
    ...traced(tracer),
    async close() {
      const patience = new Promise<void>((resolve) => {
        setTimeout(resolve, SHUTDOWN_MS).unref();
      });
      await Promise.race([provider.shutdown().catch((error: unknown) => say(String(error))), patience]);
    },
  };
}
