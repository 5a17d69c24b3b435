import { newId } from '@promptory/db';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseMailJob } from './mail-job.ts';
import * as mails from './mail-text.ts';
import { shownName } from './shown-name.ts';

const { emailChangedMail, groupInvitationMail, groupSharedMail, labelsMovedMail, newAddressMail, verifyEmailMail } =
  mails;

const LINK = 'https://p.example/register';
const CHOICE = 'https://p.example/mail-preferences?token=x';
const OF = { sharer: { name: 'Bob', handle: 'bob' }, group: 'Team', role: 'viewer' } as const;
const MOVED = {
  ...{ mover: OF.sharer, label: 'production', reason: null, isUndoing: false, isLast: false },
  ...{ prompts: [{ slug: 'support/triage', from: null, to: 3 }], promptCount: 1 },
};

/** Every mail there is, in every form. */
const all: Readonly<Record<keyof typeof mails, readonly { subject: string; text: string }[]>> = {
  verifyEmailMail: [verifyEmailMail(LINK)],
  newAddressMail: [newAddressMail(LINK)],
  addressInUseMail: [mails.addressInUseMail(LINK)],
  resetPasswordMail: [mails.resetPasswordMail(LINK)],
  alreadyRegisteredMail: [mails.alreadyRegisteredMail(LINK, `${LINK}/forgot`)],
  notInvitedMail: [mails.notInvitedMail()],
  registeredAgainMail: [mails.registeredAgainMail(LINK)],
  passwordChangedMail: [mails.passwordChangedMail(LINK)],
  securityMailsOffMail: [mails.securityMailsOffMail(LINK)],
  emailChangedMail: [emailChangedMail('ann@new.example')],
  accountDeletedMail: [mails.accountDeletedMail('2026-01-31T09:30:00.000Z')],
  secondFactorMail: (['on', 'off', 'recovery_code_used', 'recovery_codes_renewed', 'guessed_at'] as const).map(
    (event) => mails.secondFactorMail(event, '2026-01-31T09:30:00.000Z', LINK),
  ),
  groupInvitationMail: [true, false].map((requireEmailVerification) =>
    groupInvitationMail({ ...OF, requireEmailVerification }, LINK),
  ),
  groupSharedMail: (['viewer', 'editor'] as const).map((role) => groupSharedMail({ ...OF, role }, LINK, CHOICE)),
  labelsMovedMail: [
    labelsMovedMail(MOVED, CHOICE),
    labelsMovedMail({ ...MOVED, isUndoing: true, reason: 'Wrong tone' }, CHOICE),
    labelsMovedMail({ ...MOVED, promptCount: 30, isLast: true }, CHOICE),
  ],
};

