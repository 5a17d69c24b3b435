/** What each generated client is asked to do, with nothing but its own types between the call and the answer. */
export interface ForeignClient {
  signIn(email: string, password: string): Promise<void>;
  /** Made once, however often it is sent with one Idempotency-Key. */
  create(
    prompt: { title: string; content: string; tags: string[] },
    key: string,
  ): Promise<{ id: string; version: number }>;
  /** The titles of those that have all the tags, and what is to be asked for next. */
  list(filters: {
    tag: string[];
    limit: number;
    favorite?: boolean;
  }): Promise<{ titles: string[]; next: string | null }>;
  /** The prompt with its ETag. */
  get(id: string): Promise<{ title: string; content: string; etag: string | null }>;
  /** The version that it made. */
  update(id: string, content: string, ifMatch: string): Promise<number>;
  /** Builds on a version that is not the latest: which one is, by whom. */
  conflict(id: string, content: string, baseVersion: number): Promise<{ version: number; handle: string }>;
  /** Changes what others have changed since: the code of the refusal. */
  stale(id: string, content: string, ifMatch: string): Promise<'request.precondition_failed'>;
  /** The faults of an input that is wrong, by path. */
  faults(title: string): Promise<string[]>;
  /** The lines of the export, as text. */
  exported(): Promise<string>;
  /** The lines that an import of these answers, as text. */
  imported(prompts: { title: string; content: string }[]): Promise<string>;
  createGroup(name: string): Promise<string>;
  /** The titles in the group, in order, once the prompt is in it. */
  addToGroup(groupId: string, promptId: string): Promise<string[]>;
  /** Into the trash, if nobody has changed it since. */
  delete(id: string, ifMatch: string): Promise<void>;
  /** Whether it is there again. */
  restore(id: string): Promise<string>;
}
