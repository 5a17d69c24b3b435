import { expect, it } from 'vitest';
import { askedPrompt } from './asked-prompt.ts';

const wire = (json: string): string => `/trpc/prompts.resolve?input=${encodeURIComponent(json)}`;

it.each([
  ['/prompts/resolve?ref=support/triage', { over: 'REST', ref: 'support/triage' }],
  ['/prompts/resolve?ref=ann%2Fsupport%2Ftriage%40production', { over: 'REST', ref: 'ann/support/triage@production' }],
  ['/prompts/resolve?ref=triage%234', { over: 'REST', ref: 'triage#4' }],
  [wire('{"ref":"support/triage@latest"}'), { over: 'wire', ref: 'support/triage@latest' }],
])('reads %s', (url, asked) => {
  expect(askedPrompt(url)).toEqual(asked);
});

it.each([
  '/prompts/resolve',
  '/prompts/resolve?ref=',
  '/prompts/resolve/?ref=triage',
  '/Prompts/resolve?ref=triage',
  '/prompts/resolve?ref=triage&ref=other',
  '/prompts/resolve?ref=triage&more=1',
  '/prompts/resolve?ref=triage#other',
  '/prompts/resolve?ref=triage;more=1',
  '/prompts/resolve?ref=a+b',
  '/prompts/resolve?ref=%zz',
  '/prompts/resolve?ref=%40',
  '/prompts/resolve?ref=pty_live_0123456789abcdef',
  '/prompts/resolve?more=1&ref=triage',
  wire('{"ref":"triage"} '),
  wire('{ "ref":"triage"}'),
  wire('{"ref":"other","ref":"triage"}'),
  wire('{"ref":"triage","more":1}'),
  wire('{"\\u0072ef":"triage"}'),
  wire('{"ref":1}'),
  wire('"triage"'),
  wire('null'),
  `${wire('{"ref":"triage"}')}&batch=1`,
  '/trpc/prompts.resolve,prompts.resolve?input=%7B%22ref%22%3A%22triage%22%7D',
  '/trpc/prompts.get?input=%7B%22ref%22%3A%22triage%22%7D',
  'http://else.example/prompts/resolve?ref=triage',
])('leaves %s to the routes', (url) => {
  expect(askedPrompt(url)).toBeNull();
});
