import { expect, it } from 'vitest';
import { readableContent } from './readable-content.ts';

it('reads a chat part by part, and is never longer than it', () => {
  const messages = [
    { role: 'developer', content: 'Be {{ tone }}.' },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'What is this?' },
        { type: 'image', url: '{{ photo }}', detail: 'low' },
        { type: 'audio', url: 'https://example.com/a.mp3', mediaType: 'audio/mpeg' },
        { type: 'file', url: '{{ report }}', name: 'report.pdf' },
      ],
    },
    { role: 'assistant', content: [{ type: 'tool_call', id: '1', name: 'look_up', arguments: { id: '{{ id }}' } }] },
    { role: 'tool', content: [{ type: 'tool_result', id: '1', content: 'A cat', isError: false }] },
    { type: 'placeholder' as const, name: 'history' },
  ];
  const content = readableContent(messages);
  expect(content).toBe(
    [
      'developer:\nBe {{ tone }}.',
      'user:\nWhat is this?\n[image {{ photo }}]\n[audio https://example.com/a.mp3]\n[file report.pdf]',
      'assistant:\nlook_up({"id":"{{ id }}"})',
      'tool:\nA cat',
      '[history]',
    ].join('\n\n'),
  );
  expect(content.length).toBeLessThan(JSON.stringify(messages).length);
});
