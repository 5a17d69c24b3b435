import { ArrowDown, ArrowUp, Trash2 } from 'lucide-react';
import { Button } from '../../ui/button.tsx';
import { Notice } from '../../ui/notice.tsx';
import { CodeField } from './code/code-field.tsx';
import { type DraftMessage, newMessage } from './draft.ts';

const roles = ['system', 'developer', 'user', 'assistant', 'tool'];

/** The messages of a chat, in their order. */
export function MessagesEditor(props: {
  messages: readonly DraftMessage[];
  fault: string | undefined;
  inputs: readonly string[];
  change: (messages: readonly DraftMessage[]) => void;
}) {
  const { messages, fault, inputs, change } = props;
  const edit = (index: number, changes: Partial<DraftMessage>) =>
    change(messages.map((message, at) => (at === index ? { ...message, ...changes } : message)));
  const move = (index: number, to: number) => {
    const [moved] = messages.slice(index, index + 1);
    if (moved !== undefined) change(messages.toSpliced(index, 1).toSpliced(to, 0, moved));
  };
  return (
    <fieldset className="grid gap-3">
      <legend className="mb-1 text-sm font-semibold">Messages</legend>
      {fault !== undefined && <Notice kind="bad">{fault}</Notice>}
      {messages.map(({ key, role, text, isJson }, index) => {
        const name = `Message ${index + 1}`;
        return (
          <div key={key} className="rounded-xl border border-line bg-card">
            <div className="flex items-center gap-1 border-b border-edge p-1 ps-3">
              {isJson ? (
                <span className="flex-1 text-sm text-quiet">{name}, as JSON</span>
              ) : (
                <span className="flex-1">
                  <select
                    aria-label={`${name}: role`}
                    value={role}
                    onChange={({ target }) => edit(index, { role: target.value })}
                    className="min-h-9 rounded-md bg-card text-sm font-semibold"
                  >
                    {roles.map((one) => (
                      <option key={one}>{one}</option>
                    ))}
                  </select>
                </span>
              )}
              <Button
                look="bare"
                className="px-2"
                aria-label={`${name}: up`}
                disabled={index === 0}
                onClick={() => move(index, index - 1)}
              >
                <ArrowUp aria-hidden size={16} />
              </Button>
              <Button
                look="bare"
                className="px-2"
                aria-label={`${name}: down`}
                disabled={index === messages.length - 1}
                onClick={() => move(index, index + 1)}
              >
                <ArrowDown aria-hidden size={16} />
              </Button>
              <Button
                look="bare"
                className="px-2"
                aria-label={`${name}: remove`}
                disabled={messages.length === 1}
                onClick={() => change(messages.toSpliced(index, 1))}
              >
                <Trash2 aria-hidden size={16} />
              </Button>
            </div>
            {isJson ? (
              <textarea
                aria-label={name}
                dir="auto"
                rows={4}
                spellCheck={false}
                value={text}
                onChange={({ target }) => edit(index, { text: target.value })}
                className="block field-sizing-content max-h-96 w-full rounded-b-xl bg-card px-3 py-2 font-mono text-sm leading-relaxed"
              />
            ) : (
              <CodeField
                label={name}
                isNamedElsewhere
                value={text}
                inputs={inputs}
                change={(next) => edit(index, { text: next })}
              />
            )}
          </div>
        );
      })}
      <Button className="justify-self-start" onClick={() => change([...messages, newMessage('user')])}>
        Add a message
      </Button>
    </fieldset>
  );
}
