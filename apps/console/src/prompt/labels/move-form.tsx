import { Field } from '../../ui/field.tsx';

/** What is sent of a reason: none where nothing is typed. */
export const sentReason = (typed: string): { reason?: string } => (typed.trim() === '' ? {} : { reason: typed.trim() });

interface FieldProps<Value> {
  readonly value: Value;
  write(value: Value): void;
}

/** @param does what is done although programs break, such as `Move it` */
export const AcceptBreaking = ({ does, value, write }: FieldProps<boolean> & { does: string }) => (
  <label className="flex items-start gap-2.5 text-sm">
    <input
      type="checkbox"
      className="mt-0.5 size-5 shrink-0"
      required
      checked={value}
      onChange={({ target }) => write(target.checked)}
    />
    {does} although that breaks them. The reason below stays in the history.
  </label>
);

export const ReasonField = ({
  hint,
  isNeeded,
  value,
  write,
}: FieldProps<string> & { hint: string; isNeeded: boolean }) => (
  <Field
    label="Reason"
    hint={hint}
    dir="auto"
    maxLength={500}
    required={isNeeded}
    value={value}
    onChange={({ target }) => write(target.value)}
  />
);
