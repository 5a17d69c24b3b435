/** As Handlebars escapes a value for HTML; "&" is first. */
export const HANDLEBARS_HTML: readonly Replacement[] = [
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#x27;'],
  ['`', '&#x60;'],
  ['=', '&#x3D;'],
];

/** As mustache.js does. */
export const MUSTACHE_HTML: readonly Replacement[] = [
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#39;'],
  ['/', '&#x2F;'],
  ['`', '&#x60;'],
  ['=', '&#x3D;'],
];

type Replacement = readonly [character: string, entity: string];

/** The filters that escape as an engine does. Liquid's own `escape` writes other entities. */
export const escapeFilters = (replacements: readonly Replacement[]): string =>
  replacements
    .map(([character, entity]) => ` | replace: ${character === '"' ? `'"'` : `"${character}"`}, "${entity}"`)
    .join('');
