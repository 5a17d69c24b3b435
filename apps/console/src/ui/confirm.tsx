import type { ReactNode } from 'react';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';

interface ConfirmProps {
  readonly title: string;
  /** What the button does, in a word or two. */
  readonly does: string;
  readonly isPending?: boolean;
  confirm(): void;
  close(): void;
  readonly children: ReactNode;
}

/** Asks before what nobody can take back. */
export const Confirm = ({ title, does, isPending = false, confirm, close, children }: ConfirmProps) => (
  <Dialog title={title} close={close}>
    <div className="grid gap-3 p-4">{children}</div>
    <div className="flex flex-wrap justify-end gap-2 border-t border-edge px-4 py-3">
      <Button onClick={close}>Cancel</Button>
      <Button look="danger" disabled={isPending} onClick={confirm}>
        {does}
      </Button>
    </div>
  </Dialog>
);
