import { bundleKeyOf, createKeptEntries, type Quotas, type Registration, type Services } from '@promptory/api/server';
import {
  createAccessTokens,
  createCredentialMarks,
  createPasswordHasher,
  createSecretBox,
  deriveKey,
} from '@promptory/auth';

const SERVER_KEY_INFO = 'promptory.cursor.v1';
const BUNDLE_KEY_INFO = 'promptory.bundle.v1';

/** What procedures work with, as every entry of the program makes it: the server, and the commands. */
export function createServices(parts: {
  db: Services['db'];
  reads: Services['reads'];
  log: Services['log'];
  limiter: Services['limiter'];
  usage: Services['usage'];
  workers: Services['workers'];
  memory: Services['memory'];
  live: Services['live'];
  jwtSecrets: readonly string[];
  publicUrl: string;
  requireEmailVerification: boolean;
  quotas: Quotas;
  registration: Registration;
  auditEntriesADay: number;
  /** Null: it follows from the first JWT secret. */
  bundleSigningKey: string | null;
}): Services {
  const {
    db,
    reads,
    log,
    limiter,
    usage,
    workers,
    memory,
    live,
    jwtSecrets,
    publicUrl,
    requireEmailVerification,
    quotas,
    registration,
    bundleSigningKey,
  } = parts;
  return {
    db,
    reads,
    log,
    limiter,
    usage,
    keptEntries: createKeptEntries(parts.auditEntriesADay),
    workers,
    memory,
    live,
    clock: { now: () => new Date() },
    passwords: createPasswordHasher(),
    accessTokens: createAccessTokens({ secrets: jwtSecrets, issuer: publicUrl, audience: publicUrl }),
    secretBox: createSecretBox(jwtSecrets),
    marks: createCredentialMarks(jwtSecrets),
    serverKey: deriveKey(jwtSecrets[0] ?? '', SERVER_KEY_INFO),
    bundleKey: bundleKeyOf(deriveKey(bundleSigningKey ?? jwtSecrets[0] ?? '', BUNDLE_KEY_INFO)),
    settings: { publicUrl, requireEmailVerification, quotas, registration },
  };
}
