import { draggedLook } from '../../../ui/arrange/grip.tsx';
import type { Arranged } from '../../../ui/arrange/use-arrange.ts';
import { TextField } from '../../../ui/field.tsx';
import { CodeField } from '../code/code-field.tsx';
import {
  type DraftMessage,
  inParts,
  type MessageOfKind,
  newMessage,
  onlyText,
  roles,
  withForm,
} from './draft-message.ts';
import { ItemHead, JsonArea, SmallButton } from './item-head.tsx';
import { PartsEditor } from './parts-editor.tsx';
import { firstFault, type MessageFaults } from './use-faults-by-key.ts';

interface EntryProps {
  readonly message: DraftMessage;
  readonly index: number;
  readonly isOnly: boolean;
  readonly inputs: readonly string[];
  readonly faults: MessageFaults;
  readonly arranged: Arranged;
  change(next: (message: DraftMessage) => DraftMessage): void;
  remove(): void;
}

/** One message of a chat: who says it, and what. */
export function MessageEntry({ message, index, isOnly, inputs, faults, arranged, change, remove }: EntryProps) {
  const name = `Message ${index + 1}`;
  return (
    <li
      data-item={message.key}
      className={`min-w-0 rounded-xl border border-line bg-card ${arranged.isDragged(index) ? draggedLook : ''}`}
      style={arranged.styleOf(index)}
    >
      <ItemHead name={name} index={index} arranged={arranged} isOnly={isOnly} remove={remove}>
        {'role' in message ? (
          <select
            aria-label={`${name}: role`}
            value={message.role}
            onChange={({ target }) => change((now) => ('role' in now ? { ...now, role: target.value } : now))}
            className="min-h-9 max-w-full rounded-md bg-card text-sm font-semibold"
          >
            {roles.map((role) => (
              <option key={role}>{role}</option>
            ))}
          </select>
        ) : (
          <span className="text-sm text-quiet">
            {message.kind === 'json' ? `${name}, as JSON` : 'A place for messages'}
          </span>
        )}
      </ItemHead>
      <Body message={message} name={name} inputs={inputs} faults={faults} change={change} />
    </li>
  );
}

type BodyProps = Pick<EntryProps, 'message' | 'inputs' | 'faults' | 'change'> & { readonly name: string };
type BodyOf<Kind extends DraftMessage['kind']> = Omit<BodyProps, 'message'> & {
  readonly message: MessageOfKind<Kind>;
};

function Body({ message, ...props }: BodyProps) {
  if (message.kind === 'text') return <TextBody message={message} {...props} />;
  if (message.kind === 'parts') return <PartsBody message={message} {...props} />;
  if (message.kind === 'json') return <JsonBody message={message} {...props} />;
  return <PlaceholderBody message={message} {...props} />;
}

function TextBody({ message, name, inputs, faults, change }: BodyOf<'text'>) {
  return (
    <>
      <CodeField
        label={name}
        isNamedElsewhere
        value={message.text}
        fault={firstFault(faults)}
        inputs={inputs}
        change={(text) => change((now) => (now.kind === 'text' ? { ...now, text } : now))}
      />
      <div className="border-t border-edge px-1">
        <SmallButton
          aria-label={`Add images, files or calls to ${name}`}
          onClick={() => change((now) => (now.kind === 'text' ? inParts(now) : now))}
        >
          Add images, files or calls
        </SmallButton>
      </div>
    </>
  );
}

function PartsBody({ message, ...props }: BodyOf<'parts'>) {
  const { key, role, parts } = message;
  const { name, change } = props;
  const only = onlyText(message);
  return (
    <>
      <PartsEditor
        {...props}
        parts={parts}
        change={(next) => change((now) => (now.kind === 'parts' ? { ...now, parts: next(now.parts) } : now))}
      />
      {only !== null && (
        <div className="border-t border-edge px-1">
          <SmallButton
            aria-label={`Make it one text: ${name}`}
            onClick={() => change(() => ({ ...newMessage(role, only), key }))}
          >
            Make it one text
          </SmallButton>
        </div>
      )}
    </>
  );
}

const PlaceholderBody = ({ message, name, faults, change }: BodyOf<'placeholder'>) => (
  <div className="p-3">
    <TextField
      label="Input"
      aria-label={`${name}: input`}
      hint="What a program gives under this name goes here: a list of messages."
      dir="ltr"
      rows={1}
      spellCheck={false}
      value={message.name}
      fault={firstFault(faults)}
      className="font-mono text-sm"
      onChange={({ target }) => change(() => ({ ...message, name: target.value }))}
    />
  </div>
);

function JsonBody({ message, name, faults, change }: BodyOf<'json'>) {
  const form = withForm(message);
  const fault = firstFault(faults);
  return (
    <>
      <JsonArea name={name} value={message.json} change={(json) => change(() => ({ ...message, json }))} />
      {fault !== undefined && <p className="px-3 pb-2 text-sm text-fault">{fault}</p>}
      {form.kind !== 'json' && (
        <div className="border-t border-edge px-1">
          <SmallButton aria-label={`Show it as a form: ${name}`} onClick={() => change(() => form)}>
            Show it as a form
          </SmallButton>
        </div>
      )}
    </>
  );
}
