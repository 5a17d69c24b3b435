import { router } from '../../trpc.ts';

export const preferencesRouter = router({});
