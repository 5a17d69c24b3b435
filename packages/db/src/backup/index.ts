export { BackupError } from './backup-error.ts';
export {
  backupsIn,
  newBackupPath,
  newestBackup,
  type Rotation,
  rotate,
  type StoredBackup,
} from './backup-folder.ts';
export { makeBackup } from './make-backup.ts';
export { type Restored, restoreBackup } from './restore-backup.ts';
