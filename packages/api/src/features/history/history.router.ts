import { router } from '../../trpc.ts';

export const historyRouter = router({});
