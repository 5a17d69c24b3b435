import type { z } from 'zod';
import type { RestProcedure } from '../router/procedures.ts';

/** A JSON Schema (draft 2020-12) as plain data. */
export type JsonSchema = { [key: string]: unknown };

export interface OpenApiError {
  status: number;
  code: string;
  description: string;
  /** What the problem of this code has beside what every problem has; it becomes a component, named by the code. */
  details?: z.ZodObject;
}

/** A header that some operations have, as a component of the document. */
export interface OpenApiHeader {
  description: string;
  schema: JsonSchema;
  example?: string | number;
}

export interface OpenApiOptions<M = unknown> {
  info: { title: string; version: string; [key: string]: unknown };
  /** `[{ url: '/' }]` unless given. */
  servers?: Array<{ url: string; description?: string }>;
  securitySchemes: Record<string, object>;
  /** The security requirements of one procedure; `[]` for an open one. */
  security(meta: M, procedure: RestProcedure): Array<Record<string, string[]>>;
  /** The errors one procedure may answer with; several codes of one status become one response with examples. */
  errors(meta: M, procedure: RestProcedure): OpenApiError[];
  /** The body of every error; a component, named by its id or `Problem`. */
  problemSchema: z.ZodType;
  /** The example shown for an error; made from the problem's schema and RFC 9457 unless given. */
  problemExample?(error: OpenApiError): object;
  /** Headers that the host sends with its answers, by name; `when` says with which. ETag and Location are known. */
  responseHeaders?: Record<
    string,
    OpenApiHeader & { when(status: number, meta: M, procedure: RestProcedure): boolean }
  >;
  /** Headers that the host reads, by name; `when` says of which requests. If-Match and If-None-Match are known. */
  requestHeaders?: Record<string, OpenApiHeader & { when(meta: M, procedure: RestProcedure): boolean }>;
  /** One for each tag that the operations use, in this order; their names alone unless given. */
  tags?: Array<{ name: string; description?: string }>;
  /** Schemas that become named components, although they carry no id of their own. */
  schemas?: Record<string, z.ZodType>;
}

/** An OpenAPI 3.1 document as plain data, its keys in a fixed order. */
export interface OpenApiDocument {
  openapi: '3.1.0';
  info: OpenApiOptions['info'];
  servers: Array<{ url: string; description?: string }>;
  tags: Array<{ name: string; description?: string }>;
  paths: Record<string, Record<string, Operation>>;
  components: {
    securitySchemes: Record<string, object>;
    schemas: Record<string, JsonSchema>;
    /** One for each status and set of error codes. */
    responses: Record<string, object>;
    /** One for each named schema that is a body, and for each error code. */
    examples: Record<string, object>;
    headers?: Record<string, object>;
    parameters?: Record<string, object>;
  };
}

export interface Operation {
  operationId: string;
  summary: string;
  description?: string;
  tags: string[];
  deprecated?: true;
  security: Array<Record<string, string[]>>;
  parameters?: object[];
  requestBody?: object;
  responses: Record<string, object>;
}
