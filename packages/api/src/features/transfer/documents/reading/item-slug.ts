import { Slug } from '@promptory/schemas';
import { slugFromTitle } from '../../../../domain/prompts/prompt-slugs.ts';

const MAX_LENGTH = 150;

/** The slug of what another system calls by a name, parts divided by `/`. What is one already stays. */
export function slugOfName(name: string): string {
  if (Slug.safeParse(name).success) return name;
  const parts = name
    .split('/')
    .map((part) => part.trim())
    .filter((part) => part !== '' && part !== '.' && part !== '..')
    .map((part) => (Slug.safeParse(part.toLowerCase()).success ? part.toLowerCase() : slugFromTitle(part)));
  const slug = withoutLastDividers(parts.join('/').slice(0, MAX_LENGTH));
  return slug === '' ? slugFromTitle(name) : slug;
}

function withoutLastDividers(slug: string): string {
  let end = slug.length;
  while (end > 0 && '-/'.includes(slug.charAt(end - 1))) end -= 1;
  return slug.slice(0, end);
}
