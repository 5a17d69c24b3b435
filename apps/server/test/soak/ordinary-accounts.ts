import { setTimeout as sleep } from 'node:timers/promises';
import type { Account } from './soak-site.ts';

/** What ordinary accounts met while they worked. */
export interface Experience {
  /** Milliseconds of every answer. */
  readonly times: number[];
  /** The same by what was asked. */
  readonly timesByStep: Map<string, number[]>;
  /** A line for each request that was not answered as it should have been. */
  readonly failures: string[];
}

/** Between two requests of an account, as somebody who reads what comes. */
const THINK_MS = 350;
const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/**
 * Lets accounts work, each by itself, until `until` on the clock of `performance`.
 *
 * @param thinkMs what an account waits between two requests
 */
export async function workOrdinarily(
  url: string,
  accounts: readonly Account[],
  until: number,
  thinkMs: () => number = () => THINK_MS,
): Promise<Experience> {
  const experience: Experience = { times: [], timesByStep: new Map(), failures: [] };
  await Promise.all(accounts.map((account, index) => work(url, account, index, until, experience, thinkMs)));
  return experience;
}

async function work(
  url: string,
  { name, headers }: Account,
  index: number,
  until: number,
  { times, timesByStep, failures }: Experience,
  thinkMs: () => number,
): Promise<void> {
  const send = async (method: string, path: string, body?: object): Promise<Record<string, unknown>> => {
    const started = performance.now();
    try {
      const answer = await fetch(url + path, {
        method,
        headers: body === undefined ? { ...headers } : { ...headers, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      const time = performance.now() - started;
      times.push(time);
      const step = `${method} ${path.replaceAll(UUID, '{id}')}`;
      const timesOfStep = timesByStep.get(step);
      if (timesOfStep === undefined) timesByStep.set(step, [time]);
      else timesOfStep.push(time);
      if (!answer.ok) failures.push(`${name} ${method} ${path}: ${answer.status} ${text.slice(0, 200)}`);
      else if (text !== '') return JSON.parse(text) as Record<string, unknown>;
    } catch (error) {
      failures.push(`${name} ${method} ${path}: ${String(error)} ${String(Reflect.get(Object(error), 'cause'))}`);
    }
    return {};
  };
  await sleep((thinkMs() * index) / 10);
  for (let round = 0; performance.now() < until; round += 1) {
    const created = await send('POST', '/prompts', {
      title: `Notes of ${name}, ${round}`,
      content: `Summarise {{ text }} in ${round} words.`,
      tags: ['notes'],
    });
    const steps: readonly (readonly [string, string, object?])[] = [
      ['GET', `/prompts/${created.id}`],
      ['PUT', `/prompts/${created.id}`, { content: `Summarise {{ text }} in ${round + 1} words, kindly.` }],
      ['GET', `/prompts/${created.id}/diff?from=1&to=2`],
      ['GET', '/prompts?owner=me&limit=20'],
      ['GET', '/users/library?limit=20'],
      ['GET', '/groups'],
      ['GET', '/users/me'],
      ...(round % 4 === 0 ? ([['GET', '/prompts?q=summarise+kindly']] as const) : []),
      ['DELETE', `/prompts/${created.id}`],
    ];
    for (const [method, path, body] of created.id === undefined ? [] : steps) {
      await sleep(thinkMs());
      await send(method, path, body);
    }
    await sleep(thinkMs());
  }
}

/** The value below which `share` of the values are. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
