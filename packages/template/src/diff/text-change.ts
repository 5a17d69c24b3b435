export type ChangeType = 'same' | 'removed' | 'added';

/** A piece of text that both sides have, or only one of them. */
export interface TextChange {
  type: ChangeType;
  text: string;
}

/** Neighbouring lines of one type. */
export interface TextRun {
  type: ChangeType;
  /** Its first line on either side, from 1; on the side that lacks the run, the line that follows it. */
  oldStart: number;
  newStart: number;
  /** How many lines. */
  count: number;
  /**
   * The lines, joined by `\n`, in pieces; without a piece where they are one empty line. Where an added run stands in the
   * place of a removed one, the `same` pieces are the words that both have. Null: unchanged lines that are only counted.
   */
  words: TextChange[] | null;
}
