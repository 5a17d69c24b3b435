import type { FastifyInstance, FastifyRegisterOptions } from 'fastify';

const SKIP_OVERRIDE = Symbol.for('skip-override');

/** What Fastify itself takes from the options of a plugin. */
interface ScopeOptions {
  prefix?: string;
  logLevel?: string;
  logSerializers?: object;
}

type Plugin<O> = (app: FastifyInstance, options: O) => Promise<void>;

/**
 * A plugin that works in a scope of its own under its prefix, however it comes to an app: by `register`, within
 * `fastify-plugin` (which leaves prefixes out), or called by a plugin of the host. So its routes, parsers and error
 * handler never become those of the host.
 *
 * @param usualPrefix where no `prefix` is given
 */
export function inOwnScope<O extends object>(name: string, work: Plugin<O>, usualPrefix = ''): Plugin<O> {
  const plugin = async (app: FastifyInstance, options: O): Promise<void> => {
    const given: ScopeOptions = options;
    // `encapsulate: true` of fastify-plugin: Fastify has made a scope and applied the prefix.
    const isApplied = Reflect.get(plugin, SKIP_OVERRIDE) !== true && given.prefix !== undefined;
    const scope: Record<string, unknown> = { prefix: isApplied ? '' : (given.prefix ?? usualPrefix) };
    if (given.logLevel !== undefined) scope.logLevel = given.logLevel;
    if (given.logSerializers !== undefined) scope.logSerializers = given.logSerializers;
    await app.register((inner) => work(inner, options), scope as FastifyRegisterOptions<object>);
  };
  Object.defineProperty(plugin, 'name', { value: name });
  Reflect.set(plugin, SKIP_OVERRIDE, true);
  return plugin;
}
