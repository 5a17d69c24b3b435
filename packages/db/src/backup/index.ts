export { type BackupSettings, backUp, storeBackups } from './back-up.ts';
export { BackupError } from './backup-error.ts';
export { backupsIn, newestBackup, type Rotation } from './backup-folder.ts';
export { type BackupStore, openStore, type StoreSettings } from './backup-store.ts';
export { makeBackup } from './make-backup.ts';
export { rowsIn } from './manifest.ts';
export { restoreBackup } from './restore-backup.ts';
