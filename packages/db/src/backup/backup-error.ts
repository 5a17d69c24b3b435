/** A backup that cannot be made, read or restored, and why. The message is one line for people. */
export class BackupError extends Error {
  override readonly name = 'BackupError';
}
