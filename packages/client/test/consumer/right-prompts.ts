import {
  type FetchedPrompt,
  type PromptHandle,
  type PromptTypes,
  type RenderedPrompt,
  unlisted,
} from '@promptory/client';
import { toMessage } from '@promptory/client/anthropic';
import { openBundle } from '@promptory/client/bundle';
import { toChatCompletion } from '@promptory/client/openai';
import type { SupportTriage } from './prompt-types.ts';
import { promptory } from './right.ts';

const triage: PromptHandle<SupportTriage.Inputs, SupportTriage.Output> = promptory.prompt('support/triage', {
  fallback: { content: 'How urgent, from 1 to 3: {{ ticket }}' },
});
const all: keyof PromptTypes = 'support/triage@staging';

export async function ask(ticket: string, model: (prompt: RenderedPrompt) => Promise<string>): Promise<1 | 2 | 3> {
  const rendered = await triage.render(
    { ticket, customer: { name: 'Ann', tier: 'free' } },
    { signal: AbortSignal.timeout(1000) },
  );
  const { urgency, reply } = rendered.parse(await model(rendered));
  const text: string = (await promptory.prompt('hello').parse(reply ?? '')).trim();
  const hello: RenderedPrompt<string> = await promptory.prompt('hello').render();
  const partly = await promptory.prompt(all, { lenient: true }).render({ ticket });
  const computed: unknown = (await promptory.prompt(unlisted(`${text}/x`)).render({ anything: hello.text })).parse('');
  const source: FetchedPrompt = await triage.get();
  return partly.text === source.content || computed === undefined ? 1 : urgency;
}

export async function requests(bundle: string): Promise<string[]> {
  const rendered = await triage.render({ ticket: '', customer: { name: 'Ann' } });
  const { max_tokens, model } = toMessage(rendered, { max_tokens: 5 });
  const opened = await openBundle(bundle, { keys: [] });
  return [toChatCompletion(rendered).model, `${model} ${max_tokens}`, opened.find('hello')?.content ?? ''];
}
