import { router } from '../../trpc.ts';

export const promptsRouter = router({});
