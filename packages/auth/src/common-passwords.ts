/** The words that lists of leaked passwords are made of, and what people add to them. */
const STEMS = `
  password passw0rd p@ssword p@ssw0rd passwort passwd motdepasse contrasena contraseña wachtwoord hasło lozinka parola
  senha salasana lösenord qwerty qwertz azerty qwerty123 asdf asdfgh zxcvbn 1q2w3e 1q2w3e4r 1qaz2wsx q1w2e3r4 zaq12wsx
  abc123 abcd1234 a1b2c3d4 abcdef letmein welcome welcome1 iloveyou ilovemyself admin admin123 administrator root toor
  changeme changeit default secret topsecret private access login signin user username guest test testing tester demo
  example sample temp temporary master superman batman spiderman ironman pokemon pikachu starwars dragon monkey
  football baseball basketball hockey soccer liverpool chelsea arsenal barcelona realmadrid juventus princess sunshine
  butterfly flower summer winter spring autumn january february march april june july august september october november
  december monday friday sunday michael jessica jennifer jordan ashley daniel thomas andrew charlie robert hunter
  shadow ninja samsung apple google facebook instagram whatsapp microsoft windows computer internet internet1 network
  server database postgres oracle london paris berlin madrid newyork california america germany canada mexico
  freedom forever lovely babygirl blessed jesus jesuschrist money millionaire whatever nothing trustno1 mustang ferrari
  mercedes porsche corvette harley phoenix matrix killer hello helloworld openai chatgpt prompt prompts promptory
`;

const ENDINGS = `
  1 12 123 1234 12345 123456 1234567 12345678 123456789 1234567890 0 00 01 007 11 111 1111 22 69 99 321 4321 54321 2000
  2010 2015 2018 2019 2020 2021 2022 2023 2024 2025 2026 2027 ! !! !!! 1! 123! 1234! 12345! @ @1 @12 @123 @1234 # #1 #123
  _123 _1 -123 .123 2023! 2024! 2025! 2026! @2024 @2025 @2026 abc xyz qwerty
`;

/** As they stand in the lists, ten characters and more. */
const WHOLE = `
  1q2w3e4r5t 1q2w3e4r5t6y 1q2w3e4r5t6y7u 1qaz2wsx3edc 1qaz2wsx3edc4rfv 1qazxsw23edc 1qaz!qaz1qaz zaq1xsw2cde3
  zaq12wsxcde3 q1w2e3r4t5 q1w2e3r4t5y6 qazwsxedcrfv qazwsxedc123 qweasdzxc1 qweasdzxc123 qwe123asd456 qweqweqwe1
  asd123asd123 zxcvbnm123 asdfghjkl1 asdfghjkl123 qwertyuiop1 qwertyuiop123 qwerty12345 qwerty123456 123qweasdzxc
  123456qwerty 12345qwerty 123456789a 123456789q 1234567890a 1234567890q a123456789 q123456789 aa123456789 abc123456789
  abcd123456 abcde12345 abcdef1234 abcdef123456 a1b2c3d4e5 a1b2c3d4e5f6 1a2b3c4d5e 1a2b3c4d5e6f aa12345678 asdasdasd1
  0123456789a 11223344556 1122334455 112233445566 1223334444 1234512345 1234554321 123454321a 123123123a 147258369a
  147258369147 1472583690 0147258369 7894561230 7418529630 7539514560 159357456852 1029384756 0192837465 9876543210a
  3141592653 31415926535 2718281828 1123581321 correcthorse correcthorsebattery correcthorsebatterystaple
  iloveyou123 iloveyou1234 iloveyou12 iloveyouso iloveyousomuch iloveyoubaby iloveyou4ever
  iloveyou2much loveyou123 lovelylove ihateyou123 ihateyou12 mypassword mypassword1 mypassword123 thisismypassword
  yourpassword newpassword newpassword1 newpassword123 oldpassword passwordpassword password1password passpasspass
  drowssap123 pa55word123 pa$$word123 p455w0rd123 pass123456 pass12345678 pass1234567 qwertyqwerty adminadmin
  adminadmin1 administrator1 administrador administrateur rootroot123 rootpassword userpassword defaultpassword
  changeme123 changemenow pleasechangeme changethis changeit123 letmein123 letmein1234 letmeinnow letmeinplease
  opensesame opensesame1 welcome123 welcome1234 welcome2024 welcome2025 welcome2026 welcomeback superadmin superadmin1
  superuser1 supersecret supersecret1 supersecure topsecret1 secret1234 secretpassword secretsecret testtest123
  testtesttest testpassword test123456 test12345678 testuser123 test1234567 demodemo12 samplepassword examplepassword
  temppassword temporary1 trustno1trustno1 football123 footballer basketball basketball1 baseball123 manchester
  manchesterunited liverpoolfc realmadrid1 barcelona10 spiderman123 superman123 superman12 batman12345 pokemon123
  charlie123 michael123 michelle123 jennifer123 alexander1 alexander123 christopher christopher1 christian1 christine1
  elizabeth1 elizabeth123 stephanie1 victoria123 valentina1 valentine1 sebastian1 nicholas123 jonathan123 jesuslovesme
  jesuschrist1 godisgood1 godisgreat blessed123 sunshine123 sunshine12 princess123 princess12 butterfly1 butterfly123
  chocolate1 chocolate123 strawberry strawberry1 watermelon blueberry1 pineapple1 cheesecake spongebob1 scoobydoo1
  mickeymouse donaldduck minniemouse hellokitty hellokitty1 helloworld helloworld1 helloworld123 hello12345 hello123456
  hello1234567 goodmorning goodnight1 whatever123 nevermind1 everything1 friendship bestfriend bestfriends
  beautiful1 beautiful123 wonderful1 lovelygirl babygirl123 babygirl12 sweetheart sweetheart1 honeybunny 1234567890-=
  darkknight stargazer1 starwars123 harrypotter harrypotter1 gryffindor lordoftherings gandalf123 jamesbond007 matrix1234
  playstation playstation1 nintendo64 minecraft1 minecraft123 fortnite123 leagueoflegends counterstrike callofduty
  worldofwarcraft warcraft123 skyrim1234 runescape1 runescape123 roblox1234 roblox12345 microsoft1 microsoft123
  windows1234 google1234 google12345 facebook123 facebook1234 instagram1 instagram123 whatsapp123 samsung1234
  samsung123456 iphone12345 android1234 computer123 computer1234 internet123 internet1234 motorola123 blackberry
  blackberry1 california1 washington newyorkcity london2012 australia1 argentina1 bangladesh indonesia1 deutschland
  philippines switzerland mercedes123 volkswagen lamborghini lamborghini1 harleydavidson monkey12345 monkey123456
  dragon12345 dragon123456 dragonball dragonballz master12345 master123456 shadow12345 killer12345 qwerty1234567
  passwort123 passwort1234 hallo12345 hallo123456 schatz1234 ichliebedich motdepasse123 azertyuiop azertyuiop1
  azerty12345 bonjour123 jetaime123 teamomucho tequieromucho contraseña123 contrasena1 hola123456 senha12345 senha123456
  brasil2014 parola1234 parola12345 ciao123456 juventus1897 wachtwoord1 geheim1234 salasana123 woaini1314 woaini520
  woaini1314520 5201314520 1314520520 zxcvbnm1234 zhang123456 wang123456 asdf123456 asdfasdf123 asdfasdfasdf qwer12345678
  qwerasdfzxcv qwer1234asdf 1234qwerasdf 1234qwerasdfzxcv !qaz2wsx3edc !qaz@wsx#edc !@#$%^&*() qwerty!@#$% abc!@#12345
  promptory1 promptory123 promptengineer promptengineering promptpassword artificialintelligence chatgpt1234
`;

