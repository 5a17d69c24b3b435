import { givenPerson, newAddress, PASSWORD } from '@promptory/api/testing';
import { createPasswordHasher } from '@promptory/auth';
import { givenApp } from '../../harness/boot.ts';
import { type Answer, bearer, type UnbatchedTransport, unbatchedTransports } from '../../harness/transports.ts';
import { auth, logIn } from '../harness/account-calls.ts';
import { type Proof, proves } from '../harness/proof.ts';

// Every way in which a password is chosen follows the same rules, whatever script it is written in.

const server = await givenApp();
const hashing = await givenApp({ passwords: createPasswordHasher() });

/** Each way to choose a password: at registration, in a session. A mailed link's way is the same schema and function. */
const ways = {
  register: (transport: UnbatchedTransport, password: string) =>
    auth(server, transport, 'register', { email: newAddress(), name: 'Ann', password }),
  changePassword: async (transport: UnbatchedTransport, newPassword: string) => {
    const session = await server.session(await givenPerson(server.services));
    const input = { currentPassword: PASSWORD, newPassword };
    return auth(server, transport, 'changePassword', input, bearer(session.accessToken));
  },
  resetPassword: (transport: UnbatchedTransport, password: string) =>
    auth(server, transport, 'resetPassword', { token: 'a'.repeat(43), password }),
} as const;

/** Whether the password itself was accepted; a link that is not right is found out after that. */
function isAccepted(answer: Answer): boolean | null {
  if (answer.code === 'ok' || answer.code === 'auth.link_invalid') return true;
  return answer.code === 'auth.password_too_weak' || answer.code === 'request.invalid' ? false : null;
}

async function checkEverywhere(proof: Proof, password: string, expected: boolean): Promise<void> {
  for (const [way, choose] of Object.entries(ways)) {
    const transport = proof.pick(unbatchedTransports);
    const answer = await choose(transport, password);
    proof.worksIf(
      expected,
      isAccepted(answer) === expected,
      () => `${way}, ${transport}: ${JSON.stringify(password)} (${[...password].length}) was answered ${answer.code}`,
    );
  }
}

const scripts: readonly [string, string, ...string[]] = [
  'abcdefghijklmnopqrstuvwxyz',
  '0123456789',
  'ABCDEFGHIJ',
  'αβγδεζηθικλμν',
  'абвгдежзик',
  '密码是一件很私人的东西',
  '한글비밀번호가나다',
  '🦊🌲🪐🎻🧂🛶🥁🪁🧵🗿',
  ' .,;:!?-_',
  'éèêëàâäöü',
  'עברית',
  'ไทยรหัส',
];

/** So many code points of a script, none of which NFKC changes; not a word that a list would have. */
function letters(proof: Proof, length: number, script = proof.pick(scripts)): string {
  const alphabet = [...script];
  const word = Array.from({ length }, () => proof.pick(alphabet) ?? 'x').join('');
  // Whatever a repeated or neighbouring run is, this is not it.
  return length < 10
    ? word
    : `${[...word].slice(0, length - 3).join('')}${proof.pick(['쓽', '♞', 'ß'])}7${proof.pick(['q', '縁'])}`;
}

proves(
  'B3',
  '10 to 128 characters are accepted and nothing else, in any script, however they are chosen',
  async (proof) => {
    const lengths = [1, 5, 9, 10, 11, 64, 127, 128, 129, 130, 200, 500];
    for (let round = proof.share(20); round > 0; round -= 1) {
      for (const length of [...lengths, 10 + proof.below(119), 129 + proof.below(300)]) {
        const password = letters(proof, length);
        const counted = [...password.normalize('NFKC')].length;
        await checkEverywhere(proof, password, counted >= 10 && counted <= 128);
      }
    }
  },
);

proves(
  'B3',
  'no kinds of characters are demanded: words, digits, blanks or one alphabet alone will do',
  async (proof) => {
    const kinds = [
      'abcdefghijklmnopqrstuvwxyz',
      'QWERTZUIOPASDFGH',
      '0918273645',
      'αβγδεζηθικλμν',
      '密码是一件很私人的东西',
      ' .,;:!?-_',
    ];
    for (let round = proof.share(60); round > 0; round -= 1) {
      const kind = [...(kinds[round % kinds.length] ?? '')];
      const password = Array.from({ length: 14 + proof.below(40) }, () => proof.pick(kind) ?? 'x').join('');
      await checkEverywhere(proof, password, true);
    }
  },
);

proves('B3', 'what a password is, is decided after NFKC: every way of typing it opens the account', async (proof) => {
  const written: readonly [string, string][] = [
    ['pa\u0308sswo\u0308rter sind lang', 'pässwörter sind lang'],
    ['ﬁne ﬂowers of may', 'fine flowers of may'],
    ['ｗｉｄｅ ｌｅｔｔｅｒｓ ｈｅｒｅ', 'wide letters here'],
    ['① ② ③ little numbers', '1 2 3 little numbers'],
    ['Ω is an ohm, no omega', 'Ω is an ohm, no omega'],
    ['한글 비밀번호 열글자', '한글 비밀번호 열글자'.normalize('NFD')],
    ['a\u00a0blank that does not break', 'a blank that does not break'],
  ];
  for (const [first, second] of proof.sample(written, 3)) {
    for (const [chosen, typed] of [
      [first, second],
      [second, first],
    ] as const) {
      const email = newAddress();
      const made = await auth(server, proof.pick(unbatchedTransports), 'register', {
        email,
        name: 'Ann',
        password: chosen,
      });
      proof.works(made.code === 'ok', () => `${chosen}: ${made.code}`);
      for (const transport of unbatchedTransports) {
        const answer = await logIn(server, transport, { email, password: typed });
        proof.works(answer.code === 'ok', () => `${chosen} typed as ${typed}, ${transport}: ${answer.code}`);
      }
    }
  }
});

