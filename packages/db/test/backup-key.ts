import { generateIdentity, identityToRecipient } from 'age-encryption';

/** A secret key of age, as the file of BACKUP_AGE_IDENTITIES holds it, and its public one. */
export async function newBackupKey(): Promise<{ readonly identity: string; readonly recipient: string }> {
  const identity = await generateIdentity();
  return { identity, recipient: await identityToRecipient(identity) };
}