/** Read forwards, backwards and from any place on: ten keys or more of one of these are a walk. */
const WALKS = [
  '01234567890123456789',
  'abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz',
  'qwertyuiop[]asdfghjkl;zxcvbnm,./',
  'qwertyuiopasdfghjklzxcvbnmqwertyuiop',
  'qwertzuiopasdfghjklyxcvbnm',
  'azertyuiopqsdfghjklmwxcvbn',
  '`1234567890-=qwertyuiop',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/',
  'qazwsxedcrfvtgbyhnujmikolp',
  '1q2w3e4r5t6y7u8i9o0p',
  'q1w2e3r4t5y6u7i8o9p0',
  '1a2b3c4d5e6f7g8h9i0j',
  'a1b2c3d4e5f6g7h8i9j0',
  '!@#$%^&*()_+',
  '112233445566778899001122',
  'aabbccddeeffgghhiijjkkllmm',
  'йцукенгшщзхъфывапролджэячсмитьбю',
].flatMap((walk) => [walk, [...walk].reverse().join('')]);

const MIN_LENGTH = 10;
const LONGEST_REPEATED_UNIT = 5;
const LISTED: ReadonlySet<string> = new Set(listed());

/**
 * Whether a password of ten characters or more is among the first that an attacker tries: in the bundled list, a run of
 * neighbouring keys, letters or digits, or up to five characters said over and over. Case makes no difference.
 */
export function isCommonPassword(password: string): boolean {
  const folded = password.normalize('NFKC').toLowerCase();
  return LISTED.has(folded) || WALKS.some((walk) => walk.includes(folded)) || repeatsShortUnit(folded);
}

function repeatsShortUnit(text: string): boolean {
  const characters = [...text];
  for (let unit = 1; unit <= LONGEST_REPEATED_UNIT; unit += 1) {
    if (characters.every((character, index) => character === characters[index % unit])) return true;
  }
  return false;
}

function* listed(): Generator<string> {
  const [stems, endings] = [words(STEMS), words(ENDINGS)];
  yield* words(WHOLE);
  yield 'correct horse battery staple';
  for (const stem of stems) {
    for (const candidate of [stem, stem + stem, ...endings.flatMap((ending) => [stem + ending, ending + stem])]) {
      if ([...candidate].length >= MIN_LENGTH) yield candidate;
    }
  }
}

function words(text: string): string[] {
  return text.normalize('NFKC').split(/\s+/).filter(Boolean);
}
