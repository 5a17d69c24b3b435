import type { BackupSettings, StoreSettings } from '@promptory/db/backup';
import { z } from 'zod';
import { commaSeparated } from './forms/comma-separated.ts';
import { wholeNumber } from './forms/whole-number.ts';

export const backupVariables = {
  BACKUP_FOLDER: z.string().max(4096).optional(),
  BACKUP_KEEP_DAYS: wholeNumber(0, 99_999).optional(),
  BACKUP_KEEP_LEAST: wholeNumber(0, 99_999).optional(),
  BACKUP_AGE_RECIPIENTS: z
    .string()
    .max(65_536)
    .transform(commaSeparated)
    .refine((keys) => keys.every((key) => /^age1[a-z0-9]{20,4096}$/.test(key)), {
      message: 'must be public keys of age separated by commas, such as age1…, and never a secret one',
    })
    .optional(),
  BACKUP_STORE: z
    .url({ protocol: /^https?$/ })
    .max(2_048)
    .refine((url) => /^https?:\/\/[^/?#@]+\/[^/?#]+\/?$/.test(url), {
      message: 'must be the address of a bucket, such as https://s3.eu-central-1.amazonaws.com/our-backups',
    })
    .optional(),
  BACKUP_STORE_REGION: z.string().max(64).optional(),
  BACKUP_STORE_KEY_ID: z.string().max(256).optional(),
  BACKUP_STORE_SECRET: z.string().max(1_024).optional(),
};

type Read = { readonly [name in keyof typeof backupVariables]?: z.infer<(typeof backupVariables)[name]> };

/** Of the backups that the server makes by itself. Null where no folder is set: then none are made. */
export const backupSettingsOf = (read: Read): BackupSettings | null =>
  read.BACKUP_FOLDER === undefined
    ? null
    : {
        folder: read.BACKUP_FOLDER,
        rotation: { days: read.BACKUP_KEEP_DAYS, least: read.BACKUP_KEEP_LEAST },
        recipients: read.BACKUP_AGE_RECIPIENTS ?? [],
        ...(read.BACKUP_STORE === undefined ? {} : { store: storeSettingsOf(read, read.BACKUP_STORE) }),
      };

const storeSettingsOf = (read: Read, url: string): StoreSettings => ({
  url,
  region: read.BACKUP_STORE_REGION ?? 'auto',
  keyId: read.BACKUP_STORE_KEY_ID ?? '',
  secret: read.BACKUP_STORE_SECRET ?? '',
});

/** What a store of backups lacks, a line each. */
export const backupFaults = (given: Readonly<Record<string, string | undefined>>): string[] =>
  given.BACKUP_STORE === undefined
    ? []
    : ['BACKUP_FOLDER', 'BACKUP_STORE_KEY_ID', 'BACKUP_STORE_SECRET']
        .filter((name) => given[name] === undefined)
        .map((name) => `${name} must be set where BACKUP_STORE is`);
