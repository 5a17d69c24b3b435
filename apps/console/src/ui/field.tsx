import { type ComponentProps, type ReactNode, useId } from 'react';

const box =
  'block w-full rounded-lg border border-line bg-card px-3 py-2 text-text placeholder:text-quiet aria-invalid:border-fault';

interface Around {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly fault?: string | undefined;
  readonly required?: boolean | undefined;
}

/** What stands around a control: its label, a hint, and what is wrong with it. */
function around(id: string, { label, hint, fault, required }: Around, control: ReactNode) {
  return (
    <div className="min-w-0">
      <label htmlFor={id} className="mb-1 block text-sm font-semibold wrap-anywhere">
        {label}
        {required === false && <span className="font-normal text-quiet"> · optional</span>}
      </label>
      {hint !== undefined && (
        <p id={`${id}-hint`} className="mb-1.5 text-sm text-quiet wrap-anywhere">
          {hint}
        </p>
      )}
      {control}
      {fault !== undefined && (
        <p id={`${id}-fault`} className="mt-1 text-sm text-fault wrap-anywhere">
          {fault}
        </p>
      )}
    </div>
  );
}

const described = (id: string, { hint, fault }: Around) => ({
  'aria-invalid': fault === undefined ? undefined : true,
  'aria-describedby':
    [hint !== undefined && `${id}-hint`, fault !== undefined && `${id}-fault`].filter(Boolean).join(' ') || undefined,
});

export function Field({ label, hint, fault, required, ...props }: Around & ComponentProps<'input'>) {
  const id = useId();
  const about = { label, hint, fault, required };
  const isNeeded = required ?? props.type !== 'search';
  return around(
    id,
    about,
    <input id={id} {...props} required={isNeeded} {...described(id, about)} className={`${box} min-h-11`} />,
  );
}

export function TextField({
  label,
  hint,
  fault,
  required,
  className = '',
  ...props
}: Around & ComponentProps<'textarea'>) {
  const id = useId();
  const about = { label, hint, fault, required };
  return around(
    id,
    about,
    <textarea id={id} {...props} {...described(id, about)} className={`${box} field-sizing-content ${className}`} />,
  );
}

export function SelectField({ label, hint, fault, required, ...props }: Around & ComponentProps<'select'>) {
  const id = useId();
  const about = { label, hint, fault, required };
  return around(id, about, <select id={id} {...props} {...described(id, about)} className={`${box} min-h-11`} />);
}
