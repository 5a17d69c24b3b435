import { initTRPC, TRPCError } from '@trpc/server';
import { z } from 'zod';
import { RequestRefused } from '../request-refused.ts';
import type { RawBody, RestMeta } from '../rest-meta.ts';
import { streamOf } from '../stream-of.ts';

/** A made-up notes service: every feature of the two doors in one small router. */
export interface NotesContext {
  user: string;
  seen: string[];
}

export interface NotesMeta {
  rest?: RestMeta | RestMeta[];
  open?: boolean;
}

const t = initTRPC
  .context<NotesContext>()
  .meta<NotesMeta>()
  .create({
    isDev: true,
    errorFormatter: ({ shape, error }) => ({
      ...shape,
      data: {
        ...shape.data,
        reason: error.cause instanceof RequestRefused ? error.cause.reason : null,
      },
    }),
  });

export const Note = z
  .object({
    id: z.uuid(),
    title: z.string(),
    stars: z.int(),
    tags: z.array(z.string()),
    version: z.int(),
  })
  .meta({ id: 'Note', description: 'One note.' });

export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.string(),
});

export const ID = '0198c0de-0000-7000-8000-000000000001';
export const MISSING = '0198c0de-0000-7000-8000-00000000dead';

const note = (over: Partial<z.infer<typeof Note>> = {}) => ({
  id: ID,
  title: 'Tea',
  stars: 3,
  tags: ['drink'],
  version: 7,
  ...over,
});

const NoteFields = {
  title: z.string().min(1).max(100),
  stars: z.int().min(0).max(5).default(0),
  tags: z.array(z.string().max(20)).max(10).default([]),
};

const Progress = z.object({ row: z.int(), bytes: z.int() });

/** What the streaming procedures report to the tests. */
export interface Witness {
  yielded: number;
  returned: number;
  aborted: number;
}

