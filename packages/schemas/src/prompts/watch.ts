import { z } from 'zod';
import { Id, VersionNumber } from '../values/ids.ts';
import { Reference } from './references.ts';
import { MAX_REFERENCES } from './resolved.ts';

/** Where a stream of events was left: what the id of its last event says. */
export const LastEventId = z
  .string()
  .max(100)
  .optional()
  .describe(
    'The id of the last event that you have, to go on from there; an `EventSource` sends it as `Last-Event-ID` by itself.',
  );

/** Watches what references lead to. */
export const WatchPromptsInput = z.strictObject({
  refs: z.array(Reference).min(1).max(MAX_REFERENCES).describe('References, each as `ref` of `GET /prompts/resolve`.'),
  lastEventId: LastEventId,
});
export type WatchPromptsInput = z.infer<typeof WatchPromptsInput>;

const ref = z.string().max(250).meta({ description: 'The reference, as it was asked for.' });

const Led = z
  .strictObject({
    type: z.literal('prompt'),
    ref,
    promptId: Id,
    version: VersionNumber,
    revision: z.string().max(64).meta({
      description: 'Another one whenever `GET /prompts/resolve` answers another text: of it, or of what it includes.',
    }),
  })
  .meta({
    id: 'WatchedPrompt',
    description: 'Where a reference leads, at first and whenever that is another version.',
  });

const LedNowhere = z
  .strictObject({
    type: z.literal('none'),
    ref,
    code: z.enum(['prompt.not_found', 'prompt.version_not_found', 'label.not_found']),
  })
  .meta({ id: 'UnwatchedPrompt', description: 'A reference leads nowhere, or nowhere that you may read.' });

/** All may have changed. */
export const ResetEvent = z.strictObject({ type: z.literal('reset') }).meta({
  id: 'WatchReset',
  description: 'It was left too long ago: anything may have changed since. All that is watched is told anew after it.',
});

/** What is told of a prompt that is watched. */
export const PromptEvent = z.discriminatedUnion('type', [Led, LedNowhere, ResetEvent]).meta({ id: 'PromptEvent' });
export type PromptEvent = z.infer<typeof PromptEvent>;
