import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { addresses } from '../addresses.ts';
import { queryClient } from '../data/promptory.ts';
import { moveToTrash } from '../library/trash/calls.ts';
import { Button } from '../ui/button.tsx';
import { Confirm } from '../ui/confirm.tsx';
import { wordsOf } from '../ui/failure.tsx';
import { toasts } from '../ui/toasts.ts';
import type { CurrentPrompt } from './calls.ts';
import { labelsOf } from './labels/calls.ts';

/** Puts a prompt into the trash, which can be undone; asks first where programs fetch it by a label. */
export function DeleteButton({ prompt }: { prompt: CurrentPrompt }) {
  const [labels, setLabels] = useState<readonly string[]>([]);
  const [isPending, setPending] = useState(false);
  const [, navigate] = useLocation();
  const remove = async () => {
    setPending(true);
    if (!(await moveToTrash(prompt, () => navigate(addresses.library)))) setPending(false);
  };
  const begin = async () => {
    try {
      const { items } = await queryClient.fetchQuery(labelsOf(prompt.id));
      const held = items.filter(({ version }) => version !== null).map(({ label }) => label);
      if (held.length === 0) await remove();
      else setLabels(held);
    } catch (error) {
      toasts.show({ text: wordsOf(error), isBad: true });
    }
  };
  return (
    <>
      <Button look="icon" aria-label="Delete" title="Delete" disabled={isPending} onClick={() => void begin()}>
        <Trash2 aria-hidden size={18} />
      </Button>
      {labels.length > 0 && (
        <Confirm
          title="Delete"
          does="Put it into the trash"
          isPending={isPending}
          confirm={() => void remove()}
          close={() => setLabels([])}
        >
          <p>
            Programs fetch this prompt by a label: <span className="font-semibold">{labels.join(', ')}</span>. They are
            refused as soon as it is in the trash. It can be restored, labels and all, for 30 days.
          </p>
        </Confirm>
      )}
    </>
  );
}
