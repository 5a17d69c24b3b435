import { isJsonObject, type JsonObject, type JsonValue } from '../../json-value.ts';
import { DASHES_OR_PLUSES, splitFrontMatter } from '../document/front-matter.ts';
import { given, objectAt, textAt, textsAt } from '../document/json-data.ts';
import {
  documentOf,
  emptyPrompt,
  FormatFault,
  type PromptDocument,
  type Warn,
  warnOfOthers,
  wordSet,
} from '../document/prompt-document.ts';
import { type BodyDialect, bodyOf } from './prompty-body.ts';
import { readProperties, schemaOfProperties, warnOfProperties } from './properties.ts';

const KNOWN = wordSet(
  'name displayName description kind metadata tags model inputs outputs tools template sample instructions',
);
const MODEL = wordSet('id provider apiType options api parameters configuration connection');

/**
 * Reads one Prompty file (`name.prompty`), of version 1 or 2: YAML, then Jinja or Mustache whose messages begin with a line
 * `user:`. Model, options and tools become the config, inputs and outputs become schemas. Connections, which hold keys, and
 * other keys without a counterpart are warned of.
 */
export function readPrompty(text: string): PromptDocument {
  return documentOf((warn) => {
    const { data, body, bodyLine } = splitFrontMatter(text, DASHES_OR_PLUSES);
    const metadata = objectAt(data, 'metadata');
    const { tags: _, ...otherMetadata } = metadata;
    warnOfOthers(data, KNOWN, warn);
    warnOfOthers(otherMetadata, new Set(), warn, 'metadata.');
    const inputs = readProperties(data.inputs, 'inputs');
    const config = { ...modelConfig(data.model, warn), ...toolsConfig(data, warn) };
    const instructions = body === '' ? (textAt(data, 'instructions') ?? '') : body;
    const template = templateOf(data.template);
    // Version 1 has no kinds of inputs, and reads images out of the text.
    const isFirst = isJsonObject(data.model) && data.model.apiType === undefined && data.model.options === undefined;
    const schema = schemaOfProperties(inputs, 'inputs');
    warnOfProperties(inputs, 'inputs', warn);
    const read = bodyOf(instructions, { template, inputs, schema, line: bodyLine, readsImages: isFirst, warn });
    if (read.messages === null && config.apiType !== 'embedding' && config.apiType !== 'image') {
      warn('Without a line such as "user:" it is a text here; Prompty sends it as a message of the system.', {
        line: bodyLine,
      });
    }
    return {
      ...emptyPrompt(),
      ...read,
      name: textAt(data, 'name'),
      title: textAt(data, 'displayName'),
      description: textAt(data, 'description'),
      tags: [...textsAt(data, 'tags'), ...textsAt(metadata, 'tags', 'metadata.tags')],
      config,
      inputSchema: withSample(schema, data.sample, warn),
      outputSchema: outputSchemaOf(data.outputs, config, warn),
    };
  });
}

/** `template: jinja2`, `{ format: jinja2 }`, `{ format: { kind: jinja2 } }` or, in version 1, `{ type: jinja2 }`. */
function templateOf(template: JsonValue | undefined): BodyDialect {
  const named = isJsonObject(template) ? (template.format ?? template.type ?? 'jinja2') : (template ?? 'jinja2');
  const kind = isJsonObject(named) ? (named.kind ?? 'jinja2') : named;
  if (kind === 'jinja2' || kind === 'nunjucks' || kind === 'mustache') return kind;
  throw new FormatFault(`${JSON.stringify(kind)} is no format of templates that is read here.`, { within: 'template' });
}

function modelConfig(model: JsonValue | undefined, warn: Warn): JsonObject {
  if (model === undefined || model === null) return {};
  if (typeof model === 'string') return { model };
  const data = objectAt({ model }, 'model');
  warnOfOthers(data, MODEL, warn, 'model.');
  const first = objectAt(data, 'configuration', 'model.configuration');
  const { additionalProperties, ...options } = objectAt(data, 'options', 'model.options');
  for (const name of ['configuration', 'connection']) {
    if (data[name] !== undefined) {
      warn('Where a model is reached, and with what key, is not kept.', { within: `model.${name}` });
    }
  }
  const provider = data.provider ?? first.type;
  return {
    ...given({ model: data.id ?? first.name ?? first.azure_deployment, provider, apiType: data.apiType ?? data.api }),
    ...objectAt(data, 'parameters', 'model.parameters'),
    ...options,
    ...(isJsonObject(additionalProperties) ? additionalProperties : given({ additionalProperties })),
  };
}

/** Without their connections, which hold keys. */
function toolsConfig(data: JsonObject, warn: Warn): JsonObject {
  const { tools } = data;
  if (tools === undefined || tools === null) return {};
  const stripped = (tool: JsonValue, within: string): JsonValue => {
    if (!isJsonObject(tool) || tool.connection === undefined) return tool;
    warn('Where a tool is reached, and with what key, is not kept.', { within: `${within}.connection` });
    const { connection: _, ...rest } = tool;
    return rest;
  };
  if (Array.isArray(tools)) return { tools: tools.map((tool, index) => stripped(tool, `tools[${index}]`)) };
  if (!isJsonObject(tools)) throw new FormatFault('"tools" is a list, or keys and values.', { within: 'tools' });
  return {
    tools: Object.fromEntries(Object.entries(tools).map(([name, tool]) => [name, stripped(tool, `tools.${name}`)])),
  };
}

/** Values to try a prompt with, as examples of its inputs. */
function withSample(schema: JsonObject | null, sample: JsonValue | undefined, warn: Warn): JsonObject | null {
  if (sample === undefined || sample === null) return schema;
  if (!isJsonObject(sample)) {
    warn('A sample in a file of its own is not at hand.', { within: 'sample' });
    return schema;
  }
  const properties = objectAt(schema ?? {}, 'properties');
  const sampled = Object.entries(sample).map(([name, value]): [string, JsonValue] => {
    const property = properties[name];
    return [name, { ...(isJsonObject(property) ? property : {}), examples: [value] }];
  });
  return { type: 'object', ...schema, properties: { ...properties, ...Object.fromEntries(sampled) } };
}

function outputSchemaOf(outputs: JsonValue | undefined, config: JsonObject, warn: Warn): JsonValue {
  const properties = readProperties(outputs, 'outputs');
  const format = config.response_format;
  if (properties.length > 0) {
    const schema = schemaOfProperties(properties, 'outputs');
    warnOfProperties(properties, 'outputs', warn);
    return schema === null ? null : { ...schema, additionalProperties: false };
  }
  if (isJsonObject(format) && format.type === 'json_object') return {};
  if (isJsonObject(format) && isJsonObject(format.json_schema) && isJsonObject(format.json_schema.schema)) {
    return format.json_schema.schema;
  }
  if (outputs !== undefined && outputs !== null && properties.length === 0) {
    warn('No outputs are named.', { within: 'outputs' });
  }
  return null;
}
