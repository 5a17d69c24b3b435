import { defaultPreferences, type Preferences, UpdatePreferencesInput } from '@promptory/schemas';

/** Preferences with a change merged in. */
export function mergePreferences(preferences: Preferences, change: UpdatePreferencesInput): Preferences {
  const { emailNotifications, ...rest } = withoutUndefined(change);
  return {
    ...preferences,
    ...rest,
    emailNotifications: { ...preferences.emailNotifications, ...withoutUndefined(emailNotifications ?? {}) },
  };
}

/** What the column `users.preferences` means: the defaults, and what differs from them. */
export function readPreferences(stored: unknown): Preferences {
  const change = UpdatePreferencesInput.safeParse(stored);
  return mergePreferences(defaultPreferences, change.success ? change.data : {});
}

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function withoutUndefined<T extends object>(value: T): Given<T> {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as Given<T>;
}
