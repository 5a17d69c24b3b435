import { MAX_GROUP_PROMPTS } from '@promptory/schemas';
import type { ErrorGuide } from './error-guide.ts';

const [first, second] = ['01936d4a-58a1-7c3e-9a52-1f8a1b7c0d11', '01936d4a-58a1-7c3e-9a52-1f8a1b7c0d12'];

/** What prompts, groups and imports answer. */
export const libraryErrors = {
  'prompt.not_found': {
    happened:
      'There is no such prompt, or you may not read it: both are answered alike, so that nobody learns what others have. What is in the trash cannot be read either, and is gone after 30 days. A key that is limited to a group sees only the prompts in it.',
    remedy:
      'Check the id. Ask the prompt’s owner to share it by a group. Of your own, `GET /prompts?trashed=true` lists those in the trash.',
  },
  'prompt.forbidden': {
    happened:
      'You may read the prompt, but not do this to it: its owner and the editors of a group that its owner put it into change it, only its owner deletes it, shares it and sees how it is used, and administrators may do what its owner may.',
    remedy: 'Ask its owner to make you an editor, or make a copy of your own: `POST /prompts/{id}/duplicate`.',
  },
  'prompt.slug_taken': {
    happened: 'Another prompt of the same owner has this slug. Nothing was written. Those in the trash hold none.',
    remedy: 'Choose another slug, or leave it out and one is made of the title.',
  },
  'prompt.version_conflict': {
    happened:
      'Somebody saved the prompt after you read it: your change is based on a version that is no longer the latest. Nothing was written.',
    remedy:
      'Read the prompt again, bring both changes together (`GET /prompts/{id}/diff` shows what changed between two versions), and send the result with the new version as its base.',
    example: {
      extra: {
        latest: {
          version: 7,
          createdAt: '2026-11-22T09:30:00.000Z',
          author: { id: second, handle: 'bob', name: 'Bob', avatarUrl: null },
        },
      },
    },
  },
  'prompt.version_not_found': {
    happened: 'The prompt has no version of this number.',
    remedy: '`GET /prompts/{id}/versions` lists those it has.',
  },
  'prompt.not_in_trash': {
    happened: 'The prompt was to be restored or purged, but it is not in the trash.',
    remedy: 'To restore it, there is nothing to do: the prompt is there. To purge it, delete it first.',
  },
  'prompt.inputs_invalid': {
    happened:
      'The prompt was to be rendered, and a value is missing, is unknown, or is of another type than the prompt takes. Nothing was rendered. `errors` lists every fault, its path beginning with `inputs`.',
    remedy:
      'Send what the prompt takes. With `lenient: true` what is missing is nothing and what is unknown is passed over.',
    example: {
      errors: [
        { path: 'inputs.ticket', code: 'required', params: {}, message: 'Is missing: expects a string' },
        { path: 'inputs.tickte', code: 'unrecognized_key', params: {}, message: 'Is no input' },
      ],
    },
  },
  'prompt.template_invalid': {
    happened:
      'The text of this version is no template, or it does more work than one rendering may. Prompts are kept as they are sent, also where they are none; only to render them they have to be one.',
    remedy:
      'Look at `fault`, and save the prompt with the place mended: text with `{{` of its own goes into `{% raw %}`.',
    example: {
      extra: {
        fault: { code: 'unclosed', message: 'output "{{ ticket" not closed', line: 3, column: 12, messageIndex: null },
      },
    },
  },
  'prompt.breaking_change': {
    happened:
      'Programs that fetch the prompt by this label would break: the version takes other inputs than the one the label points at, or answers something else. `breaks` lists by what, by path. Nothing was moved.',
    remedy:
      'Make a version that keeps the promises: give a new input a default, keep what was promised of the output. Or change the programs first, and send `acceptBreaking` with a `reason`, which the history keeps.',
    example: {
      extra: {
        ...{ from: 3, to: 4, breakCount: 1 },
        breaks: [
          { side: 'input', path: '/customer', kind: 'required', decided: true, message: 'is new and must be given' },
        ],
      },
    },
  },
  'label.not_found': {
    happened: 'The prompt has no such label, or it points at no version any more. You may read the prompt.',
    remedy: '`GET /prompts/{id}/labels` lists those it has; `PUT /prompts/{id}/labels/{label}` makes one.',
  },
  'label.protected': {
    happened:
      'You may edit the prompt, but the label is protected, so that nobody moves it by mistake. Nothing was moved.',
    remedy: 'Ask the owner of the prompt to move it.',
  },
  'label.moved_since': {
    happened:
      'The label does not point where you expected, or has been moved since the move that you take back. Nothing was moved.',
    remedy:
      'Look at `current`: where it is what you want, there is nothing to do. `GET /prompts/{id}/labels/{label}/history` says who moved it and why.',
    example: { extra: { current: { label: 'production', version: 7, moveId: first } } },
  },
  'label.move_not_found': {
    happened: 'The history of this label of this prompt has no such move.',
    remedy: '`GET /prompts/{id}/labels/{label}/history` lists its moves with their ids.',
  },
  'release.not_found': {
    happened: 'There is no such release, or you may read none of its prompts: both are answered alike.',
    remedy: '`GET /releases` lists your own; with `promptId`, those of a prompt.',
  },
  'release.refused': {
    happened:
      'A label could not be moved on at least one of the prompts, so it was moved on none. `refusals` says of each of them what a move of its own would have answered.',
    remedy: 'Change what is refused, or leave those prompts out, and send it again.',
    example: {
      extra: { refusals: [{ index: 2, promptId: first, code: 'label.protected', message: 'The label is protected.' }] },
    },
  },
  'group.not_found': {
    happened:
      'There is no such group, or it is not shared with you: both are answered alike. A key that is limited to a group sees only that one.',
    remedy: 'Check the id, or ask the group’s owner to share it with you.',
  },
  'group.forbidden': {
    happened:
      'You may read the group, but not do this to it: viewers change nothing, editors its name, its prompts and their order, and only the owner its members; the owner alone deletes it.',
    remedy: 'Ask the group’s owner to do it or to change your role.',
  },
  'group.full': {
    happened: `The group holds ${MAX_GROUP_PROMPTS} prompts, which is as many as a group can.`,
    remedy: 'Take some out first, or begin another group.',
  },
  'group.prompt_not_in_group': {
    happened: 'The prompt is not in this group, or it is and you may not read it.',
    remedy: '`GET /groups/{id}` lists the prompts of the group in their order.',
  },
  'group.already_contains': {
    happened: 'The prompt is in the group already. Nothing was changed.',
    remedy: 'There is nothing to do. To move it, use `PUT /groups/{id}/reorder`.',
  },
  'group.order_mismatch': {
    happened:
      'The order does not name each prompt of the group just once: `missing` lists those left out, `unexpected` those that are not in the group or are named again. Perhaps somebody changed the group meanwhile. Nothing was changed.',
    remedy:
      'Read the group again and send all of its prompts that you see. To move a single one, say its `promptId` and which other it goes `before` or `after`.',
    example: { extra: { missing: [first], unexpected: [second] } },
  },
  'group.member_not_found': {
    happened: 'The group has no such member: the person left or was removed, or is only invited.',
    remedy: '`GET /groups/{id}/members` and `GET /groups/{id}/invitations` say who is there.',
  },
  'group.already_member': {
    happened: 'The person is a member of this group, or its owner.',
    remedy: 'To change what they may do, use `PUT /groups/{id}/members/{userId}`.',
  },
  'group.invitation_not_found': {
    happened: 'The group has no such invitation: it was withdrawn, or accepted by verifying the address.',
    remedy: '`GET /groups/{id}/invitations` lists those that are open.',
  },
  'group.owner_stays': {
    happened: 'The owner of a group cannot be removed from it, nor made a viewer or an editor. Nothing was changed.',
    remedy:
      'Hand the group over first: give another member the role `owner` by `PUT /groups/{id}/members/{userId}`. The former owner stays as an editor.',
  },
  'import.unreadable': {
    happened:
      'The file is not what its `Content-Type` says: it is empty, or neither UTF-8 nor UTF-16 with a byte order mark, its first row does not name the columns `title` and `content` (or `act` and `prompt`) by comma, semicolon or tab, it is JSON that was sent as CSV or the other way round, its prompts stand in an object, as in `{"prompts": […]}`, a quote or an array is not closed, or a row is too long or has too many cells (4 Mi characters, 256 cells; a header of CSV 65,536 characters). `detail` says where, and which encodings the bytes may be in. Rows before the fault are imported and stay; the answer then says how many. A dry run says what would have become of them.',
    remedy:
      'Mend the file and import all of it again: what is there already counts as unchanged. `dryRun=true` tries a file without writing.',
    example: {
      message:
        'The CSV cannot be read on in row 121: a quote is not closed. The 120 rows before are done: 118 created, 0 updated, 2 left unchanged and 0 failed.',
      extra: { rows: 120, created: 118, updated: 0, unchanged: 2, failed: 0 },
    },
  },
} as const satisfies Record<string, ErrorGuide>;
