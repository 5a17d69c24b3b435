import type { KeyObject } from 'node:crypto';
import type { AccessTokens, CredentialMarks, PasswordHasher, SecretBox } from '@promptory/auth';
import type { Database } from '@promptory/db';
import type {
  CurrentPrompt,
  PlainErrorCode,
  QuotaName,
  ResolvedPrompt,
  Scope,
  UsageKind,
  UserRole,
} from '@promptory/schemas';
import type { EventStream } from '@promptory/trpc-fastify/procedure';
import type { Kysely } from 'kysely';
import type { Tasks } from './tasks.ts';

/** The pool, or a transaction on it. */
export type Db = Kysely<Database>;

/** Who is asking, as the host found out once for the request. */
export type Principal =
  | {
      readonly kind: 'anonymous';
      /** Why a credential that came along was not accepted. */
      readonly rejected: PlainErrorCode | null;
      /** Whose it was, where it was good once: a key that is revoked, a session that has ended. */
      readonly endedOf?: string;
    }
  | { readonly kind: 'user'; readonly userId: string; readonly role: UserRole; readonly sessionId: string }
  | {
      readonly kind: 'apiKey';
      readonly userId: string;
      readonly keyId: string;
      readonly keyName: string;
      readonly scopes: readonly Scope[];
      readonly groupId: string | null;
      readonly callsPerMinute: number | null;
    };

/** A signed-in principal as queries and rules see it. */
export interface Who {
  readonly userId: string;
  /** Never true for an API key. */
  readonly isAdmin: boolean;
  /** The one group that an API key is limited to. */
  readonly groupId: string | null;
}

export interface Clock {
  now(): Date;
}

export interface Log {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  /** Where the recipient ends mails of this kind, without signing in (RFC 8058). */
  readonly unsubscribe?: string;
}

export interface Mailer {
  /** @throws when the mail server did not take the mail; the job is then tried again. */
  send(mail: Mail): Promise<void>;
}

/** Limits are counted by name and key; their numbers are the host's settings. */
export type LimitName =
  | 'anonymous'
  | 'user'
  | 'key'
  | 'login'
  | 'loginAddress'
  | 'register'
  | 'mail'
  | 'mailSender'
  | 'mailSenderDay'
  | 'mailNewSender'
  | 'mailAddress'
  | 'mailAddressDay'
  | 'refresh'
  | 'verify'
  | 'search'
  | 'export'
  /** Credentials that are not accepted, for each address. */
  | 'credential';

export interface Limiter {
  /**
   * Counts one call, or as many as `cost` says. Refused, it counts as one all the same; one that costs more than the whole
   * limit costs all of it. `limit` replaces the set number of calls where given.
   */
  consume(name: LimitName, key: string, limit?: number, cost?: number): Promise<LimitVerdict>;
}

export interface LimitVerdict {
  readonly allowed: boolean;
  readonly retryAfterSeconds: number;
  /** Whether it is the first that is refused within the window, where the limiter can tell. */
  readonly isFirstRefusal?: boolean;
}

export interface UsageEvent {
  readonly promptId: string;
  readonly version: number;
  readonly userId: string;
  readonly apiKeyId: string | null;
  readonly kind: UsageKind;
  /** What used it: the key's name, or `web`. */
  readonly consumer: string;
  readonly occurredAt: Date;
}

export interface UsageRecorder {
  /** Returns at once; events reach the database in batches. */
  record(event: UsageEvent): void;
}

/** Threads for what would hold up everybody else's calls. */
export interface Workers {
  /**
   * Does a task and answers what it gives.
   * @throws AppError server.busy where too many tasks wait, or this one took too long
   */
  run<Name extends keyof Tasks>(name: Name, ...input: Parameters<Tasks[Name]>): Promise<ReturnType<Tasks[Name]>>;
}

/** The browser's side of a cookie session. Nothing is set unless the caller asked for one. */
export interface SessionCookie {
  readonly refreshToken: string | null;
  /** Why the browser that asks would keep no cookie, for a person; null where it would. @throws AppError request.cross_site */
  obstacle(): string | null;
  set(refreshToken: string, expiresAt: Date): void;
  clear(): void;
}

/** Who may make an account. `domains`: those of addresses, normalised; `*.` in front stands for all below one. */
export type Registration =
  | { readonly mode: 'open' | 'invitation' | 'closed' }
  | { readonly mode: 'domains'; readonly domains: readonly string[] };

export interface Settings {
  /** Where people reach the product; links in mails start with it, whatever Host a request named. */
  readonly publicUrl: string;
  readonly requireEmailVerification: boolean;
  readonly registration: Registration;
  /** How much of each an account may hold, where nothing else is set for it. */
  readonly quotas: Readonly<Record<QuotaName, number>>;
}

/** Something that was found in the database, and that may be remembered. */
export interface Found<V> {
  readonly value: V;
  /** What it follows from, as `changes` names it, such as `prompt:<id>`; null where it is not to be remembered. */
  readonly dependsOn: readonly string[] | null;
  /** From when on it has to be looked for again in any case. */
  readonly until?: Date | null;
}

/** Values of one kind that this process may remember, each for as long as it is what the database would answer. */
export interface Remembered<V> {
  /**
   * @param key says all that `find` depends on beside the database: what is asked, and who asks
   * @param find not within a transaction
   */
  get(key: string, now: Date, find: () => Promise<Found<V>>): Promise<V>;
  /** What is remembered under a key and may be used now; undefined where it has to be looked for. Waits for nothing. */
  remembered(key: string, now: Date): V | undefined;
}

