import { CopyPlus } from 'lucide-react';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { useSearch } from 'wouter/use-browser-location';
import { editAt, promptAt } from '../addresses.ts';
import { moveToTrash } from '../library/trash/calls.ts';
import { Button } from '../ui/button.tsx';
import { wordsOf } from '../ui/failure.tsx';
import { toasts } from '../ui/toasts.ts';
import { type CurrentPrompt, duplicate } from './calls.ts';
import { readVersion } from './read/read-version.ts';

/** Makes a prompt of one's own from the version that is read, which is what a template is for. */
export function DuplicateButton({ prompt }: { prompt: CurrentPrompt }) {
  const { id, isTemplate } = prompt;
  const version = readVersion(useSearch());
  const [isPending, setPending] = useState(false);
  const [, navigate] = useLocation();
  const copy = async () => {
    setPending(true);
    try {
      const made = await duplicate(id, version);
      navigate(editAt(made.id));
      const undo = () => void moveToTrash(made, () => navigate(promptAt(id)));
      toasts.show({ text: `“${made.title}” is a prompt of yours now`, act: { name: 'Undo', run: undo } });
    } catch (error) {
      toasts.show({ text: wordsOf(error), isBad: true });
      setPending(false);
    }
  };
  const act = { disabled: isPending, onClick: () => void copy() };
  if (isTemplate) return <Button {...act}>Use this template</Button>;
  return (
    <Button look="icon" aria-label="Make a copy" title="Make a copy" {...act}>
      <CopyPlus aria-hidden size={18} />
    </Button>
  );
}
