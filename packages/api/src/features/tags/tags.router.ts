import { router } from '../../trpc.ts';

export const tagsRouter = router({});
