import type {
  Argument,
  Case,
  Choice,
  Expression,
  Include,
  Loop,
  Node,
  Operand,
  Path,
  Step,
  Value,
} from './syntax/syntax.ts';

/** A name that needs no brackets. Others are read as words of the language, or not at all. */
const PLAIN_NAME = /^[A-Za-z_][A-Za-z0-9_-]*$/;
const WORDS = new Set([
  'true',
  'false',
  'nil',
  'null',
  'empty',
  'blank',
  'and',
  'or',
  'not',
  'contains',
  'with',
  'for',
]);

/**
 * A template's tree as text, spaced and quoted in one way. Parsing it gives the same tree, places aside.
 */
export function print({ nodes }: { readonly nodes: readonly Node[] }): string {
  let printed = '';
  for (const node of nodes) {
    const text = printNode(node);
    // `{` before a tag would open another one, so a space stands between, which the tag takes away.
    const opens = printed.endsWith('{') && text.startsWith('{');
    printed += opens && node.kind !== 'text' ? ` ${text.slice(0, 2)}-${text.slice(2)}` : text;
  }
  return printed;
}

function printNode(node: Node): string {
  switch (node.kind) {
    case 'text':
      return node.text;
    case 'raw':
      return `{% raw %}${node.text}{% endraw %}`;
    case 'comment':
      return `{% comment %}${node.text}{% endcomment %}`;
    case 'note':
      return `{% # ${node.text} %}`;
    case 'output':
      return node.value === undefined ? tag('echo') : `{{ ${valueText(node.value)} }}`;
    case 'assign':
      return tag('assign', node.name, '=', valueText(node.value));
    case 'capture':
      return closed(tag('capture', nameOrText(node.name)) + print({ nodes: node.body }), tag('endcapture'));
    case 'if':
    case 'unless':
      return choiceText(node);
    case 'case':
      return caseText(node);
    case 'for':
    case 'tablerow':
      return loopText(node);
    case 'cycle':
      return tag('cycle', node.group && `${operandText(node.group)}:`, node.values.map(valueText).join(', '));
    case 'increment':
    case 'decrement':
      return tag(node.kind, node.name);
    case 'break':
    case 'continue':
      return tag(node.kind);
    case 'render':
      return includeText(node);
  }
}

function tag(...parts: readonly (string | undefined)[]): string {
  return `{% ${parts.filter((part) => part !== undefined && part !== '').join(' ')} %}`;
}

function block(nodes: readonly Node[]): string {
  return print({ nodes });
}

/** A body and the tags behind it: a `{` at its end must not open the tag that follows. */
function closed(body: string, ...tags: readonly string[]): string {
  return tags.reduce((text, next) => text + (text.endsWith('{') ? ` {%-${next.slice(2)}` : next), body);
}

function choiceText({ kind, branches, otherwise }: Choice): string {
  let text = '';
  for (const [index, { condition, body }] of branches.entries()) {
    text = closed(text, tag(index === 0 ? kind : 'elsif', valueText(condition))) + block(body);
  }
  if (otherwise !== undefined) text = closed(text, tag('else')) + block(otherwise);
  return closed(text, tag(`end${kind}`));
}

function caseText({ value, branches, otherwise }: Case): string {
  let text = tag('case', valueText(value));
  for (const { values, body } of branches)
    text = closed(text, tag('when', values.map(operandText).join(', '))) + block(body);
  if (otherwise.length > 0) text = closed(text, tag('else')) + block(otherwise);
  return closed(text, tag('endcase'));
}

function loopText({ kind, variable, collection, settings, body, otherwise }: Loop): string {
  let text = tag(kind, variable, 'in', operandText(collection), settings.map(argumentText).join(' ')) + block(body);
  if (otherwise.length > 0) text = closed(text, tag('else')) + block(otherwise);
  return closed(text, tag(`end${kind}`));
}

function includeText({ reference, binding, parameters }: Include): string {
  const bound = binding && `${binding.each ? 'for' : 'with'} ${operandText(binding.value)} as ${binding.name}`;
  return tag(
    'render',
    [quoted(reference) + (bound === undefined ? '' : ` ${bound}`), ...parameters.map(argumentText)].join(', '),
  );
}

function valueText({ expression, filters }: Value): string {
  const calls = filters.map(
    ({ name, args }) => ` | ${name}${args.length > 0 ? ': ' : ''}${args.map(argumentText).join(', ')}`,
  );
  return expressionText(expression) + calls.join('');
}

function argumentText({ name, value }: Argument): string {
  if (name === undefined) return value === undefined ? '' : operandText(value);
  return value === undefined ? name : `${name}: ${operandText(value)}`;
}

function expressionText(expression: Expression): string {
  if (expression.kind !== 'operation') return operandText(expression);
  const { operator, operands } = expression;
  const [left, right] = operands.map(expressionText);
  return right === undefined ? `${operator} ${left}` : `${left} ${operator} ${right}`;
}

function operandText(operand: Operand): string {
  switch (operand.kind) {
    case 'string':
      return quoted(operand.text);
    case 'number':
      return operand.digits;
    case 'word':
      return operand.word;
    case 'range':
      return `(${operandText(operand.from)}..${operandText(operand.to)})`;
    case 'path':
      return pathText(operand);
  }
}

function pathText({ root, steps }: Path): string {
  const start = typeof root !== 'string' ? operandText(root) : isPlain(root) ? root : `[${quoted(root)}]`;
  return start + steps.map(stepText).join('');
}

function stepText(step: Step): string {
  if (typeof step === 'number') return `[${step}]`;
  if (typeof step !== 'string') return `[${operandText(step)}]`;
  return PLAIN_NAME.test(step) ? `.${step}` : `[${quoted(step)}]`;
}

function isPlain(name: string): boolean {
  return PLAIN_NAME.test(name) && !WORDS.has(name);
}

function nameOrText(name: string): string {
  return PLAIN_NAME.test(name) ? name : quoted(name);
}

/** In quotes, so that neither a quote nor the end of a tag ends it early. */
function quoted(text: string): string {
  const escaped = text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('%}', '\\u0025}');
  return `'${escaped}'`;
}
