import { Button } from './button.tsx';

interface ActionsProps {
  /** What sending the form does. */
  readonly does: string;
  readonly isDisabled?: boolean;
  /** Stays in sight at the end of a dialog that is longer than the screen. */
  readonly isSticky?: boolean;
  close(): void;
}

/** The end of a form in a dialog: to leave it, and to send it. */
export const FormActions = ({ does, isDisabled = false, isSticky = false, close }: ActionsProps) => (
  <div
    className={`flex flex-wrap justify-end gap-2 ${isSticky ? 'sticky bottom-0 -mx-4 -mb-4 border-t border-edge bg-card px-4 py-3' : ''}`}
  >
    <Button onClick={close}>Cancel</Button>
    <Button type="submit" look="first" disabled={isDisabled}>
      {does}
    </Button>
  </div>
);