// Of the lists of leaked passwords, the top of those that have ten characters: facts, in no order that is anybody's.
const known = [
  ...[
    '1234567890',
    '0987654321',
    '9876543210',
    '1q2w3e4r5t',
    'qwertyuiop',
    'q1w2e3r4t5',
    '1qaz2wsx3edc',
    'zaq12wsxcde3',
  ],
  ...['password12', 'password123', 'password1234', 'Password1!', 'passw0rd123', 'p@ssword123', 'P@ssw0rd2024'],
  ...['qwerty12345', 'qwerty123456', 'qwertyuiop123', 'asdfghjkl1', 'asdfghjkl;', 'zxcvbnm123', 'abcd123456'],
  ...['iloveyou12', 'iloveyou123', 'iloveyou1234', 'princess123', 'sunshine123', 'football123', 'baseball123'],
  ...['superman123', 'welcome1234', 'Welcome123!', 'letmein1234', 'trustno1trustno1', 'charlie123', 'michael123'],
  ...['administrator', 'admin12345', 'changeme123', 'Summer2024!', 'Winter2025!', 'spring2023!', 'monday1234'],
  ...[
    'aaaaaaaaaa',
    '1111111111',
    '0000000000',
    '1212121212',
    'abcabcabcabc',
    'qweqweqweqwe',
    'correcthorsebatterystaple',
  ],
  ...['йцукенгшщз', 'contraseña123', 'motdepasse123', 'passwort123', '5201314520', 'woaini1314520', 'basketball'],
];

proves(
  'B3',
  'the passwords that are tried first are refused, in any case and any form of their letters',
  async (proof) => {
    const wide = (text: string): string =>
      text.replaceAll(/[!-~]/g, (letter) => String.fromCodePoint((letter.codePointAt(0) ?? 0) + 0xfee0));
    for (const word of proof.sample(known, 10)) {
      const typed = [
        word,
        word.toUpperCase(),
        wide(word),
        `${word[0]?.toUpperCase()}${word.slice(1)}`,
        word.normalize('NFD'),
      ];
      for (const password of typed) await checkEverywhere(proof, password, false);
    }
    await checkEverywhere(proof, 'seven green kettles whistle', true);
  },
);

proves('B3', 'nothing is cut off: two passwords that differ in the 128th character alone are two', async (proof) => {
  const ends = ['é', '密', '🦊', 'z', '0', ' '] as const;
  for (let round = proof.share(20); round > 0; round -= 1) {
    const start = letters(
      proof,
      127,
      proof.pick(['abcdefghijklmnopqrstuvwxyz ', '密码是一件很私人的东西', '🦊🌲🪐🎻🧂🛶🥁']),
    );
    const [first, second] = [ends[round % ends.length], ends[(round + 1 + proof.below(ends.length - 1)) % ends.length]];
    const email = newAddress();
    const transport = proof.pick(unbatchedTransports);
    const made = await auth(hashing, transport, 'register', { email, name: 'Ann', password: start + first });
    const other = await logIn(hashing, transport, { email, password: start + second });
    const shorter = await logIn(hashing, transport, { email, password: start });
    const right = await logIn(hashing, transport, { email, password: start + first });
    const codes = [made, other, shorter, right].map(({ code }) => code);
    proof.works(
      codes.join() === 'ok,auth.invalid_credentials,auth.invalid_credentials,ok',
      () => `${start}${first} and ${second}: ${codes.join()}`,
    );
  }
});

const PHC =
  /^\$argon2id\$v=(?<version>\d+)\$m=(?<memory>\d+),t=(?<passes>\d+),p=(?<lanes>\d+)\$(?<salt>[\w+/]+)\$(?<tag>[\w+/]+)$/;

proves('B3', 'what is stored is Argon2id, m ≥ 19456, t ≥ 2, p = 1, with a salt of its own', async (proof) => {
  const salts = new Set<string>();
  const count = proof.share(20);
  for (let round = count; round > 0; round -= 1) {
    const email = newAddress();
    const password = letters(proof, 20 + proof.below(100));
    const made = await auth(hashing, proof.pick(unbatchedTransports), 'register', { email, name: 'Ann', password });
    const [row] = await hashing.services.db
      .selectFrom('user_passwords')
      .innerJoin('users', 'users.id', 'user_passwords.user_id')
      .select('hash')
      .where('email', '=', email)
      .execute();
    const { version, memory, passes, lanes, salt, tag } = PHC.exec(row?.hash ?? '')?.groups ?? {};
    salts.add(salt ?? '');
    const isStrong = version === '19' && Number(memory) >= 19_456 && Number(passes) >= 2 && lanes === '1';
    const isLong = (salt?.length ?? 0) >= 22 && (tag?.length ?? 0) >= 43;
    proof.works(made.code === 'ok' && isStrong && isLong, () => `${made.code}: ${row?.hash}`);
  }
  proof.check(salts.size === count, () => `${salts.size} salts of ${count}`);
});