/** What this process remembers of the database. */
export interface Memory {
  readonly principals: Remembered<Principal>;
  /** What references lead to. */
  readonly resolved: Remembered<ResolvedPrompt>;
  /** Prompts as they are shown. */
  readonly prompts: Remembered<CurrentPrompt>;
  /** After a change, before it is answered: from then on nothing is remembered that it changed. */
  catchUp(): Promise<void>;
}

/** What an account changed, as the audit log names it. */
export interface KeptChange {
  readonly action: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** What a thing that is watched is to its reader now. */
export interface Seen<E> {
  /** What is told of it, whenever that is another one. */
  readonly event: E;
  /** What that follows from, as `changes` names it. */
  readonly dependsOn: readonly string[];
  /** Whether it follows from nothing else; else it is looked up again from time to time. */
  readonly isWhole: boolean;
}

/** Things that one stream watches. */
export interface Watch<E> {
  /** All that `lookUp` depends on beside the keys: what kind of thing, and who reads. Those of one reader are looked up together. */
  readonly what: 'prompts' | 'groups';
  readonly who: Who;
  readonly keys: readonly string[];
  /** What each of these is now, in their order. It is kept for other streams of the reader, so it holds on to no call. */
  lookUp(keys: readonly string[]): Promise<readonly Seen<E>[]>;
  /** As many of the largest as one statement looks up in less than a tenth of a second: other readers' turns come between. */
  readonly atOnce: number;
  /** Said before all is told, where something may have been missed. */
  readonly reset: E;
  /** The id of the last event that the client has; undefined where it begins. */
  readonly leftAt: string | undefined;
}

/** Has a listener hear of what is committed, by whichever process. @returns ends it */
export type ListenToChanges = (listener: {
  /** Of these things something is not as it was, such as `prompt:<id>`. */
  changed(topics: readonly string[]): void;
  /** Of anything something may not be as it was. */
  lost(): void;
}) => () => void;

/** Tells what changes, for as long as somebody watches. */
export interface Live {
  /** @throws AppError server.busy where too many watch, server.unavailable where this process is told of no changes */
  stream<E extends object>(watch: Watch<E>): EventStream<E>;
}

/** Whether one more change of an account leaves an entry of its own in the audit log. */
export type KeptEntries = (accountId: string, change: KeptChange, at: Date) => boolean;

/** Where calls that only read may do so beside the database itself. */
export interface Reads {
  /** What a call that begins now reads instead of the database itself: a replica that shows enough of it, or null. */
  begin(): Db | null;
  /** This process has changed something, which calls that begin from now on find. */
  changed(): void;
}

/** What lives as long as the process. */
export interface Services {
  readonly db: Db;
  /** Null without a replica. */
  readonly reads: Reads | null;
  readonly clock: Clock;
  readonly log: Log;
  readonly limiter: Limiter;
  readonly usage: UsageRecorder;
  readonly keptEntries: KeptEntries;
  readonly workers: Workers;
  readonly memory: Memory;
  readonly live: Live;
  readonly passwords: PasswordHasher;
  readonly accessTokens: AccessTokens;
  /** Encrypts the keys of second factors. */
  readonly secretBox: SecretBox;
  /** Of keys and refresh tokens: tells ours from what strangers make up. */
  readonly marks: CredentialMarks;
  /** Derived from JWT_SECRET. Encrypts the cursors of lists, and is half of what seals the stored answers of creating calls. */
  readonly serverKey: Buffer;
  /** Ed25519: signs the bundles that are exported. */
  readonly bundleKey: KeyObject;
  readonly settings: Settings;
}

/** The Idempotency-Key of a request, as it was sent. */
export interface IdempotencyHeader {
  readonly value: string;
  /** False in a batch of several calls. */
  readonly isOfOneCall: boolean;
  /** Marks the answer as one that was given before, in a header of its own. */
  markReplayed(): void;
}

/** By what a creating call is known when it is sent again. */
export interface IdempotencyKey {
  readonly value: string;
  /** SHA-256 of caller, procedure and key. */
  readonly hash: Buffer;
  markReplayed(): void;
}

/** What a procedure is given: the services, and the request. */
export interface Context extends Services {
  readonly principal: Principal;
  readonly requestId: string;
  readonly client: { readonly ip: string; readonly userAgent: string | null };
  readonly cookie: SessionCookie;
  /** Read for creating calls only. */
  readonly idempotencyHeader: IdempotencyHeader | null;
  /** Whether the caller has been answered meanwhile, such as that the call took too long: then it must have no effect. */
  isAnswered(): boolean;
  /** Says of a streamed body that all of it is kept in memory until the answer, and is not let go piece by piece. */
  keepsBody(): void;
}

/** A context whose principal the guard has let in. */
export interface SignedInContext extends Context {
  readonly principal: Exclude<Principal, { kind: 'anonymous' }>;
  readonly who: Who;
  /** Null where the call creates nothing, or came without an Idempotency-Key. */
  readonly idempotencyKey: IdempotencyKey | null;
}

/** A context of a person in a session, not of a program with a key. */
export interface SessionContext extends SignedInContext {
  readonly principal: Extract<Principal, { kind: 'user' }>;
  /** What the guard asked of this call beside its session; `admitAgain` asks it again. */
  readonly admission: {
    readonly asAdmin: boolean;
    /** The second factor, if the account has one. */
    readonly recentFactor: boolean;
  };
}
