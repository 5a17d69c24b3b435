import { seedDemo } from '../dev/demo-account.ts';
import { dataFolderOf } from '../settings/data-folder.ts';
import { runOnDatabase } from './command.ts';

/** `pnpm seed`: the example prompts and the account that owns them. What is there already stays as it is. */
await runOnDatabase(async ({ env, connection }) => {
  if (env.environment === 'production') throw new Error('The examples are not for production.');
  const { email, password, accountCreated, prompts } = await seedDemo(connection.db, dataFolderOf(env));
  const made = `${prompts} example prompt(s) made.`;
  return accountCreated ? `${made} Sign in as ${email} with the password ${password}` : `${made} They are ${email}'s.`;
});
