import { ErrorCode } from '@promptory/schemas';
import { describe, expect, it } from 'vitest';
import { openApi } from '../open-api.ts';
import { errorAreas, errorGuide } from './error-areas.ts';

const texts = Object.entries(errorGuide).flatMap(([code, { happened, remedy }]) => [
  [`${code}: what happened`, happened] as const,
  [`${code}: what to do`, remedy] as const,
]);

describe('the guide to errors', () => {
  it('has every code in one area', () => {
    expect(errorAreas.flatMap(({ codes }) => codes).toSorted()).toEqual(ErrorCode.options.toSorted());
  });

  it('speaks in whole sentences, with no markup but pairs of backticks', () => {
    for (const [where, text] of texts) {
      expect(text.replaceAll(/`[^`]+`/g, 'code'), where).toMatch(/^[^<>*_`]+\.$/);
    }
  });

  it('names no address that the API does not have', () => {
    const { paths } = openApi();
    const addresses = texts.flatMap(([where, text]) =>
      [...text.matchAll(/`(GET|POST|PUT|DELETE) ([^`?]+)[^`]*`/g)].map(([, method = '', path = '']) => ({
        where,
        operation: `${method} ${path}`,
        exists: Object.hasOwn(paths[path] ?? {}, method.toLowerCase()),
      })),
    );
    expect(addresses.length).toBeGreaterThan(20);
    expect(addresses.filter(({ exists }) => !exists)).toEqual([]);
  });

  it('names only codes that there are', () => {
    const named = texts.flatMap(
      ([, text]) => text.match(/(?<=`)(?:auth|group|prompt|request|server|user)\.\w+(?=`)/g) ?? [],
    );
    expect(named.filter((code) => !ErrorCode.safeParse(code).success)).toEqual([]);
  });
});
