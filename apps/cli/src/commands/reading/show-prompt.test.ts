import { expect, it } from 'vitest';
import { bodyText, type ChatMessage } from './show-prompt.ts';

it('is the text of a prompt, or its messages under their roles, with what is no text as JSON', () => {
  expect(bodyText('Sort {{ it }}', null)).toBe('Sort {{ it }}');
  expect(bodyText('as it reads', [])).toBe('');
  const messages = [
    { role: 'system', content: 'Be kind.' },
    { type: 'placeholder', name: 'history' },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'See:' },
        { type: 'image', url: 'https://example.org/a.png', detail: 'low' },
      ],
    },
  ] as ChatMessage[];
  expect(bodyText('as it reads', messages)).toBe(
    '[system]\nBe kind.\n\n[messages: history]\n\n[user]\nSee:\n(image) {"url":"https://example.org/a.png","detail":"low"}',
  );
});
