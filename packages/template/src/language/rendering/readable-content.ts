type Part = Readonly<Record<string, unknown>>;

/** A message as it is written or as it was sent: whatever has a role and a content, or stands for the caller's own messages. */
type ReadableMessage =
  | { readonly role: string; readonly content: string | readonly Part[] }
  | { readonly type: 'placeholder'; readonly name: string };

/** A chat as text to read, to search and to compare: each turn under its role, a placeholder by its name in brackets. */
export const readableContent = (messages: readonly ReadableMessage[]): string =>
  messages
    .map((message) => ('role' in message ? `${message.role}:\n${readableTurn(message.content)}` : `[${message.name}]`))
    .join('\n\n');

const readableTurn = (content: string | readonly Part[]): string =>
  typeof content === 'string' ? content : content.map(readablePart).join('\n');

/** Never longer than the part is as JSON, so that a content has the bounds of its messages. */
function readablePart({ type, ...part }: Part): string {
  switch (type) {
    case 'text':
      return String(part.text);
    case 'tool_call':
      return `${part.name}(${JSON.stringify(part.arguments)})`;
    case 'tool_result':
      return String(part.content);
    case 'file':
      return `[file ${part.name ?? part.url}]`;
    default:
      return `[${type} ${part.url}]`;
  }
}
