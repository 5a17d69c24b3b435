import { useQuery } from '@tanstack/react-query';
import { me } from '../data/own.ts';

/** Undefined until it is known. */
export const useMyId = (): string | undefined => useQuery(me()).data?.id;
