import { useState } from 'react';
import { TextField } from '../../ui/field.tsx';
import type { Draft } from './draft.ts';

type DocumentName = 'inputSchema' | 'outputSchema' | 'config';

const about: Readonly<Record<DocumentName, { readonly label: string; readonly hint: string; readonly like: string }>> =
  {
    inputSchema: {
      label: 'Declared inputs',
      hint: 'A JSON Schema. What the text reads is known without it; this says more of it: types, choices, defaults.',
      like: '{"properties": {"tone": {"enum": ["warm", "short"], "default": "warm"}}}',
    },
    outputSchema: {
      label: 'Declared answer',
      hint: 'A JSON Schema of what a model answers. Nothing is text.',
      like: '{"type": "object", "properties": {"urgency": {"type": "integer"}}}',
    },
    config: {
      label: 'Config',
      hint: 'What a program asks a model with, as JSON: its name, temperature, tools.',
      like: '{"model": "gpt-5", "temperature": 0.2}',
    },
  };

const names: readonly DocumentName[] = ['inputSchema', 'outputSchema', 'config'];

/** What a version declares beside its text, as JSON. Shown where it says something, or somebody asks for it. */
export function DocumentsFields(props: {
  draft: Draft;
  faultOf(name: DocumentName): string | undefined;
  change(changes: Partial<Draft>): void;
}) {
  const { draft, faultOf, change } = props;
  const [isOpen, setOpen] = useState(() => names.some((name) => draft[name] !== ''));
  const isWrong = names.some((name) => faultOf(name) !== undefined);
  return (
    <details
      open={isOpen || isWrong}
      onToggle={({ currentTarget }) => setOpen(currentTarget.open)}
      className="rounded-xl border border-edge bg-card px-4 py-3"
    >
      <summary className="font-semibold">Inputs, answer and config</summary>
      <div className="mt-3 grid gap-5">
        {names.map((name) => (
          <TextField
            key={name}
            label={about[name].label}
            hint={about[name].hint}
            placeholder={about[name].like}
            required={false}
            dir="ltr"
            rows={3}
            spellCheck={false}
            value={draft[name]}
            fault={faultOf(name)}
            className="max-h-96 font-mono text-sm"
            onChange={({ target }) => change({ [name]: target.value })}
          />
        ))}
      </div>
    </details>
  );
}
