import { toValueSync } from 'liquidjs';
import { isJsonObject, type JsonValue } from '../../json-value.ts';
import type { ValueFault } from '../../schema/check.ts';
import { checkInputs } from '../../schema/check-inputs.ts';
import { Budget } from '../engine/budget.ts';
import { engine } from '../engine/engine.ts';
import { BoundedEmitter, RenderContext } from '../engine/render-context.ts';
import type { InputSchema } from '../inputs/infer-inputs.ts';
import { type RenderLimits, renderLimits } from '../limits.ts';
import { type Template, templateErrorOf } from '../parse.ts';
import { findUnplain, type InputValues } from './plain-values.ts';

export interface RenderOptions {
  /** Milliseconds since 1970 that `'now' | date` shows; the time of the call unless given. */
  readonly now?: number;
  /** Where they differ from `renderLimits`. */
  readonly limits?: Partial<RenderLimits>;
}

/** Values that are not what a prompt's inputs must be: every fault of all of them. */
export class InputError extends Error {
  override readonly name = 'InputError';
  readonly faults: readonly ValueFault[];

  constructor(faults: readonly ValueFault[]) {
    super(faults.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; '));
    this.faults = faults;
  }
}

/**
 * The text of a template with these values. Values are put into it as they are: nothing in them is read as a template.
 *
 * @param inputs the schema of the inputs, as `inferInputs` or `mergeInputs` makes it, for strict rendering; `'lenient'`: what is
 * missing is nothing, what is unknown is passed over
 * @throws InputError with every missing, unknown and wrongly typed value, and every one that is no JSON
 * @throws TemplateError where a limit ends it, a filter fails, or what it includes was not linked
 */
export function render(
  template: Template,
  values: InputValues,
  inputs: InputSchema | 'lenient',
  options: RenderOptions = {},
): string {
  return new Rendering(checkedValues(values, inputs), options).text(template);
}

/**
 * The values to render: checked, and with the defaults of the schema for inputs that are not given.
 *
 * @throws InputError with every fault
 */
export function checkedValues(values: InputValues, inputs: InputSchema | 'lenient'): InputValues {
  const unplain = findUnplain(values);
  if (unplain.length > 0) throw new InputError(unplain);
  if (inputs === 'lenient') return values;
  const filled = withDefaults(inputs, values);
  const faults = checkInputs(inputs, filled);
  if (faults.length > 0) throw new InputError(faults);
  return filled;
}

function withDefaults(schema: JsonValue | undefined, values: InputValues): InputValues {
  let filled: Record<string, unknown> | undefined;
  for (const [name, property] of Object.entries(propertiesOf(schema))) {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    let given = value;
    if (value === undefined && isJsonObject(property)) given = property.default;
    else if (isJsonObject(value)) given = withDefaults(property, value);
    if (given === value) continue;
    filled ??= { ...values };
    Object.defineProperty(filled, name, { value: given, enumerable: true, writable: true, configurable: true });
  }
  return filled ?? values;
}

function propertiesOf(schema: JsonValue | undefined): Record<string, JsonValue> {
  const properties = isJsonObject(schema) ? schema.properties : undefined;
  return isJsonObject(properties) ? properties : {};
}

/** One or several texts of one prompt, which share what they may cost. */
export class Rendering {
  readonly #values: InputValues;
  readonly #budget: Budget;
  readonly #now: number;

  constructor(values: InputValues, { now = Date.now(), limits = {} }: RenderOptions) {
    this.#values = values;
    this.#budget = new Budget({ ...renderLimits, ...limits });
    this.#now = now;
  }

  /** @throws TemplateError where a limit ends it, or a filter fails */
  text(template: Template): string {
    const { templates, includes } = template.program;
    const environments: object = Object.assign(Object.create(null), this.#values);
    const inputs = this.#values;
    const scope = { environments, globals: {} };
    const context = new RenderContext(engine, scope, { budget: this.#budget, includes, now: this.#now, inputs });
    const emitter = new BoundedEmitter(this.#budget, true);
    try {
      toValueSync(engine.renderer.renderTemplates(templates, context, emitter));
    } catch (error) {
      throw templateErrorOf(error, template.source);
    }
    return emitter.buffer;
  }
}
