import { router } from '../../trpc.ts';

export const libraryRouter = router({});
