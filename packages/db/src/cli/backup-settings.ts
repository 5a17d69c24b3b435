import { join, resolve } from 'node:path';
import type { BackupSettings, StoreSettings } from '../backup/index.ts';
import { ROOT } from './run-command.ts';

/** What the commands of backups are set by. */
interface CommandSettings extends BackupSettings {
  /** The file of the secret keys that open them. */
  readonly identities: string | undefined;
}

/** Reads them from the environment. @throws Error where a number is none */
export function backupSettings(): CommandSettings {
  const { BACKUP_FOLDER, DATA_FOLDER, BACKUP_KEEP_DAYS, BACKUP_KEEP_LEAST } = process.env;
  const folder = BACKUP_FOLDER || join(DATA_FOLDER || '.promptory', 'backups');
  return {
    folder: resolve(ROOT, folder),
    rotation: {
      days: wholeNumber('BACKUP_KEEP_DAYS', BACKUP_KEEP_DAYS),
      least: wholeNumber('BACKUP_KEEP_LEAST', BACKUP_KEEP_LEAST),
    },
    recipients: (process.env.BACKUP_AGE_RECIPIENTS ?? '').split(/[\s,]+/).filter((key) => key !== ''),
    identities: process.env.BACKUP_AGE_IDENTITIES || undefined,
    store: storeSettings(),
  };
}

function storeSettings(): StoreSettings | undefined {
  const { BACKUP_STORE, BACKUP_STORE_REGION, BACKUP_STORE_KEY_ID, BACKUP_STORE_SECRET } = process.env;
  if (!BACKUP_STORE) return undefined;
  if (!BACKUP_STORE_KEY_ID || !BACKUP_STORE_SECRET) {
    throw new Error('BACKUP_STORE needs BACKUP_STORE_KEY_ID and BACKUP_STORE_SECRET.');
  }
  return {
    url: BACKUP_STORE,
    region: BACKUP_STORE_REGION || 'auto',
    keyId: BACKUP_STORE_KEY_ID,
    secret: BACKUP_STORE_SECRET,
  };
}

/** A path as it was typed, from where the command was called. */
export const givenPath = (path: string): string => resolve(process.env.INIT_CWD ?? '.', path);

function wholeNumber(name: string, given: string | undefined): number | undefined {
  if (given === undefined || given === '') return undefined;
  if (!/^\d{1,5}$/.test(given)) throw new Error(`${name} is a whole number from 0 to 99999.`);
  return Number(given);
}
