import {
  checkPlaceholders,
  InputError,
  type InputValues,
  type Message,
  render,
  renderMessages,
  type ValueFault,
} from '@promptory/template';
import { faultOf, type ReadVersion, readVersion, type SignatureFault, type Source } from './read-version.ts';

/** How a version is to be rendered. */
export interface Rendering {
  readonly inputs: InputValues;
  /** What is missing is nothing, and what is unknown is passed over. */
  readonly lenient: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Text for a text prompt, messages for a chat. */
export type RenderResult =
  | { readonly ok: true; readonly text: string | null; readonly messages: readonly Message[] | null }
  | { readonly ok: false; readonly faults: readonly ValueFault[] }
  | { readonly ok: false; readonly fault: SignatureFault };

/** UTF-16 units: so many that their JSON is an answer, unless they are control characters. */
const OUTPUT_LENGTH = 400_000;

/** A version that was not read yet, as `renderRead` does. May take the processor for as long as both. */
export function renderVersion(source: Source, rendering: Rendering): RenderResult {
  const read = readVersion(source);
  return read.ok ? renderRead(read, rendering) : read;
}

/**
 * Puts values into a version. Never throws: wrong values are `faults`, and what is wrong with the text, or ends its work, a
 * `fault`.
 * @param work units that it may take: see `renderLimits`
 */
export function renderRead(read: ReadVersion, { inputs, lenient, now }: Rendering, work?: number): RenderResult {
  const { template } = read;
  const schema = lenient ? 'lenient' : read.inputs;
  const options = { now, limits: { outputLength: OUTPUT_LENGTH, ...(work === undefined ? {} : { work }) } };
  try {
    if (!('placeholders' in template)) {
      return { ok: true, text: render(template, inputs, schema, options), messages: null };
    }
    // What goes to a model is a list of messages, also where all else is taken as it comes.
    const faults = lenient ? checkPlaceholders(template, inputs) : [];
    if (faults.length > 0) return { ok: false, faults };
    return { ok: true, text: null, messages: renderMessages(template, inputs, schema, options) };
  } catch (error) {
    return error instanceof InputError ? { ok: false, faults: error.faults } : { ok: false, fault: faultOf(error) };
  }
}
