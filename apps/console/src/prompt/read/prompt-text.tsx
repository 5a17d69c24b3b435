import type { ChatMessage } from '@promptory/client';
import { LongText } from './long-text.tsx';
import { PartText } from './part-text.tsx';

/** A text as it is written, or the messages of a chat, one below the other. */
export function PromptText({ content, messages }: { content: string; messages: readonly ChatMessage[] | null }) {
  if (messages === null) {
    return (
      <div className="rounded-xl border border-edge bg-card">
        <LongText text={content} className="p-4" />
      </div>
    );
  }
  return (
    <ol aria-label="Messages" className="grid gap-3">
      {messages.map((message, index) => (
        // Messages have no name but their place.
        // biome-ignore lint/suspicious/noArrayIndexKey: see above
        <li key={index} className="overflow-hidden rounded-xl border border-edge bg-card">
          <p className="px-4 py-1.5 text-xs font-semibold text-quiet not-last:border-b not-last:border-edge">
            {'role' in message ? message.role : `messages of the input ${message.name}`}
          </p>
          {'content' in message && <Content content={message.content} />}
        </li>
      ))}
    </ol>
  );
}

function Content({ content }: { content: Extract<ChatMessage, { role: string }>['content'] }) {
  if (typeof content === 'string') return <LongText text={content} className="p-4" />;
  return (
    <ol aria-label="Parts" className="divide-y divide-edge">
      {content.map((part, index) => (
        // Parts have no name but their place.
        // biome-ignore lint/suspicious/noArrayIndexKey: see above
        <li key={index} className="px-4 py-3">
          <PartText part={part} />
        </li>
      ))}
    </ol>
  );
}
