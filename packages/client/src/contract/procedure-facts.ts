/** What a call of a procedure takes, beside what its types say. */
export interface ProcedureFacts {
  /** `required`: signs in where need be. `optional`: the token of a session that is there already, if any. */
  readonly token: 'required' | 'optional' | 'none';
  /** Whether it may share a request with other calls. */
  readonly batch: boolean;
  /** Whether the server honours an idempotency key. */
  readonly creates: boolean;
  /** Whether it answers a stream. */
  readonly streams: boolean;
}

/** What holds of a procedure that the server declares nothing special of. */
export const ordinaryFacts: ProcedureFacts = { token: 'required', batch: true, creates: false, streams: false };
