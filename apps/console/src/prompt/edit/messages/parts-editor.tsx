import { Plus } from 'lucide-react';
import { draggedLook, SaidMove } from '../../../ui/arrange/grip.tsx';
import type { Arranged } from '../../../ui/arrange/use-arrange.ts';
import { Notice } from '../../../ui/notice.tsx';
import { type DraftPart, newPart, partForm, partForms, partTypes } from './draft-part.ts';
import { ItemHead, JsonArea, SmallButton } from './item-head.tsx';
import { PartFields } from './part-fields.tsx';
import { faultAt, type MessageFaults } from './use-faults-by-key.ts';
import { useItems } from './use-items.ts';

interface PartsProps {
  /** Of the message. */
  readonly name: string;
  readonly parts: readonly DraftPart[];
  readonly inputs: readonly string[];
  readonly faults: MessageFaults;
  change(next: (parts: readonly DraftPart[]) => readonly DraftPart[]): void;
}

/** The parts of a message, in the order that people give them, and what may be added. */
export function PartsEditor({ name, parts, inputs, faults, change }: PartsProps) {
  const { arranged, add, edit, remove } = useItems({
    items: parts,
    nameOf: (_, index) => `${name}, part ${index + 1}`,
    change,
  });
  const [, whole] = Object.entries(faults).find(([path]) => !path.startsWith('content.')) ?? [];
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-3 p-2 sm:p-3">
      <SaidMove>{arranged.said}</SaidMove>
      {whole !== undefined && <Notice kind="bad">{whole}</Notice>}
      <ol ref={arranged.list} aria-label={`Parts of ${name}`} className="grid grid-cols-[minmax(0,1fr)] gap-3">
        {parts.map((part, index) => (
          <PartEntry
            key={part.key}
            part={part}
            index={index}
            name={`${name}, part ${index + 1}`}
            isOnly={parts.length === 1}
            inputs={inputs}
            faultOf={(...field) => faultAt(faults, [`content.${part.key}`, ...field].join('.'))}
            arranged={arranged}
            change={(next) => edit(part.key, next)}
            remove={() => remove(index)}
          />
        ))}
      </ol>
      <fieldset className="flex flex-wrap items-center gap-x-1">
        <legend className="sr-only">Add a part to {name}</legend>
        {partTypes.map((type) => (
          <SmallButton key={type} onClick={() => add(newPart(type))}>
            <Plus aria-hidden size={14} />
            {partForms[type].title}
          </SmallButton>
        ))}
      </fieldset>
    </div>
  );
}

interface PartProps {
  readonly part: DraftPart;
  readonly index: number;
  readonly name: string;
  readonly isOnly: boolean;
  readonly inputs: readonly string[];
  /** Of a field of it, or of it as a whole. */
  faultOf(...field: readonly string[]): string | undefined;
  readonly arranged: Arranged;
  change(next: (part: DraftPart) => DraftPart): void;
  remove(): void;
}

function PartEntry({ part, index, name, isOnly, inputs, faultOf, arranged, change, remove }: PartProps) {
  return (
    <li
      data-item={part.key}
      className={`min-w-0 rounded-xl border border-edge bg-card ${arranged.isDragged(index) ? draggedLook : ''}`}
      style={arranged.styleOf(index)}
    >
      <ItemHead name={name} index={index} arranged={arranged} isOnly={isOnly} remove={remove}>
        <span className="text-sm font-semibold">{part.type === null ? 'As JSON' : partForms[part.type].title}</span>
      </ItemHead>
      {part.type === null ? (
        <JsonPart part={part} name={name} fault={faultOf()} change={change} />
      ) : (
        <PartFields part={part} name={name} inputs={inputs} faultOf={faultOf} change={change} />
      )}
    </li>
  );
}

type JsonPartOf = Extract<DraftPart, { type: null }>;

function JsonPart({
  part,
  name,
  fault,
  change,
}: Pick<PartProps, 'name' | 'change'> & { part: JsonPartOf; fault: string | undefined }) {
  const form = partForm(part);
  return (
    <>
      <JsonArea name={name} value={part.json} change={(json) => change(() => ({ ...part, json }))} />
      {fault !== undefined && <p className="px-3 pb-2 text-sm text-fault">{fault}</p>}
      {form.type !== null && (
        <SmallButton aria-label={`Show it as a form: ${name}`} onClick={() => change(() => form)}>
          Show it as a form
        </SmallButton>
      )}
    </>
  );
}
