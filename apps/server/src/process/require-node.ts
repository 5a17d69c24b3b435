/** The first version of Node that has all that the server uses. */
const OLDEST = [22, 18] as const;

/** @returns what to say where a version of Node is too old to serve; null where it is not */
export function nodeTooOld(version: string): string | null {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isNewEnough = major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
  return isNewEnough ? null : `This is Node ${version}: the server needs ${OLDEST.join('.')} or later.`;
}
