import type { ComponentProps, MouseEvent } from 'react';

const shape =
  'inline-flex items-center justify-center gap-2 rounded-lg border text-sm font-semibold whitespace-nowrap min-h-10 px-3.5 py-1.5 no-underline aria-disabled:cursor-default aria-disabled:opacity-60';

const looks = {
  first: `${shape} border-accent bg-accent text-on-accent hover:brightness-110`,
  danger: `${shape} border-fault bg-fault-soft text-fault hover:brightness-95`,
  quiet: `${shape} border-edge bg-card text-text hover:bg-hover`,
  bare: `${shape} border-transparent text-quiet hover:bg-hover hover:text-text`,
  icon: 'inline-grid size-10 shrink-0 place-items-center rounded-lg text-quiet hover:bg-hover hover:text-text aria-disabled:opacity-60 aria-pressed:text-accent',
} as const;

export type ButtonLook = keyof typeof looks;

/** Classes of a link that is to look like a button. */
export const buttonLook = (look: ButtonLook): string => looks[look];

const stop = (event: MouseEvent) => event.preventDefault();

/** One that is disabled does nothing and keeps the focus: the browser would take it away, and with it somebody's place in the page. */
export function Button({
  look = 'quiet',
  className = '',
  disabled = false,
  onClick,
  ...props
}: ComponentProps<'button'> & { look?: ButtonLook }) {
  return (
    <button
      type="button"
      {...props}
      aria-disabled={disabled || undefined}
      onClick={disabled ? stop : onClick}
      className={`${looks[look]} ${className}`}
    />
  );
}
