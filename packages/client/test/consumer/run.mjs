import { createPromptory, isPromptoryError } from '@promptory/client';

const promptory = createPromptory({
  url: process.argv[2],
  credentials: { email: 'alice@example.org', password: 'correct horse' },
});
const [first, second] = await Promise.all(['1', '2'].map((id) => promptory.prompts.get.query({ id })));
const streamed = [];
const broken = await (async () => {
  for await (const { slug } of await promptory.transfer.export.query({})) streamed.push(slug);
})().catch((error) => error);
const { text: greeting } = await promptory.prompt('greet').render({ name: 'Ann' });
await promptory.$signOut();
const refused = await promptory.prompts.get.query({ id: '3' }).catch((error) => error);
const result = {
  titles: [first.title, second.title],
  streamed,
  broken: isPromptoryError(broken, 'server.busy'),
  greeting,
  refused: refused.code,
};
process.stdout.write(JSON.stringify(result));
