import type { ChatMessage } from '@promptory/client';
import { useDeferredValue, useState } from 'react';
import { Notice } from '../../ui/notice.tsx';
import { PromptText } from '../read/prompt-text.tsx';
import { type InputSchema, inputFields, type TypedInputs, valuesOf } from './input-fields.ts';
import { InputForm } from './input-form.tsx';
import { renderPrompt } from './render-prompt.ts';

interface Text {
  readonly content: string;
  readonly messages: readonly ChatMessage[] | null;
}

/** A form for what the prompt takes, and beside it what it says with that, by the engine that the server has too. */
export function TryOut({ text, inputs }: { text: Text; inputs: InputSchema }) {
  const fields = inputFields(inputs);
  const [typed, setTyped] = useState<TypedInputs>({});
  // Typing comes first: a long prompt is rendered once there is time.
  const { values, faults } = valuesOf(fields, useDeferredValue(typed));
  const rendered = renderPrompt(text, values, inputs);
  const faultOf = (name: string): string | undefined =>
    typed[name] === undefined ? undefined : (faults.get(name) ?? rendered.faults?.get(name));
  return (
    <section aria-label="Try it out" className="grid min-w-0 gap-4 xl:sticky xl:top-4">
      {fields.length > 0 && (
        <div className="rounded-xl border border-edge bg-card p-4">
          <h2 className="mb-3 font-semibold">Inputs</h2>
          <InputForm
            fields={fields}
            typed={typed}
            faultOf={faultOf}
            change={(name, value) => setTyped((before) => ({ ...before, [name]: value }))}
          />
        </div>
      )}
      <div>
        <h2 className="mb-2 font-semibold">What it says</h2>
        <div aria-live="polite">
          {rendered.said === null ? (
            <Notice>{rendered.why}</Notice>
          ) : (
            <PromptText content={rendered.said.content} messages={rendered.said.messages} />
          )}
        </div>
      </div>
    </section>
  );
}
