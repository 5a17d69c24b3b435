import { describe, expect, it } from 'vitest';
import { importAs } from '../../../../test/harness/transfers.ts';
import { codeOf, errorOf, givenApi, givenPerson, ManualClock, type Person } from '../../../../test/index.ts';
import type { Services } from '../../../context.ts';

const { db, services, as } = await givenApi({ max: 10 });

/** A minute goes by between two looks at it. */
class MinuteClock extends ManualClock {
  override now(): Date {
    this.advance(60_000);
    return super.now();
  }
}

const file = (name: string, content: string) => `${JSON.stringify({ type: 'file', name, content })}\n`;
const promptsOf = (person: Person) => db.selectFrom('prompts').select('id').where('user_id', '=', person.id).execute();

describe('an import of files', () => {
  it('has five thousand prompts at most, each version counted', async () => {
    const ann = await givenPerson(services);
    const versions = Array.from({ length: 500 }, (_, at) => ({ name: 'many', version: at + 1, prompt: 'x' }));
    const files = Array.from({ length: 10 }, (_, at) => file(`${at}.json`, JSON.stringify(versions)));
    const more = file('more.prompt', 'One more');
    const error = await errorOf(importAs(services, ann, [...files, more].join(''), { type: 'text/plain' }));
    expect([error.code, error.message]).toEqual(['import.unreadable', expect.stringContaining('more than 5000')]);
    expect(await promptsOf(ann)).toEqual([]);
  });

  it('that takes longer than two minutes is undone', async () => {
    const bea = await givenPerson(services);
    const clock = new MinuteClock();
    const files = Array.from({ length: 5 }, (_, at) => file(`${at}.prompt`, `Text ${at}`)).join('');
    const error = await errorOf(importAs({ ...services, clock }, bea, files, { type: 'text/plain' }));
    expect([error.code, error.message]).toEqual(['import.unreadable', expect.stringContaining('too long')]);
    expect(await promptsOf(bea)).toEqual([]);
  });

  it('counts among those of the account for as long as its files are read', async () => {
    const cas = await givenPerson(services);
    const used: unknown[] = [];
    const workers: Services['workers'] = {
      async run(name, ...input) {
        if (name === 'readPrompts') {
          services.clock.advance(100_000);
          used.push((await as(cas).me.get({})).quotas.find(({ quota }) => quota === 'importsAtOnce')?.used);
        }
        return services.workers.run(name, ...input);
      },
    };
    const files = Array.from({ length: 4 }, (_, at) => file(`${at}.prompt`, `${at} ${'long '.repeat(1_000)}`)).join('');
    expect(await codeOf(importAs({ ...services, workers }, cas, files, { type: 'text/plain' }))).toBe('ok');
    expect(used).toEqual([1, 1, 1, 1]);
  });
});