/** A fresh router with its own witness of streams. */
export function notesRouter() {
  const witness: Witness = { yielded: 0, returned: 0, aborted: 0 };

  async function* counting(count: number, failAt: number, padding: number, signal?: AbortSignal) {
    signal?.addEventListener('abort', () => witness.aborted++, { once: true });
    try {
      for (let row = 0; row < count; row++) {
        if (row === failAt) throw new TRPCError({ code: 'CONFLICT', message: 'row conflict' });
        witness.yielded++;
        yield note({ version: row, title: `Tea${'.'.repeat(padding)}` });
        await new Promise((resolve) => setImmediate(resolve));
      }
    } finally {
      witness.returned++;
    }
  }

  const router = t.router({
    notes: t.router({
      list: t.procedure
        .meta({ rest: { method: 'GET', path: '/notes', summary: 'List notes' } })
        .input(
          z.strictObject({
            q: z.string().max(50).optional(),
            limit: z.int().min(1).max(100).default(20),
            starred: z.boolean().optional(),
            tag: z.array(z.string().max(20)).max(5).optional(),
            level: z.literal([1, 2]).optional(),
            ratio: z.number().nullable().optional(),
          }),
        )
        .output(z.object({ items: z.array(Note), asked: z.record(z.string(), z.unknown()) }))
        .query(({ input }) => ({ items: [note()], asked: input })),
      templates: t.procedure
        .meta({ rest: { method: 'GET', path: '/notes/templates', summary: 'List templates' } })
        .output(z.object({ items: z.array(Note) }))
        .query(() => ({ items: [] })),
      get: t.procedure
        .meta({
          rest: {
            method: 'GET',
            path: '/notes/{id}',
            summary: 'Get a note',
            etag: { version: 'version' },
          },
        })
        .input(z.strictObject({ id: z.uuid() }))
        .output(Note)
        .query(({ input }) => {
          if (input.id === MISSING) throw new TRPCError({ code: 'NOT_FOUND', message: 'No such note' });
          return note({ id: input.id });
        }),
      create: t.procedure
        .meta({
          rest: {
            method: 'POST',
            path: '/notes',
            summary: 'Create a note',
            status: 201,
            location: '/notes/{note.id}',
          },
        })
        .input(z.strictObject(NoteFields))
        .output(z.object({ note: Note }))
        .mutation(({ input }) => ({ note: note(input) })),
      update: t.procedure
        .meta({
          rest: { method: 'PUT', path: '/notes/{id}', summary: 'Update a note', ifMatch: 'baseVersion' },
        })
        .input(
          z.strictObject({
            id: z.uuid(),
            baseVersion: z.int().optional(),
            title: NoteFields.title.optional(),
            stars: z.int().optional(),
          }),
        )
        .output(Note)
        .mutation(({ input }) => {
          if (input.baseVersion !== undefined && input.baseVersion !== 7) {
            throw new TRPCError({ code: 'CONFLICT', message: 'Changed meanwhile' });
          }
          return note({ version: 8, title: input.title ?? 'Tea' });
        }),
      remove: t.procedure
        .meta({ rest: { method: 'DELETE', path: '/notes/{id}', summary: 'Delete a note', status: 204 } })
        .input(z.strictObject({ id: z.uuid(), force: z.boolean().optional() }))
        .output(z.void())
        .mutation(() => undefined),
      move: t.procedure
        .meta({ rest: { method: 'PUT', path: '/notes/{id}/order/{place}', summary: 'Move a note' } })
        .input(
          z.union([
            z.strictObject({ id: z.uuid(), place: z.int(), before: z.string() }),
            z.strictObject({ id: z.uuid(), place: z.int(), after: z.string() }),
          ]),
        )
        .output(z.unknown())
        .mutation(({ input }) => input),
      signUp: t.procedure
        .meta({
          open: true,
          rest: {
            method: 'POST',
            path: '/sign-up',
            summary: 'Sign up',
            status: 201,
            orStatus: {
              status: 202,
              description: 'A mail was sent.',
              when: (output) => output === null,
            },
          },
        })
        .input(z.strictObject({ mail: z.boolean().default(false) }))
        .output(Note.nullable())
        .mutation(({ input }) => (input.mail ? null : note())),
      crash: t.procedure
        .meta({ rest: { method: 'POST', path: '/crash', summary: 'Fail unexpectedly' } })
        .output(z.void())
        .mutation(() => {
          throw new Error('duplicate key value violates unique constraint "secret_idx"');
        }),
      slow: t.procedure
        .meta({ rest: { method: 'GET', path: '/slow', summary: 'Wait until aborted' } })
        .output(z.string())
        .query(
          ({ signal }) =>
            new Promise((_, reject) => {
              witness.yielded++;
              signal?.addEventListener('abort', () => {
                witness.aborted++;
                reject(signal.reason);
              });
            }),
        ),
      export: t.procedure
        .meta({
          rest: {
            method: 'GET',
            path: '/notes/export',
            summary: 'Stream notes',
            stream: {
              item: Note,
              types: {
                async *'text/csv'(items) {
                  yield 'id,title\r\n';
                  for await (const item of items) {
                    const { id, title } = Note.parse(item);
                    yield `${id},${title}\r\n`;
                  }
                },
              },
            },
          },
        })
        .input(
          z.strictObject({
            count: z.int().default(3),
            failAt: z.int().default(-1),
            padding: z.int().default(0),
          }),
        )
        .output(streamOf(Note))
        .query(({ input, signal }) => counting(input.count, input.failAt, input.padding, signal)),
      import: t.procedure
        .meta({
          rest: {
            method: 'POST',
            path: '/notes/import',
            summary: 'Stream rows in',
            body: { types: ['text/csv', 'application/x-ndjson'], field: 'file', limit: 100_000 },
            stream: { item: Progress },
          },
        })
        .input(
          z.strictObject({
            dryRun: z.boolean().default(false),
            stopAfter: z.int().optional(),
            file: z.custom<RawBody>((value) => typeof value === 'object' && value !== null),
          }),
        )
        .output(streamOf(Progress))
        .mutation(async function* ({ input }) {
          let bytes = 0;
          let row = 0;
          for await (const chunk of input.file.body) {
            bytes += chunk.byteLength;
            row++;
            if (row === input.stopAfter) break;
          }
          yield { row, bytes };
        }),
      touch: t.procedure
        .meta({
          rest: [
            { method: 'POST', path: '/touch', summary: 'Touch' },
            { method: 'PUT', path: '/touch', summary: 'Touch again', deprecated: true, etag: undefined },
          ],
        })
        .input(z.strictObject({ deep: z.unknown().optional() }))
        .output(z.object({ user: z.string() }))
        .mutation(({ ctx }) => ({ user: ctx.user })),
    }),
    auth: t.router({
      login: t.procedure
        .input(z.strictObject({ name: z.string().max(50) }))
        .output(z.object({ ok: z.boolean() }))
        .mutation(({ ctx, input }) => {
          ctx.seen.push(input.name);
          return { ok: true };
        }),
    }),
  });
  return { router, witness };
}

export type NotesRouter = ReturnType<typeof notesRouter>['router'];
