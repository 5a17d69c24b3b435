// The procedures of the frame: those of data/own.ts, and prompts.list for what somebody jumps to.
import { keepPreviousData } from '@tanstack/react-query';
import { trpc } from '../data/promptory.ts';

export const promptsNamed = (q: string) =>
  trpc.prompts.list.queryOptions({ limit: 8, ...(q === '' ? {} : { q }) }, { placeholderData: keepPreviousData });
