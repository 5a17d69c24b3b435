import { router } from '../../trpc.ts';

export const versionsRouter = router({});
