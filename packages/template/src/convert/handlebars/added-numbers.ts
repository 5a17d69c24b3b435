import {
  isBlock,
  isContent,
  isPartial,
  isPath,
  isValue,
  type Node,
  type PartialCall,
  type Program,
  type Value,
} from './handlebars-tree.ts';

/**
 * Where Handlebars adds instead of joining: a body that begins with two values that are not escaped is compiled to `a + b`,
 * which makes 3 of 1 and 2. Undefined where no body does.
 */
export function findAddition(
  program: Program,
  escapesHtml: boolean,
  isNumber: (value: Value | PartialCall) => boolean,
): Node | undefined {
  const [first, second] = printing(program);
  const isAddition =
    first !== undefined && second !== undefined && [first, second].every(mayBeNumber(escapesHtml, isNumber));
  return isAddition ? second : undefined;
}

const printing = ({ body }: Program): Node[] =>
  body.filter(
    (statement) => statement.type !== 'CommentStatement' && !(isContent(statement) && statement.value === ''),
  );

/** A block is as its body is, where that is one value; a loop makes a text of its items, and not of what stands for none. */
const mayBeNumber =
  (escapesHtml: boolean, isNumber: (value: Value | PartialCall) => boolean) =>
  (statement: Node): boolean => {
    if (isValue(statement)) return !(escapesHtml && statement.escaped) && isNumber(statement);
    if (isPartial(statement)) return isNumber(statement);
    if (!isBlock(statement)) return false;
    const isLoop = isPath(statement.path) && statement.path.original === 'each';
    return [isLoop ? null : statement.program, statement.inverse].some((program) => {
      const [only, another] = program === null || program === undefined ? [] : printing(program);
      return only !== undefined && another === undefined && mayBeNumber(escapesHtml, isNumber)(only);
    });
  };
