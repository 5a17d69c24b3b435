import { X } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { Button } from '../ui/button.tsx';
import { Typed } from '../ui/page.tsx';
import { type Toast, toasts } from '../ui/toasts.ts';

// What can be taken back stays for long enough to be read, thought about and reached by keyboard.
const STAYS_MS = 8_000;
const STAYS_WITH_ACT_MS = 20_000;

export const ToastList = ({ shown }: { shown: readonly Toast[] }) =>
  shown.map((toast, index) => <Shown key={toast.id} toast={toast} isNewest={index === 0} />);

function Shown({ toast, isNewest }: { toast: Toast; isNewest: boolean }) {
  const { id, text, isBad, act } = toast;
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const leaveUnlessHeld = () => {
      // While somebody is at it, it stays.
      if (ref.current?.matches(':hover, :focus-within') !== true) toasts.drop(id);
    };
    const timer = setInterval(leaveUnlessHeld, act === undefined ? STAYS_MS : STAYS_WITH_ACT_MS);
    return () => clearInterval(timer);
  }, [id, act]);
  const leave = () => {
    // By the key `u` it is pressed from afar: then the focus stays where it is.
    const hasFocus = ref.current?.contains(document.activeElement) === true;
    toasts.drop(id);
    if (hasFocus) document.getElementById('main')?.focus({ preventScroll: true });
  };
  return (
    <div
      ref={ref}
      className={`pointer-events-auto flex items-center gap-2 rounded-xl border py-1.5 ps-4 pe-1.5 text-sm shadow-lg ${isBad === true ? 'border-fault bg-fault-soft text-fault' : 'border-line bg-card'}`}
    >
      <p className="max-h-24 min-w-0 flex-1 overflow-hidden py-1">
        <Typed>{text}</Typed>
      </p>
      {act !== undefined && (
        <Button
          aria-keyshortcuts={isNewest ? 'u' : undefined}
          onClick={() => {
            leave();
            act.run();
          }}
        >
          {act.name}
        </Button>
      )}
      <Button look="icon" aria-label="Close the message" onClick={leave}>
        <X aria-hidden size={16} />
      </Button>
    </div>
  );
}
