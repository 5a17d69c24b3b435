import { PromptoryError } from '@promptory/client';
import { toMessage } from '@promptory/client/anthropic';
import { type ModelRequest, toChatCompletion, toResponse } from '@promptory/client/openai';

/** Whose request it is made to, by the functions that programs have. */
const makers = {
  'OpenAI chat completions': toChatCompletion,
  'OpenAI responses': toResponse,
  'Anthropic messages': toMessage,
} as const;

export type Maker = keyof typeof makers;
export const makerNames = Object.keys(makers) as readonly Maker[];

/** What a maker's SDK is given, as JSON; or why it cannot be. */
export function requestTo(maker: Maker, request: ModelRequest): { readonly json: string } | { readonly why: string } {
  try {
    return { json: JSON.stringify(makers[maker](request), null, 2) };
  } catch (error) {
    if (!(error instanceof PromptoryError)) throw error;
    return { why: error.message };
  }
}

export const languages = ['TypeScript', 'curl', 'Command line'] as const;
export type Language = (typeof languages)[number];

/** In single quotes, of which a shell takes every character as it is. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** How a program fetches a prompt and renders it with these values. */
export function codeOf(
  language: Language,
  { reference, values, server }: { reference: string; values: Readonly<Record<string, unknown>>; server: string },
): string {
  if (language === 'TypeScript') {
    return [
      "import { createPromptory } from '@promptory/client';",
      '',
      `const promptory = createPromptory({ url: ${JSON.stringify(server)}, apiKey: process.env.PROMPTORY_API_KEY ?? '' });`,
      `const prompt = promptory.prompt(${JSON.stringify(reference)});`,
      `const rendered = await prompt.render(${JSON.stringify(values, null, 2)});`,
    ].join('\n');
  }
  if (language === 'curl') {
    return [
      `curl ${quoted(`${server}/prompts/resolve/render`)} \\`,
      `  -H "Authorization: Bearer $PROMPTORY_API_KEY" -H 'Content-Type: application/json' \\`,
      `  -d ${quoted(JSON.stringify({ ref: reference, inputs: values }))}`,
    ].join('\n');
  }
  const given = Object.entries(values).map(([name, value]) =>
    quoted(typeof value === 'string' ? `${name}=${value}` : `${name}:=${JSON.stringify(value)}`),
  );
  return ['promptory render', quoted(reference), ...given].join(' ');
}
