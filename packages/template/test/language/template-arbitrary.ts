import fc from 'fast-check';
import type { Argument, Expression, FilterCall, Node, Operand, Path, Value } from '../../src/language/syntax/syntax.ts';

/** Texts that try to be markup, quotes, ends of tags or prototypes. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.constantFrom(
    '{{ a }}',
    '{% raw %}',
    '{%- endraw -%}',
    '%}',
    '}}',
    "'",
    '"',
    '\\',
    "\\'",
    '\n',
    '{',
    '{%',
    '{#',
    '模型',
    '\u2028',
  ),
);
const name = fc.constantFrom(
  'a',
  'b',
  'user',
  'items',
  'first name',
  '__proto__',
  'constructor',
  'nil',
  'größe',
  'size',
  'length',
  'and',
  'x-y',
);
/** As names of variables that a tag makes: these have no brackets. */
const plainName = fc.constantFrom('a', 'b', 'x', 'x_1');
const at = 0;

const path: fc.Arbitrary<Path> = fc.record({
  kind: fc.constant('path' as const),
  root: name,
  steps: fc.array(fc.oneof(name, fc.integer({ min: -2, max: 3 })), { maxLength: 3 }),
  at: fc.constant(at),
});
const literal: fc.Arbitrary<Operand> = fc.oneof(
  hostileText.map((text): Operand => ({ kind: 'string', text })),
  fc.constantFrom('0', '7', '-3', '2.5', '0.0000001').map((digits): Operand => ({ kind: 'number', digits })),
  fc.constantFrom('true', 'false', 'nil', 'empty', 'blank').map((word): Operand => ({ kind: 'word', word })),
);
const operand: fc.Arbitrary<Operand> = fc.oneof(
  { weight: 3, arbitrary: path },
  { weight: 2, arbitrary: literal },
  {
    weight: 1,
    arbitrary: fc.tuple(path, path).map(([from, to]): Operand => ({ kind: 'range', from, to })),
  },
);
const argument = operand.map((value): Argument => ({ name: undefined, value }));

const filter: fc.Arbitrary<FilterCall> = fc.oneof(
  fc
    .constantFrom(
      'upcase',
      'size',
      'first',
      'json',
      'strip',
      'sort',
      'uniq',
      'abs',
      'escape',
      'reverse',
      'url_decode',
      'date',
    )
    .map((called) => ({ name: called, args: [], at })),
  fc
    .tuple(
      fc.constantFrom('append', 'plus', 'join', 'split', 'remove', 'default', 'concat', 'slice', 'date', 'at_most'),
      argument,
    )
    .map(([called, arg]) => ({ name: called, args: [arg], at })),
  fc
    .tuple(fc.constantFrom('map', 'where', 'sort', 'group_by', 'sum', 'find'), fc.constantFrom('a', 'a.b'))
    .map(([called, text]) => ({
      name: called,
      args: [{ name: undefined, value: { kind: 'string' as const, text } }],
      at,
    })),
  fc.constant({
    name: 'default',
    args: [
      { name: undefined, value: { kind: 'string' as const, text: 'x' } },
      { name: 'allow_false', value: { kind: 'word' as const, word: 'true' } },
    ],
    at,
  }),
);

/** Operations as the language reads them without brackets: `and` and `or` to the right, comparisons of operands only. */
const comparison: fc.Arbitrary<Expression> = fc.oneof(
  { weight: 3, arbitrary: operand },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom('==', '!=', '<', '>=', 'contains'), operand, operand)
      .map(([operator, left, right]): Expression => ({ kind: 'operation', operator, operands: [left, right] })),
  },
);
const negation: fc.Arbitrary<Expression> = fc.oneof(
  { weight: 4, arbitrary: comparison },
  {
    weight: 1,
    arbitrary: comparison.map((inner): Expression => ({ kind: 'operation', operator: 'not', operands: [inner] })),
  },
);
const condition: fc.Arbitrary<Expression> = fc
  .tuple(negation, fc.array(fc.tuple(fc.constantFrom('and', 'or'), negation), { maxLength: 2 }))
  .map(([head, tail]) => rightward(head, tail));

function rightward(head: Expression, [next, ...rest]: readonly [string, Expression][]): Expression {
  if (next === undefined) return head;
  return { kind: 'operation', operator: next[0], operands: [head, rightward(next[1], rest)] };
}

const value: fc.Arbitrary<Value> = fc.record({ expression: operand, filters: fc.array(filter, { maxLength: 3 }) });
/** Of `cycle`, where a comma after an argument would go on with the arguments. */
const alternative: fc.Arbitrary<Value> = value.map(({ expression, filters }) => ({
  expression,
  filters: filters.filter(({ args }) => args.length === 0),
}));
const asked: fc.Arbitrary<Value> = condition.map((expression) => ({ expression, filters: [] }));
const text = hostileText
  .filter((found) => found !== '' && !found.includes('{{') && !found.includes('{%'))
  .map((found): Node => ({ kind: 'text', text: found, at }));

const { node } = fc.letrec<{ node: Node; body: Node[] }>((tie) => ({
  body: fc.array(tie('node'), { maxLength: 2 }).map(apart),
  node: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    text,
    value.map((found): Node => ({ kind: 'output', value: found, at })),
    fc.tuple(plainName, value).map(([called, found]): Node => ({ kind: 'assign', name: called, value: found, at })),
    fc.constantFrom('{{ a }}', 'x { y', '{').map((found): Node => ({ kind: 'raw', text: found, at })),
    fc.constantFrom('increment' as const, 'decrement' as const).map((kind): Node => ({ kind, name: 'n', at })),
    fc
      .array(alternative, { minLength: 1, maxLength: 3 })
      .map((values): Node => ({ kind: 'cycle', group: undefined, values, at })),
    fc
      .tuple(
        fc.constantFrom('if' as const, 'unless' as const),
        fc.array(fc.record({ condition: asked, body: tie('body') }), { minLength: 1, maxLength: 2 }),
        fc.option(tie('body'), { nil: undefined }),
      )
      .map(([kind, branches, otherwise]): Node => ({ kind, branches, otherwise, at })),
    fc.record({
      kind: fc.constant('case' as const),
      value,
      branches: fc.array(fc.record({ values: fc.array(operand, { minLength: 1, maxLength: 2 }), body: tie('body') }), {
        minLength: 1,
        maxLength: 2,
      }),
      otherwise: tie('body'),
      at: fc.constant(at),
    }),
    fc.record({
      kind: fc.constant('for' as const),
      variable: plainName,
      collection: operand,
      settings: fc.constantFrom<Argument[][]>(
        [],
        [{ name: 'limit', value: { kind: 'number', digits: '2' } }],
        [{ name: 'reversed', value: undefined }],
      ) as fc.Arbitrary<Argument[]>,
      body: tie('body'),
      otherwise: tie('body'),
      at: fc.constant(at),
    }),
    fc.tuple(plainName, tie('body')).map(([called, body]): Node => ({ kind: 'capture', name: called, body, at })),
  ),
}));

/** Two texts in a row are one, and may be markup together. */
function apart(nodes: readonly Node[]): Node[] {
  return nodes.filter(({ kind }, index) => kind !== 'text' || nodes[index - 1]?.kind !== 'text');
}

/** Templates as trees, of everything that the language has but includes. */
export const templateNodes: fc.Arbitrary<Node[]> = fc.array(node, { minLength: 1, maxLength: 3 }).map(apart);
