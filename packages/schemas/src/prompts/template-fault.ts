import { z } from 'zod';

/** Why a text is no template that can be rendered, and where. */
export const TemplateFault = z
  .strictObject({
    code: z
      .enum([
        ...(['syntax', 'unclosed', 'unknown_tag', 'refused_tag', 'unknown_filter', 'dynamic_name', 'limit'] as const),
        ...(['include', 'failed', 'schema'] as const),
      ])
      .meta({ description: '`schema`: it lies in the schema of the inputs. All else is of the text.' }),
    message: z.string().max(500),
    line: z.int().min(1).nullable().meta({ description: 'From 1; null where it lies in no text.' }),
    column: z.int().min(1).nullable().meta({ description: 'From 1, in UTF-16 units; null where it lies in no text.' }),
    messageIndex: z.int().min(0).nullable().meta({ description: 'Of a chat the message, from 0; null for a text.' }),
  })
  .meta({ id: 'TemplateFault' });
export type TemplateFault = z.infer<typeof TemplateFault>;
