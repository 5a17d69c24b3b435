import { expect, it } from 'vitest';
import { askedCall, readsAskedCalls } from './asked-call.ts';

const wire = (json: string, procedure = 'prompts.resolve'): string =>
  `/trpc/${procedure}?input=${encodeURIComponent(json)}`;
const ID = '01900000-0000-7000-8000-00000000000a';
const resolve = { procedure: 'prompts.resolve', over: 'REST', path: '/prompts/resolve', route: '/prompts/resolve' };
const get = { procedure: 'prompts.get', asked: ID };

it.each([
  ['/prompts/resolve?ref=support/triage', { ...resolve, asked: 'support/triage' }],
  ['/prompts/resolve?ref=ann%2Fsupport%2Ftriage%40production', { ...resolve, asked: 'ann/support/triage@production' }],
  ['/prompts/resolve?ref=triage%234', { ...resolve, asked: 'triage#4' }],
  [
    wire('{"ref":"support/triage@latest"}'),
    { ...resolve, over: 'wire', asked: 'support/triage@latest', path: '/trpc/prompts.resolve', route: '/trpc/*' },
  ],
  [`/prompts/${ID}`, { ...get, over: 'REST', path: `/prompts/${ID}`, route: '/prompts/:id' }],
  [wire(`{"id":"${ID}"}`, 'prompts.get'), { ...get, over: 'wire', path: '/trpc/prompts.get', route: '/trpc/*' }],
])('reads %s', (url, asked) => {
  expect(askedCall(url)).toEqual(asked);
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
  '/prompts',
  '/prompts/',
  `/prompts/${ID}/`,
  `/prompts/${ID}/labels`,
  `/prompts/${ID}?more=1`,
  `/prompts/${ID.toUpperCase()}`,
  `/prompts/${ID.replaceAll('-', '')}`,
  `/prompts/${ID.slice(1)}`,
  '/prompts/templates',
  wire(`{"id":"${ID}","more":1}`, 'prompts.get'),
  wire(`{"ref":"${ID}"}`, 'prompts.get'),
  wire(`{"id":"${ID}"}`),
  'http://else.example/prompts/resolve?ref=triage',
])('leaves %s to the routes', (url) => {
  expect(askedCall(url)).toBeNull();
});

it('reads an address once, and one that it leaves to the routes each time', () => {
  const read = readsAskedCalls();
  const url = '/prompts/resolve?ref=support/triage';
  const asked = read(url);
  expect(asked).toEqual(askedCall(url));
  expect(read(url)).toBe(asked);
  expect([read('/prompts/templates'), read('/prompts/templates')]).toEqual([null, null]);
});
