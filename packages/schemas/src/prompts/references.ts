import { z } from 'zod';
import { refusing } from '../faults/refusing.ts';
import { fault } from '../faults/sentences.ts';
import { isLabel, LATEST } from './labels.ts';

/** Characters of a reference: a handle, a slug and a label, with what parts them. */
export const MAX_REFERENCE_LENGTH = 39 + 1 + 150 + 1 + 36;

const MAX_HANDLE_LENGTH = 39;
const MAX_SLUG_LENGTH = 150;
const LARGEST_VERSION = 2_147_483_647;
const HANDLE = /^[a-z0-9](?:[a-z0-9-]{0,37}[a-z0-9])?$/;
const SLUG_BEGINNING = /^[a-z0-9][a-z0-9_-]*/;
const LABEL_BEGINNING = /^[a-z0-9][a-z0-9_.-]*/;
const NUMBER_BEGINNING = /^[1-9][0-9]*/;
const VERSION = /^[1-9][0-9]{0,9}$/;

/** How a program names a prompt: `[handle/]slug[@label|#version]`. */
export interface PromptReference {
  /** A slug, perhaps with its owner's handle before it: only who knows the slugs can tell. */
  readonly path: string;
  /** What it reads as if it begins with a handle; null where it cannot. */
  readonly named: { readonly handle: string; readonly slug: string } | null;
  /** `latest` is the latest version. Null where a version is named, or neither. */
  readonly label: string | null;
  readonly version: number | null;
}

/** What is wrong with a reference, as the end of a sentence that begins with it, and at which character, from 0. */
export interface ReferenceFault {
  readonly at: number;
  readonly message: string;
}

export type ParsedReference =
  | { readonly ok: true; readonly reference: PromptReference }
  | { readonly ok: false; readonly fault: ReferenceFault };

const refused = (at: number, message: string): ParsedReference => ({ ok: false, fault: { at, message } });

/**
 * Reads a reference, in time that grows with its length. Without `@label` or `#version` both are null: what that means is for
 * whoever resolves it, and the server takes it for `@production`.
 */
export function parseReference(text: string): ParsedReference {
  if (text.length > MAX_REFERENCE_LENGTH) {
    return refused(MAX_REFERENCE_LENGTH, `has more than ${MAX_REFERENCE_LENGTH} characters`);
  }
  const end = text.search(/[@#]/);
  const path = end === -1 ? text : text.slice(0, end);
  const named = namedIn(path);
  const wrong = faultOfPath(path, named);
  if (wrong !== null) return { ok: false, fault: wrong };
  const suffix = end === -1 ? '' : text.slice(end + 1);
  // The character that is wrong; of what is wrong as a whole, the first.
  const wrongAt = (begins: RegExp): number => {
    const right = begins.exec(suffix)?.[0].length ?? 0;
    return end + 1 + (right < suffix.length ? right : 0);
  };
  if (end === -1) return { ok: true, reference: { path, named, label: null, version: null } };
  if (text[end] === '@') {
    if (!isLabel(suffix))
      return refused(
        wrongAt(LABEL_BEGINNING),
        'has no label after the @: lower-case letters, digits, ".", "_" and "-", at most 36',
      );
    return { ok: true, reference: { path, named, label: suffix, version: null } };
  }
  if (!VERSION.test(suffix) || Number(suffix) > LARGEST_VERSION) {
    return refused(wrongAt(NUMBER_BEGINNING), 'has no number of a version after the #');
  }
  return { ok: true, reference: { path, named, label: null, version: Number(suffix) } };
}

function namedIn(path: string): PromptReference['named'] {
  const slash = path.indexOf('/');
  const handle = path.slice(0, slash);
  if (slash < 1 || handle.length > MAX_HANDLE_LENGTH || !HANDLE.test(handle)) return null;
  const slug = path.slice(slash + 1);
  return slug.length > MAX_SLUG_LENGTH ? null : { handle, slug };
}

function faultOfPath(path: string, named: PromptReference['named']): ReferenceFault | null {
  if (path === '') return { at: 0, message: 'names no prompt' };
  let at = 0;
  for (const part of path.split('/')) {
    const [begins = ''] = SLUG_BEGINNING.exec(part) ?? [];
    if (begins.length < part.length || part === '') {
      return {
        at: at + begins.length,
        message: 'is no slug here: lower-case letters, digits, "-" and "_", in parts divided by "/"',
      };
    }
    at += part.length + 1;
  }
  const isTooLong = path.length > MAX_SLUG_LENGTH && named === null;
  return isTooLong ? { at: MAX_SLUG_LENGTH, message: `has a slug of more than ${MAX_SLUG_LENGTH} characters` } : null;
}

/** The reference as text, which reads as the same. */
export const referenceText = ({ path, label, version }: Omit<PromptReference, 'named'>): string => {
  if (version !== null) return `${path}#${version}`;
  return label === null ? path : `${path}@${label}`;
};

/** The reference of the latest version of the same prompt. */
export const latestOf = ({ path }: Pick<PromptReference, 'path'>): string => `${path}@${LATEST}`;

function faultOf(text: string) {
  const parsed = parseReference(text);
  if (parsed.ok) return null;
  const { at, message } = parsed.fault;
  return fault(
    'invalid_format',
    { format: 'reference', at: `character ${at + 1}` },
    `At character ${at + 1} it ${message}`,
  );
}

/** `support/triage`, `ann/support/triage@production`, `support/triage#4`. */
export const Reference = z
  .string()
  .max(MAX_REFERENCE_LENGTH, { abort: true })
  .check(refusing(faultOf))
  .meta({
    id: 'Reference',
    description:
      '`[handle/]slug[@label|#version]`. Without a label or a version it means `@production`; `@latest` is the latest version. ' +
      'Without a handle the prompt is one of your own.',
    examples: ['support/triage@production'],
  });
export type Reference = z.infer<typeof Reference>;
