import { SelectField, TextField } from '../../../ui/field.tsx';
import { CodeField } from '../code/code-field.tsx';
import { type DraftPart, fieldsOf, type PartField, type PartType, withTyped } from './draft-part.ts';

interface FieldsProps {
  readonly part: Extract<DraftPart, { type: PartType }>;
  /** Of the part. */
  readonly name: string;
  readonly inputs: readonly string[];
  faultOf(...field: readonly string[]): string | undefined;
  change(next: (part: DraftPart) => DraftPart): void;
}

/** What a part says, each member by its field. */
export function PartFields({ part, name, inputs, faultOf, change }: FieldsProps) {
  const fields = fieldsOf(part.type);
  const type = (field: string, text: string) =>
    change((now) => (now.type === null ? now : withTyped(now, field, text)));
  const [only] = fields;
  if (fields.length === 1 && only !== undefined) {
    return (
      <CodeField
        label={name}
        isNamedElsewhere
        value={part.typed[only.name] ?? ''}
        fault={faultOf()}
        inputs={inputs}
        change={(text) => type(only.name, text)}
      />
    );
  }
  // A part may have no place in a message of that role.
  const whole = faultOf('type');
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4 p-3">
      {whole !== undefined && <p className="text-sm text-fault">{whole}</p>}
      {fields.map((field) => (
        <Control
          key={field.name}
          field={field}
          name={name}
          value={part.typed[field.name] ?? ''}
          fault={faultOf(field.name)}
          inputs={inputs}
          change={(text) => type(field.name, text)}
        />
      ))}
    </div>
  );
}

interface ControlProps extends Pick<FieldsProps, 'name' | 'inputs'> {
  readonly field: PartField;
  readonly value: string;
  readonly fault: string | undefined;
  change(text: string): void;
}

function Control({ field, name, value, fault, inputs, change }: ControlProps) {
  const { label, kind, isNeeded, choices, hint } = field;
  // Which part it is of is seen; who hears it is told.
  const said = `${name}: ${label}`;
  if (kind === 'template') {
    return <CodeField label={label} name={said} isLow value={value} fault={fault} inputs={inputs} change={change} />;
  }
  const about = { label, hint, fault, required: isNeeded, 'aria-label': said, value };
  const onChange = ({ target }: { target: { value: string } }) => change(target.value);
  if (kind === 'choice') {
    return (
      <SelectField {...about} onChange={onChange}>
        <option value="">Not said</option>
        {choices.map(([choice, shown]) => (
          <option key={choice} value={choice}>
            {shown}
          </option>
        ))}
      </SelectField>
    );
  }
  return (
    <TextField
      {...about}
      dir={kind === 'json' ? 'ltr' : 'auto'}
      rows={kind === 'json' ? 3 : 1}
      spellCheck={false}
      className="max-h-72 font-mono text-sm"
      onChange={onChange}
    />
  );
}
