// What `promptory types` writes.
export namespace SupportTriage {
  export type Inputs = { ticket: string; customer: { name: string; tier?: 'free' | 'paid' }; tags?: string[] };
  export type Output = { urgency: 1 | 2 | 3; reply: string | null };
}
declare module '@promptory/client' {
  interface PromptTypes {
    /** Sorts tickets. */
    'support/triage': { inputs: SupportTriage.Inputs; output: SupportTriage.Output };
    'support/triage@staging': { inputs: SupportTriage.Inputs & { language: string }; output: SupportTriage.Output };
    hello: { inputs: { [name: string]: never }; output: string };
  }
}
