import { router } from '../../trpc.ts';

export const transferRouter = router({});
