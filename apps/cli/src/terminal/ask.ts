import { isCancel } from '@clack/prompts';
import { ExitCode, Failure } from '../failure.ts';

/** What somebody answers at a terminal. @throws Failure where they leave it */
export async function ask(question: Promise<string | symbol>): Promise<string> {
  const answer = await question;
  if (isCancel(answer)) throw new Failure(ExitCode.interrupted, 'Nothing was changed.');
  return answer as string;
}
