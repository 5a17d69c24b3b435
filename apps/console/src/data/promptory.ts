import { type AppRouter, createPromptory } from '@promptory/client';
import { QueryClient } from '@tanstack/react-query';
import { createTRPCOptionsProxy } from '@trpc/tanstack-react-query';

/** The one way to the server, which this page is of: the same client that every other frontend has. */
export const promptory = createPromptory({ url: '/', session: 'cookie' });

// What may be tried again the client tries again by itself, after as long as the server asks for.
export const queryClient = new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: 30_000 } } });

export const trpc = createTRPCOptionsProxy<AppRouter>({ client: promptory, queryClient });
