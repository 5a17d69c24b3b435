/** What a template may be. Counted, not timed, so that every machine gives the same answer. */
export const templateLimits = {
  /** UTF-16 units of one text: as many as a prompt may have. */
  length: 200_000,
  /** Tags and outputs in one text. */
  tags: 2_000,
  /** UTF-16 units within all tags and outputs of one text. */
  markup: 50_000,
  /** Blocks within blocks, and brackets within brackets. */
  depth: 50,
  /** Operators and operands of one expression. */
  operations: 250,
  /** Operands, filters, arguments and steps of one tag. */
  expressionSize: 1_000,
} as const;

/** What one rendering may cost. */
export interface RenderLimits {
  /** UTF-16 units of what is rendered, all messages together. */
  readonly outputLength: number;
  /** Work, in units of which a usual machine does a million in less than 50 ms: a node is 40, a character read a tenth. */
  readonly work: number;
}

export const renderLimits: RenderLimits = { outputLength: 1_000_000, work: 1_000_000 };

/** The levels of lists and objects that a value may have. */
export const MAX_VALUE_DEPTH = 50;

/** How many prompts may lie between a prompt and one that it includes, the latter counted. */
export const MAX_INCLUDE_DEPTH = 5;
/** Prompts that one prompt may include, by whatever way. */
export const MAX_INCLUDED_PROMPTS = 50;
