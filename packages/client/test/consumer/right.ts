import {
  createPromptory,
  type Group,
  type inferInputs,
  type inferOutputs,
  isPromptoryError,
  type Prompt,
  type Promptory,
  PromptoryError,
  type RouterInputs,
  type RouterOutputs,
} from '@promptory/client';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const holds = <_Proof extends true>(): void => undefined;

export const promptory: Promptory = createPromptory({
  url: 'https://prompts.example.org',
  credentials: { email: 'alice@example.org', password: 'correct horse', session: 'token' },
  retry: { attempts: 2 },
});

const input: inferInputs<'prompts.create'> = { title: 'A title', content: 'Say {{ word }}.', tags: ['speech'] };

export async function use(): Promise<string> {
  const made: Prompt = await promptory.prompts.create.mutate(input);
  const page = await promptory.prompts.list.query({ q: 'speech', limit: 5 }, { signal: AbortSignal.timeout(1000) });
  const titles: string[] = page.items.map(({ title }) => title);
  const version: number = (await promptory.prompts.get.query({ id: made.id })).version;
  const group: Group | undefined = (await promptory.groups.list.query({})).items[0];
  for await (const { data } of promptory.groups.watch.subscribe({ id: group?.id ?? '' })) {
    if (data.type === 'group') titles.push(data.name, ...data.promptIds);
    if (data.type !== 'reset') break;
  }
  for await (const prompt of await promptory.transfer.export.query({})) titles.push(prompt.title);
  try {
    await promptory.prompts.update.mutate({ id: made.id, title: 'Another', baseVersion: version });
  } catch (error) {
    if (isPromptoryError(error, 'prompt.version_conflict')) return error.details.latest.author.name;
    if (isPromptoryError(error) && error.code === 'quota.exceeded')
      return `${error.details.quota}: ${error.details.used}`;
    if (error instanceof PromptoryError && error.data?.code === 'auth.scope_missing')
      return `${error.data.httpStatus} ${error.data.path}: ${error.data.scope}`;
    if (error instanceof PromptoryError) return error.fieldErrors.title?.[0] ?? error.code;
    throw error;
  }
  await promptory.$signOut();
  return `${titles.join()} ${group?.name}`;
}

/** As the readme has it. */
export async function addTag(id: string, tag: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const { tags, revision } = await promptory.prompts.get.query({ id });
    try {
      await promptory.prompts.update.mutate({ id, tags: [...tags, tag], revision });
      return;
    } catch (error) {
      if (attempt === 3 || !isPromptoryError(error, 'request.precondition_failed')) throw error;
    }
  }
}

holds<Equal<RouterOutputs['prompts']['get'], inferOutputs<'prompts.get'>>>();
holds<Equal<RouterInputs['prompts']['get'], { id: string }>>();
holds<Equal<inferOutputs<'prompts.get'>['version'], Prompt['version']>>();
holds<Equal<inferOutputs<'auth.sessions.list'>['nextCursor'], string | null>>();
