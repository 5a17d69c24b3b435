import { NoAnswer, send } from '../../e2e/harness/send.ts';

/** What a server has acknowledged; only that is promised. */
export class Acknowledged {
  /** Content by `promptId version`. */
  readonly versions = new Map<string, string>();
  /** `groupId promptId`. */
  readonly entries = new Set<string>();
  /** Requests whose answer did not come, or was that the server cannot do it now. */
  unanswered = 0;
  /** What those said that were answered by a failure. */
  readonly refusals: string[] = [];

  get count(): number {
    return this.versions.size + this.entries.size;
  }
}

interface Written {
  readonly id: string;
  readonly version: number;
  readonly content: string;
}

/** Somebody who writes as fast as they are answered: new prompts, new versions of them, and a group's entries. */
export class Writer {
  readonly #token: string;
  readonly #acknowledged: Acknowledged;
  readonly #prompts: string[] = [];
  #groupId = '';
  #step = 0;

  private constructor(token: string, acknowledged: Acknowledged) {
    this.#token = token;
    this.#acknowledged = acknowledged;
  }

  static async register(url: string, name: string, acknowledged: Acknowledged): Promise<Writer> {
    const account = { email: `${name}@example.org`, name, password: 'a lantern in the third field' };
    const { accessToken } = await send<{ accessToken: string }>(url, 'POST', '/auth/register', account);
    return new Writer(accessToken, acknowledged);
  }

  /** Goes on until an answer stays away, or it is over. */
  async write(url: string, isOver = () => false): Promise<void> {
    try {
      this.#groupId = (await this.#send<Written>(url, 'POST', '/groups', { name: 'A round' })).id;
      while (!isOver()) await this.#writeOne(url);
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      this.#acknowledged.unanswered += 1;
      this.#acknowledged.refusals.push(error.message);
    }
  }

  /** Goes on whatever is answered, until it is over. */
  async keepWriting(url: string, isOver: () => boolean): Promise<void> {
    while (!isOver()) await this.write(url, isOver);
  }

  async #writeOne(url: string): Promise<void> {
    this.#step += 1;
    const content = `Step ${this.#step}. ${'Words to fill a page with. '.repeat(this.#step % 200)}`;
    const newest = this.#prompts.at(-1);
    if (newest === undefined || this.#step % 4 === 0) {
      const made = await this.#send<Written>(url, 'POST', '/prompts', { title: `Prompt ${this.#step}`, content });
      this.#acknowledge(made, content);
      this.#prompts.push(made.id);
    } else if (this.#step % 4 === 1) {
      // At the front: every other entry moves.
      await this.#send(url, 'POST', `/groups/${this.#groupId}/prompts`, { promptId: newest, position: 0 });
      this.#acknowledged.entries.add(`${this.#groupId} ${newest}`);
    } else {
      const id = this.#prompts[(this.#step * 7) % this.#prompts.length] ?? newest;
      this.#acknowledge(await this.#send<Written>(url, 'PUT', `/prompts/${id}`, { content }), content);
    }
  }

  #acknowledge({ id, version, content }: Written, sent: string): void {
    if (content !== sent) throw new Error('The answer has other content than was sent.');
    this.#acknowledged.versions.set(`${id} ${version}`, content);
  }

  #send<Answer>(url: string, method: string, path: string, body: object): Promise<Answer> {
    return send<Answer>(url, method, path, body, { authorization: `Bearer ${this.#token}` });
  }
}
