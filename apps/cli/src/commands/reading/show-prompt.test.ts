import { expect, it } from 'vitest';
import { bodyText, type ChatMessage } from './show-prompt.ts';

it('shows a text as it is, and messages below each other, each with its role', () => {
  expect(bodyText('Hi {{ name }}', null)).toBe('Hi {{ name }}');
  expect(bodyText('', [])).toBe('');
  const messages: ChatMessage[] = [
    { role: 'system', content: 'Be kind.' },
    { type: 'placeholder', name: 'history' },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'Look:' },
        { type: 'image', url: 'https://x.test/1.png', detail: 'low' },
      ],
    },
  ];
  expect(bodyText('not shown', messages)).toBe(
    '[system]\nBe kind.\n\n[messages: history]\n\n[user]\nLook:\n(image) {"url":"https://x.test/1.png","detail":"low"}',
  );
});
