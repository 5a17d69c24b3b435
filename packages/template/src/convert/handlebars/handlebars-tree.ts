// What @handlebars/parser answers. Its own declarations leave out file extensions, which TypeScript does not follow here.

export interface Node {
  readonly type: string;
  readonly loc: { readonly start: { readonly line: number; readonly column: number } };
}

export interface Program {
  readonly body: readonly Node[];
  readonly blockParams?: readonly string[];
}

export interface Content extends Node {
  readonly type: 'ContentStatement';
  readonly value: string;
}

interface Call extends Node {
  readonly path: Node;
  readonly params: readonly Node[];
  readonly hash?: Hash;
}

export interface Hash extends Node {
  readonly pairs: readonly { readonly key: string; readonly value: Node & { readonly value?: unknown } }[];
}

export interface Value extends Call {
  readonly type: 'MustacheStatement';
  readonly escaped: boolean;
}

export interface Block extends Call {
  readonly type: 'BlockStatement';
  readonly program?: Program | null;
  readonly inverse?: Program | null;
}

/** `{{> name}}`, on a line of its own with the white space before it. */
export interface PartialCall extends Node {
  readonly type: 'PartialStatement';
  readonly name: Node & { readonly original?: unknown };
  readonly params: readonly Node[];
  readonly hash?: Hash;
  readonly indent: string;
}

export interface Path extends Node {
  readonly type: 'PathExpression';
  readonly data: boolean;
  /** How many `../` it begins with. */
  readonly depth: number;
  readonly parts: readonly (string | Node)[];
  readonly original: string;
}

export const isContent = (node: Node): node is Content => node.type === 'ContentStatement';
export const isValue = (node: Node): node is Value => node.type === 'MustacheStatement';
export const isBlock = (node: Node): node is Block => node.type === 'BlockStatement';
export const isPartial = (node: Node): node is PartialCall => node.type === 'PartialStatement';
export const isPath = (node: Node): node is Path => node.type === 'PathExpression';
