import { X } from 'lucide-react';
import { type ReactNode, useLayoutEffect, useRef } from 'react';
import { Button } from './button.tsx';

/**
 * A dialog of the browser's own: it keeps the focus, ends with Escape and gives the focus back, without a style in the page, which
 * the policy would refuse.
 */
export function Dialog(props: {
  title: string;
  close: () => void;
  isWide?: boolean;
  isForm?: boolean;
  children: ReactNode;
}) {
  const { title, close, isWide = false, isForm = false, children } = props;
  const ref = useRef<HTMLDialogElement>(null);
  // While it is still in the page, as it goes: one that was taken out gives no focus back.
  useLayoutEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    // What is typed into comes first; else the browser takes the button that closes it.
    dialog?.querySelector<HTMLElement>('input, select, textarea')?.focus();
    return () => {
      dialog?.close();
      // A key has opened it, with the focus nowhere.
      if (document.activeElement === document.body) document.getElementById('main')?.focus({ preventScroll: true });
    };
  }, []);
  return (
    <dialog
      ref={ref}
      aria-label={title}
      // Told late: it may be open again by then.
      onClose={() => ref.current?.open !== true && close()}
      // Beside it, which the dialog itself hears of; not where that would lose what was typed.
      onMouseDown={(event) => !isForm && event.target === ref.current && close()}
      className={`mx-auto rounded-xl border border-edge bg-card p-0 text-text shadow-xl ${isWide ? 'mt-[5vh] w-[min(56rem,calc(100vw-1rem))]' : 'mt-[12vh] w-[min(36rem,calc(100vw-2rem))]'}`}
    >
      <div className={`flex flex-col ${isWide ? 'max-h-[90dvh]' : 'max-h-[70vh]'}`}>
        <header className="flex items-center justify-between gap-4 border-b border-edge px-4 py-2">
          <h2 className="font-semibold">{title}</h2>
          <Button look="bare" aria-label="Close" className="px-2" onClick={close}>
            <X aria-hidden size={18} />
          </Button>
        </header>
        <div className="overflow-auto">{children}</div>
      </div>
    </dialog>
  );
}
