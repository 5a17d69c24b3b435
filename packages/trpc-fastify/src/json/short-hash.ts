import { hash } from 'node:crypto';

export const HASH_LENGTH = 22;

/** By which JSON texts are told apart, in ETags. */
export const shortHash = (json: string): string => hash('sha256', json, 'base64url').slice(0, HASH_LENGTH);
