import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';

// Preloaded into a contender: the packages that the benchmark imports (trpc-fastify, and with it fastify, @trpc/server and
// zod) are those installed in the checkout that CHECKOUT names. Only loading a module passes here, never a request.
const bench = String(new URL('../', import.meta.url));
const parentURL = String(pathToFileURL(`${process.env.CHECKOUT}/bench/package.json`));

registerHooks({
  resolve(specifier, context, next) {
    const isPackage = !/^(?:\.|\/|node:|file:)/.test(specifier);
    return next(specifier, isPackage && context.parentURL?.startsWith(bench) ? { ...context, parentURL } : context);
  },
});
