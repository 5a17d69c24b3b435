import type { VersionSummary } from '@promptory/client';
import { expect, it } from 'vitest';
import type { LabelMove } from '../labels/calls.ts';
import { type TimelineEntry, timelineOf } from './timeline.ts';

const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();
const version = (number: number, minute: number) => ({ version: number, createdAt: at(minute) }) as VersionSummary;
const move = (label: string, to: number, minute: number) => ({ label, to, movedAt: at(minute) }) as LabelMove;
const read = (entries: readonly TimelineEntry[]) =>
  entries.map((entry) =>
    entry.type === 'version'
      ? `${entry.version.version}`
      : `${entry.move.label} → ${entry.move.to}${entry.isLast ? ', last' : ''}`,
  );

it('puts each move between the versions that it was made between', () => {
  const production = [move('production', 2, 30), move('production', 1, 12)];
  const entries = timelineOf([version(2, 20), version(1, 10)], [production, [move('staging', 2, 20)]], true);
  expect(read(entries)).toEqual(['production → 2, last', 'staging → 2, last', '2', 'production → 1', '1']);
});

it('leaves out what is older than the versions that are there, until they all are', () => {
  const production = [move('production', 3, 40), move('production', 1, 12)];
  expect(read(timelineOf([version(3, 30)], [production], false))).toEqual(['production → 3, last', '3']);
  expect(read(timelineOf([version(3, 30)], [production], true))).toEqual([
    'production → 3, last',
    '3',
    'production → 1',
  ]);
});
