/**
 * A Liquid string that is the text. `{{ }}` and `{% %}` both take it: their ends are escaped, since LiquidJS looks for the end
 * of a tag within quotes too.
 */
export function quote(text: string): string {
  const escaped = text.replaceAll(/[\\"\n\r]|[%}](?=\})/g, (unit) => ESCAPES[unit] ?? unit);
  return `"${escaped}"`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '"': '\\"',
  '\n': '\\n',
  '\r': '\\r',
  '%': '\\u0025',
  '}': '\\u007d',
};
