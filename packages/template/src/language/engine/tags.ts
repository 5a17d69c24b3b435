import {
  CaptureTag,
  CaseTag,
  CommentTag,
  type Context,
  type Emitter,
  evalToken,
  ForTag,
  type Liquid,
  TablerowTag,
  Tag,
  type TagToken,
  type TopLevelToken,
  TypeGuards,
  toValue,
} from 'liquidjs';
import { BoundedEmitter, RenderContext } from './render-context.ts';

type Steps = Generator<unknown, void, unknown>;

/** As the engine's, and its text counts. */
export class BoundedCapture extends CaptureTag {
  override *render(context: Context): Generator<unknown, void, string> {
    const emitter = new BoundedEmitter(boundedBy(context).budget, false);
    yield this.liquid.renderer.renderTemplates(this.templates, context, emitter);
    Reflect.set(context.bottom(), this.variable, emitter.buffer);
  }
}

/** As the engine's, by the comparison that counts. */
export class BoundedCase extends CaseTag {
  override *render(context: Context, emitter: Emitter): Steps {
    const equals = context.opts.operators['=='];
    if (equals === undefined) return;
    const target = toValue(yield this.value.value(context));
    let found = false;
    for (const { values, templates } of this.branches) {
      for (const token of values) {
        const value = yield evalToken(token, context);
        if (!(yield equals(target, value, context))) continue;
        found = true;
        yield this.liquid.renderer.renderTemplates(templates, context, emitter);
        break;
      }
    }
    if (!found) yield this.liquid.renderer.renderTemplates(this.elseTemplates, context, emitter);
  }
}

/** As the engine's; what it walks through counts once before. */
export class BoundedFor extends ForTag {
  override *render(context: Context, emitter: Emitter): Generator<unknown, void, never> {
    yield* countedCollection(this.collection, context);
    yield* super.render(context, emitter) as Generator<unknown, void, never>;
  }
}

/** As the engine's; what it walks through counts once before. */
export class BoundedTablerow extends TablerowTag {
  override *render(context: Context, emitter: Emitter): Steps {
    yield* countedCollection(this.collection, context);
    yield* super.render(context, emitter);
  }
}

function* countedCollection(token: ForTag['collection'], context: Context): Steps {
  if (!TypeGuards.isRangeToken(token)) countElements(yield evalToken(token, context), context);
}

/** Counts what a loop will walk through. */
export function countElements(collection: unknown, context: Context): void {
  const { budget } = boundedBy(context);
  if (Array.isArray(collection)) budget.spend(collection.length / 4);
  else if (typeof collection === 'object' && collection !== null) {
    budget.spend(Object.keys(collection).length * 4);
  }
}

/** Keeps its text, which the engine drops. */
export class KeptComment extends CommentTag {
  readonly text: string;

  constructor(token: TagToken, rest: TopLevelToken[], liquid: Liquid) {
    const tokens = rest.slice();
    super(token, rest, liquid);
    const end = tokens[tokens.length - rest.length - 1];
    const text = end === undefined ? '' : token.input.slice(token.end, end.begin);
    // A line of `liquid` may hold what would be a tag elsewhere.
    const isLine = !token.getText().startsWith('{');
    this.text = isLine ? text.replaceAll('{', '(').replaceAll('}', ')') : text;
  }

  override render(): void {}
}

/** `{% # … %}`: each of its lines begins with `#`. */
export class Note extends Tag {
  readonly text: string;

  constructor(token: TagToken, rest: TopLevelToken[], liquid: Liquid) {
    super(token, rest, liquid);
    this.text = token.args;
    for (const line of token.args.split('\n').slice(1)) {
      const said = line.trimStart();
      if (said !== '' && !said.startsWith('#')) throw new Error('every line of `{% # … %}` must begin with `#`');
    }
  }

  render(): void {}
}

/** The context as what it always is here: only `RenderContext`s are made. */
export function boundedBy(context: Context): RenderContext {
  if (context instanceof RenderContext) return context;
  throw new TypeError('a template renders only in a RenderContext');
}
