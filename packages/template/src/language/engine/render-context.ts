import { Context, Drop, type Emitter, type Liquid, type Template, toValue } from 'liquidjs';
import type { Budget } from './budget.ts';

/** The templates that a template includes, by the reference that it writes. */
export type Programs = ReadonlyMap<string, Program>;

/** What the engine made of one text, and of those that it includes. */
export interface Program {
  readonly templates: Template[];
  readonly includes: Programs;
}

/** What a template may ask of the loop that it stands in; the engine's objects answer to more than that. */
export const loopMembers: ReadonlySet<string> = new Set([
  'index',
  'index0',
  'first',
  'last',
  'rindex',
  'rindex0',
  'length',
  'row',
  'col',
  'col0',
  'col_first',
  'col_last',
]);

type Key = Parameters<Context['readProperty']>[1];

/**
 * One rendering. Reads own properties of plain data and nothing else: no method is ever called, no prototype seen, and no
 * object of the engine answers to more than `loopMembers`.
 */
export class RenderContext extends Context {
  readonly budget: Budget;
  readonly includes: Programs;
  /** Milliseconds since 1970 that `now` means. */
  readonly now: number;
  /** What the caller gave, which included prompts see behind their parameters. */
  readonly inputs: object;

  constructor(
    liquid: Liquid,
    scope: { environments: object; globals: object },
    run: { budget: Budget; includes: Programs; now: number; inputs: object },
  ) {
    const limiter = run.budget as unknown as Context['memoryLimit'];
    super(
      scope.environments,
      liquid.options,
      { sync: true, globals: scope.globals },
      { memoryLimit: limiter, renderLimit: limiter, liquid },
    );
    this.budget = run.budget;
    this.includes = run.includes;
    this.now = run.now;
    this.inputs = run.inputs;
  }

  /** For the filters that look into the elements of a list. */
  override spawn(environments: object = {}): RenderContext {
    return new RenderContext(this.liquid, { environments, globals: {} }, this);
  }

  /** For an included prompt: its parameters, and behind them the inputs of the prompt that includes. */
  forInclude(parameters: object, includes: Programs): RenderContext {
    const { budget, now, inputs } = this;
    const scope = { environments: Object.create(null), globals: inputs };
    const context = new RenderContext(this.liquid, scope, { budget, includes, now, inputs });
    Object.assign(context.bottom(), parameters);
    return context;
  }

  override _get(paths: readonly unknown[]): IterableIterator<unknown> {
    return immediate(this.read(paths));
  }

  override _getFromScope(scope: unknown, paths: readonly unknown[] | string): IterableIterator<unknown> {
    let value = scope;
    const steps = typeof paths === 'string' ? paths.split('.') : paths;
    for (const step of steps) value = readOwn(value, toValue(step));
    return immediate(value);
  }

  override readProperty(holder: object, key: Key): unknown {
    return readOwn(holder, toValue(key));
  }

  /** The value at a path whose first step is a name in scope. */
  read(path: readonly unknown[]): unknown {
    const name = path[0] as string;
    // Nothing counts the names in scope: an input may be called `size`.
    const holder = this.holderOf(name);
    let value = Object.hasOwn(holder, name) ? Reflect.get(holder, name) : undefined;
    for (let step = 1; step < path.length; step++) value = readOwn(value, toValue(path[step]));
    return value;
  }

  private holderOf(name: string): object {
    // biome-ignore lint/complexity/useLiteralKeys: the engine declares it private, and types let it be read only so.
    const scopes: object[] = this['scopes'];
    for (let index = scopes.length - 1; index >= 0; index--) {
      const scope = scopes[index] as object;
      if (Object.hasOwn(scope, name)) return scope;
    }
    return Object.hasOwn(this.environments, name) ? this.environments : this.globals;
  }
}

/** The engine takes a value where it expects a generator of one, which is quicker. */
function immediate(value: unknown): IterableIterator<unknown> {
  return value as IterableIterator<unknown>;
}

/** The own property or element of a plain value; `size`, `first` and `last` of what has none of that name. */
function readOwn(holder: unknown, key: unknown): unknown {
  if (holder === null || holder === undefined) return holder;
  if (holder instanceof Drop) return loopMember(holder, key);
  if (typeof key !== 'string' && typeof key !== 'number') return undefined;
  if (Array.isArray(holder)) {
    const index = typeof key === 'number' && key < 0 ? holder.length + key : key;
    if (Object.hasOwn(holder, index)) return holder[index as number];
    if (key === 'size') return holder.length;
    if (key === 'first') return holder[0];
    if (key === 'last') return holder.at(-1);
    return undefined;
  }
  if (typeof holder === 'string') {
    if (key === 'size') return holder.length;
    return Object.hasOwn(holder as unknown as object, key)
      ? (holder as unknown as Record<string, unknown>)[key]
      : undefined;
  }
  if (typeof holder !== 'object') return undefined;
  if (Object.hasOwn(holder, key)) return (holder as Record<string, unknown>)[key];
  return key === 'size' ? Object.keys(holder).length : undefined;
}

function loopMember(drop: Drop, key: unknown): unknown {
  if (typeof key !== 'string' || !loopMembers.has(key)) return undefined;
  const member: unknown = Reflect.get(drop, key);
  return typeof member === 'function' ? Reflect.apply(member, drop, []) : member;
}

/** Gathers what is rendered, and counts it. */
export class BoundedEmitter implements Emitter {
  buffer = '';
  readonly #budget: Budget;
  readonly #counts: boolean;

  /** @param counts whether it is output, not the text of a `capture` */
  constructor(budget: Budget, counts: boolean) {
    this.#budget = budget;
    this.#counts = counts;
  }

  write(value: unknown): void {
    const text = typeof value === 'string' ? value : this.#textOf(value);
    if (this.#counts) this.#budget.emit(text.length);
    this.#budget.spend(text.length / 20);
    this.buffer += text;
  }

  #textOf(value: unknown): string {
    if (Array.isArray(value)) this.#budget.read(value, { shallow: false, weight: 1 });
    return textOf(value);
  }
}

/** The text of a value as the engine writes it: nothing for nil, the elements of a list in a row. */
export function textOf(value: unknown): string {
  const plain = toValue(value);
  if (typeof plain === 'string') return plain;
  if (plain === null || plain === undefined) return '';
  if (Array.isArray(plain)) return plain.map(textOf).join('');
  return typeof plain === 'object' ? '[object Object]' : String(plain);
}
