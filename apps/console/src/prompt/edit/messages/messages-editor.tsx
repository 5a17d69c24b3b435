import { SaidMove } from '../../../ui/arrange/grip.tsx';
import { Button } from '../../../ui/button.tsx';
import { Notice } from '../../../ui/notice.tsx';
import { type DraftMessage, newMessage, newPlaceholder } from './draft-message.ts';
import { HOW_TO_MOVE } from './item-head.tsx';
import { MessageEntry } from './message-entry.tsx';
import { useFaultsByKey } from './use-faults-by-key.ts';
import { useItems } from './use-items.ts';

interface MessagesProps {
  readonly messages: readonly DraftMessage[];
  /** Why they were refused when they were saved last. */
  readonly error: unknown;
  readonly inputs: readonly string[];
  change(next: (messages: readonly DraftMessage[]) => readonly DraftMessage[]): void;
}

/** The messages of a chat, in the order that people give them. */
export function MessagesEditor({ messages, error, inputs, change }: MessagesProps) {
  const { faultsOf, others } = useFaultsByKey(error, messages);
  const { arranged, add, edit, remove } = useItems({
    items: messages,
    nameOf: (_, index) => `Message ${index + 1}`,
    change,
  });
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1 text-sm font-semibold">Messages</legend>
      <SaidMove>{arranged.said}</SaidMove>
      <p id={HOW_TO_MOVE} className="mb-2 text-sm text-quiet">
        Drag them by their handles, or move them with the arrow keys there.
      </p>
      {others !== undefined && (
        <div className="mb-3">
          <Notice kind="bad">{others}</Notice>
        </div>
      )}
      <ol ref={arranged.list} aria-label="Messages" className="grid grid-cols-[minmax(0,1fr)] gap-3">
        {messages.map((message, index) => (
          <MessageEntry
            key={message.key}
            message={message}
            index={index}
            isOnly={messages.length === 1}
            inputs={inputs}
            faults={faultsOf(message.key)}
            arranged={arranged}
            change={(next) => edit(message.key, next)}
            remove={() => remove(index)}
          />
        ))}
      </ol>
      <div className="mt-3 flex flex-wrap gap-2">
        <Button onClick={() => add(newMessage('user'))}>Add a message</Button>
        <Button onClick={() => add(newPlaceholder())}>Add a place for messages</Button>
      </div>
    </fieldset>
  );
}
