import type { DocumentPart } from './prompt-document.ts';

/**
 * A part of the kind that a media type says; what is not said is taken for an image, which nearly all of it is.
 *
 * @param url Liquid
 */
export function mediaPart(url: string, mediaType: string | null): DocumentPart {
  const [, inUrl] = /^data:([^;,]{1,100})[;,]/.exec(url) ?? [];
  const kind = (mediaType ?? inUrl ?? 'image').split('/', 1)[0];
  const type = kind === 'image' || kind === 'audio' ? kind : 'file';
  return { type, url, ...(mediaType === null ? {} : { mediaType }) };
}
