import { X } from 'lucide-react';
import { Button } from '../ui/button.tsx';

/** That a list has only what concerns one thing, and how it has all again. */
export const OnlyOf = ({ what, id, drop }: { what: string; id: string; drop: () => void }) => (
  <span className="inline-flex min-h-11 max-w-full items-center gap-1 rounded-lg bg-accent-soft ps-3 text-sm">
    <span className="min-w-0">
      only {what} <code className="font-mono text-xs wrap-anywhere">{id}</code>
    </span>
    <Button look="icon" aria-label={`Not only ${what} ${id}`} title="All again" onClick={drop}>
      <X aria-hidden size={16} />
    </Button>
  </span>
);
