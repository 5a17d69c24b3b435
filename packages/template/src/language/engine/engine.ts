import {
  AssignTag,
  BreakTag,
  ContinueTag,
  CycleTag,
  DecrementTag,
  EchoTag,
  IfTag,
  IncrementTag,
  Liquid,
  LiquidTag,
  RawTag,
  UnlessTag,
} from 'liquidjs';
import { countedFilters } from './counted-filters.ts';
import { countedOperators } from './operators.ts';
import { RenderPrompt } from './render-prompt.ts';
import { BoundedCapture, BoundedCase, BoundedFor, BoundedTablerow, KeptComment, Note } from './tags.ts';

const tags = {
  assign: AssignTag,
  capture: BoundedCapture,
  case: BoundedCase,
  comment: KeptComment,
  cycle: CycleTag,
  decrement: DecrementTag,
  echo: EchoTag,
  for: BoundedFor,
  if: IfTag,
  increment: IncrementTag,
  liquid: LiquidTag,
  raw: RawTag,
  render: RenderPrompt,
  tablerow: BoundedTablerow,
  unless: UnlessTag,
  break: BreakTag,
  continue: ContinueTag,
  '#': Note,
};

export const tagNames: readonly string[] = Object.keys(tags);

/** Tags that other Liquids have, and what to write instead. */
export const refusedTags: ReadonlyMap<string, string> = new Map([
  ['include', "use {% render 'reference' %}, which includes a prompt by its reference in a scope of its own"],
  ['layout', "a prompt has no layout: include its parts by {% render 'reference' %}"],
  ['block', "a prompt has no layout: include its parts by {% render 'reference' %}"],
  ['extends', "a prompt has no layout: include its parts by {% render 'reference' %}"],
  ['section', "include another prompt by {% render 'reference' %}"],
  ['ifchanged', 'keep the last value with `assign`, and compare by `if`'],
  ['form', 'a prompt has no forms'],
  ['paginate', 'use `for` with `limit` and `offset`'],
  ['javascript', 'a template runs no code'],
  ['style', 'a prompt has no styles'],
  ['stylesheet', 'a prompt has no styles'],
  ['schema', "a prompt's inputs are declared beside its text"],
  ['set', '`set` is Jinja: use `assign`'],
  ['macro', "`macro` is Jinja: include a prompt by {% render 'reference' %}"],
  ['elif', '`elif` is Jinja: use `elsif`'],
]);

/** LiquidJS with the tags and filters of the language, and nothing that asks the machine: no files, zone or locale. */
export const engine: Liquid = makeEngine();

function makeEngine(): Liquid {
  const none = (): never => {
    throw new Error('a template reads no files');
  };
  const liquid = new Liquid({
    ownPropertyOnly: true,
    // Unknown filters are refused with their place, and what else there is, in `read-value.ts`.
    strictFilters: false,
    operators: countedOperators,
    locale: 'en-US',
    timezoneOffset: 0,
    relativeReference: false,
    fs: { readFile: none, readFileSync: none, exists: none, existsSync: none, resolve: none },
  });
  for (const name of Object.keys(liquid.tags)) delete liquid.tags[name];
  for (const [name, tag] of Object.entries(tags)) liquid.registerTag(name, tag);
  for (const name of Object.keys(liquid.filters)) liquid.unregisterFilter(name);
  for (const [name, filter] of countedFilters) liquid.registerFilter(name, filter);
  return liquid;
}
