import type { BackupSettings } from '@promptory/db/backup';
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
      };
