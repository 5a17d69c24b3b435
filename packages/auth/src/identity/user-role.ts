export type UserRole = 'user' | 'admin';

/** Reads the column, which the database checks; whatever else it might hold means the least. */
export function userRole(stored: string): UserRole {
  return stored === 'admin' ? 'admin' : 'user';
}
