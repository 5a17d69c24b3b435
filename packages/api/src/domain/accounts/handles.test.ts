import { Handle } from '@promptory/schemas';
import { describe, expect, it } from 'vitest';
import { handleBase } from './handles.ts';

describe('handleBase', () => {
  it.each([
    ['Ann Lee', 'ann-lee'],
    ['  --Zoë  Ångström!! ', 'zoe-angstrom'],
    ['Łukasz Straße', 'lukasz-strasse'],
    ['O’Neil', 'o-neil'],
    ['Admin', 'admin-1'],
    ['小明', 'box'],
    ['🙂', 'box'],
    ['Me', 'me-1'],
    ['x'.repeat(100), 'x'.repeat(30)],
    [`${'x'.repeat(29)} y`, 'x'.repeat(29)],
  ])('makes a handle of the name %j', (name, handle) => {
    expect(handleBase(name, 'box@example.com')).toBe(handle);
    expect(Handle.safeParse(handle).success).toBe(true);
  });

  it('has a word for who has neither a Latin name nor a Latin address', () => {
    expect(handleBase('小明', '小明@example.com')).toBe('user');
  });
});
