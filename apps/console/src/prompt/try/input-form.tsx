import { Field, SelectField, TextField } from '../../ui/field.tsx';
import type { InputField, TypedInputs } from './input-fields.ts';

interface FormProps {
  readonly fields: readonly InputField[];
  readonly typed: TypedInputs;
  faultOf(name: string): string | undefined;
  change(name: string, value: string): void;
}

export const InputForm = ({ fields, ...form }: FormProps) => (
  <div className="grid gap-4">
    {fields.map((field) => (
      <InputControl key={field.name} field={field} {...form} />
    ))}
  </div>
);

function InputControl({ field, typed, faultOf, change }: Omit<FormProps, 'fields'> & { field: InputField }) {
  const { name, kind, isRequired, description, choices, standard } = field;
  const value = (Object.hasOwn(typed, name) ? typed[name] : undefined) ?? '';
  const about = { label: name, hint: description, required: isRequired, fault: faultOf(name), value };
  const onChange = ({ target }: { target: { value: string } }) => change(name, target.value);
  if (kind === 'choice' || kind === 'switch') {
    const options = kind === 'switch' ? ['true', 'false'] : choices;
    return (
      <SelectField {...about} onChange={onChange}>
        <option value="">{standard === undefined ? 'Not given' : `Not given: ${standard}`}</option>
        {options.map((option) => (
          <option key={option} value={option}>
            {kind === 'switch' ? (option === 'true' ? 'Yes' : 'No') : option}
          </option>
        ))}
      </SelectField>
    );
  }
  if (kind === 'number') return <Field {...about} inputMode="decimal" placeholder={standard} onChange={onChange} />;
  return (
    <TextField
      {...about}
      dir="auto"
      rows={kind === 'json' ? 3 : 1}
      placeholder={standard}
      className={`max-h-72 ${kind === 'json' ? 'font-mono text-sm' : ''}`}
      onChange={onChange}
    />
  );
}