describe('every mail', () => {
  it.each(Object.entries(all))('says in words what it is about, and what to do: %s', (_, texts) => {
    for (const { subject, text } of texts) {
      expect(subject).toMatch(/^[A-Z][\w' -]{15,79}$/);
      const [greeting, first, ...others] = text.replace(/\n\n-- \nPromptory\n$/, '').split('\n\n');
      expect(greeting).toBe('Hello,');
      // It goes on behind the comma.
      expect(first).toMatch(/^[a-z].{20,}[.:]$/);
      expect(text).not.toMatch(/ [.,:]/);
      expect(others.length).toBeGreaterThan(0);
      const isSaid = (paragraph: string): boolean =>
        /^https:\S+$/.test(paragraph) || /^[A-Z].{10,}[.:]$/.test(paragraph) || paragraph.includes(':\n    ');
      expect(others.filter((paragraph) => !isSaid(paragraph))).toEqual([]);
    }
    expect(new Set(texts.map(({ text }) => text)).size).toBe(texts.length);
  });
});

describe('the text of a mail', () => {
  it('has what people typed on lines of its own, below what it is, and no word of theirs elsewhere', () => {
    const of = { ...OF, sharer: { name: 'Bob” by mistake.\r\nBcc: x', handle: 'bob' }, group: 'Su\u202epport' };
    for (const mail of [
      groupInvitationMail({ ...of, requireEmailVerification: true }, LINK),
      groupSharedMail(of, LINK, CHOICE),
    ]) {
      const lines = mail.text.split('\n');
      const at = lines.indexOf('Their name, as they typed it:');
      expect(lines.slice(at, at + 6)).toEqual([
        'Their name, as they typed it:',
        '    Bob by mistake. Bcc x',
        'Their handle:',
        '    bob',
        "The group's name, as it was typed:",
        '    Support',
      ]);
      const others = [...lines.slice(0, at), ...lines.slice(at + 6)].join('\n');
      expect(`${mail.subject}\n${others}`).not.toMatch(/bob|mistake|support/i);
    }
  });

  it('says of a link that confirms an address what its page will ask for', () => {
    for (const { text } of [verifyEmailMail(LINK), newAddressMail(LINK)]) {
      expect(text).toMatch(/The page asks for the password of the account/);
    }
  });

  it('shows no handle that it would have to change, for the rest may be the handle of another', () => {
    const of = { ...OF, sharer: { name: 'Bob', handle: 'bob-18005550100' } };
    expect(groupSharedMail(of, LINK, CHOICE).text).toContain('Their handle:\n    (a name that cannot be shown)\n');
  });

  it('says what the role lets its holder do', () => {
    const text = (role: 'viewer' | 'editor') =>
      groupInvitationMail({ ...OF, role, requireEmailVerification: true }, LINK).text;
    expect(text('viewer')).toContain('Your role in it is viewer: you may read its prompts.');
    expect(text('editor')).toContain('Your role in it is editor: you may read its prompts, add and remove some,');
  });

  it('says of moved labels who moved which of what prompts, where from and to, and why', () => {
    const moved = {
      ...MOVED,
      prompts: [{ slug: 'support/triage', from: 2, to: null }],
      reason: 'See evil.com, “quick”',
    };
    const { subject, text } = labelsMovedMail({ ...moved, promptCount: 3 }, CHOICE);
    expect(subject).toBe('A label of your prompts was moved');
    expect(text).toContain(
      [
        'The label:\n    production',
        'The reason, as it was typed:\n    See evil com, quick',
        'The prompts:\n    support/triage: from version 2 to nowhere\n    and 2 more\n',
      ].join('\n'),
    );
    const undone = labelsMovedMail({ ...MOVED, isUndoing: true }, CHOICE);
    expect(undone.text).toContain('took back how a label of a prompt of yours had been moved');
    expect(undone.text).toContain('The prompt:\n    support/triage: from nowhere to version 3\n');
  });

  it('shows a new address to the owner of the old one only by its beginnings', () => {
    const { text } = emailChangedMail('ann.lee@new.example');
    expect(text).toContain('a… at n…');
    expect(text).not.toMatch(/ann|lee|new\.|example/);
  });
});

describe('a name in a mail', () => {
  it.each([
    ['Dr. José O’Neil-Smith', 'Dr. José OʼNeil-Smith'],
    ['GPT-4.1, Team & Söhne!', 'GPT-4.1, Team & Söhne!'],
    ['李小龍 محمد 🚀', '李小龍 محمد 🚀'],
    ['“quoted” (and) <more>', 'quoted and more'],
    ['https://evil.example/x', 'https evil example x'],
    ['ｗｗｗ．ｅｖｉｌ。ｃｏｍ', 'www evil com'],
    ['ev\u200bil.com help@evil.io', 'evil com help evil io'],
    ['tel:+1 (800) 555-0100 now', 'tel + now'],
    ['10.0.0.1', '10 0 0 1'],
    ['A\r\n\u2028B', 'A B'],
    ['”', '(a name that cannot be shown)'],
    ['W'.repeat(61), `${'W'.repeat(59)}…`],
  ])('is of %j: %j', (name, shown) => {
    expect(shownName(name)).toBe(shown);
  });

  it('is one line of at most 60 characters without what could close, open or link anything, whatever was typed', () => {
    const characters = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('.', '@', '://', '”', '\n', 'evil.com', '7'),
    );
    fc.assert(
      fc.property(fc.array(characters, { maxLength: 30 }), (parts) => {
        const shown = shownName(parts.join(''));
        expect(shown).toMatch(
          /^(?:[\p{L}\p{M}\p{N}\p{Emoji_Presentation}.,&+!?… -]{1,60}|\(a name that cannot be shown\))$/u,
        );
        expect(shown).not.toMatch(/\p{L}\.[\p{L}\p{N}]|(?:\p{N}[ .,+-]*){7}|^ | $/u);
      }),
    );
  });
});

describe('a job of the queue', () => {
  it('is read back as it was queued', () => {
    const job = { kind: 'verify_email', userId: newId(), email: 'a@example.com' };
    expect(parseMailJob(JSON.parse(JSON.stringify(job)))).toEqual(job);
  });

  it('is refused when it is of no known kind, lacks something, or holds more', () => {
    for (const payload of [
      null,
      {},
      { kind: 'free_money' },
      { kind: 'password_changed' },
      { kind: 'password_changed', userId: 'root' },
      { kind: 'password_changed', userId: newId(), token: 'secret' },
    ]) {
      expect(() => parseMailJob(payload)).toThrow();
    }
  });
});
