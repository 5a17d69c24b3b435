// Made for Promptory: words and patterns that anybody would name, put together by rules; copied from no list.

/** The words that passwords are made of, and what people add to them. */
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
  myspace linkedin friendster webhost christina alexandra alejandro alessandro alessandra aleksandra katherine catherine
  charlotte cassandra dominique gabrielle nathaniel francisco hernandez rodriguez mackenzie jacqueline anthony brandon
  jasmine michelle elizabeth alexander victoria stephanie maximilian christophe konstantin anastasia anastasiya
  basketball volleyball softball wrestling skateboard snowboard paintball linkinpark metallica tokiohotel ironmaiden
  tottenham newcastle fenerbahce galatasaray astonvilla ronaldinho hollywood chocolate buttercup sunflower moonlight
  snowflake swordfish dragonfly teddybear bubblegum jellybean spongebob sweetness something nightmare halloween christmas
  summertime happiness disturbed superstar starbucks starcraft undertaker smackdown godfather blackjack longhorns
  cardinals chargers wolverine nopassword backspace friends bubbles monster chicken asshole fuckyou motherfucker
  loveme iloveme lovehurts lovesucks ilovejesus ilovemymom ilovemusic ilovechris lifeisgood jesussaves jesusislord
  pakistan qwe asd zxc
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
  terminator enterprise underground revolution university information international television professional mechanical
  networking enterprises experience intelligence independent generation connection translator transformer transformers
  technology accounting management engineering consulting development restaurant basketballs girlfriend boyfriend
  grandmother grandfather motherload motherlode tinkerbell cinderella wonderland lighthouse casablanca mississippi
  losangeles sanfrancisco philadelphia washington birmingham manchesterutd copenhagen stockholm wellington puertorico
  madagascar abracadabra abrakadabra mastermind moneymaker hellothere leavemealone neveragain whatthefuck whosyourdaddy
  loveislife rocknroll1 jesusfreak finalfantasy smallville roadrunner ghostrider battlefield needforspeed playstations
  supernatural evangelion sailormoon darthvader jediknight solidsnake devilmaycry bladerunner braveheart highlander
  painkiller hellraiser undercover underworld juggernaut challenger winchester mitsubishi hondacivic porsche911
  sonyericsson multimedia supervisor programmer computador depechemode ledzeppelin limpbizkit evanescence greedisgood
  supersonic apocalypse armageddon thunderbird firefighter goldfinger pathfinder wishmaster quicksilver millennium
  everything absolutely unbelievable beautifulgirl prettygirl prettyboy1 daddysgirl iamthebest trustnoone skate4life
  4815162342 lost4815162342 1020304050 0102030405 102030405060 1357924680 1357908642 2468101214 1213141516 1112131415
  000webhost 1q2w3e4r5t6 demon1q2w3e4r5t 1a2s3d4f5g a1s2d3f4g5 z1x2c3v4b5 1z2x3c4v5b qpwoeiruty q1q2q3q4q5 a1a2a3a4a5
  qawsedrftg azsxdcfvgb qazxswedcvfr 123qwe456rty qwe1122334 pazzword123 chickenwing nuttertools alexandria television1
  felicidade vaffanculo diosesamor diosesfiel jesucristo estrellita juancarlos telechargement matematica sunderland
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
const LONGEST_REPEATED_UNIT = 6;
const MOST_BESIDE_A_WALK = 3;
const LEAST_LONG_WALK = 7;
const LEAST_SHORT_WALK = 3;
const STEM_WORDS: ReadonlySet<string> = new Set([...words(STEMS), ...words(WHOLE)]);
const LISTED: ReadonlySet<string> = new Set(listed());

/**
 * Whether a password of ten characters or more is among the first that an attacker tries, whatever its case: a word of
 * the list, also with a number, a year or marks at its end; neighbouring keys, letters or digits, in one run or several,
 * with at most three other characters; or up to six characters said over and over.
 */
export function isCommonPassword(password: string): boolean {
  const folded = password.normalize('NFKC').toLowerCase();
  return (
    LISTED.has(folded) || STEM_WORDS.has(withoutEnding(folded)) || isMadeOfWalks(folded) || repeatsShortUnit(folded)
  );
}

/** Without up to four digits at its end and up to two marks behind them. */
const withoutEnding = (text: string): string => text.replace(/\d{0,4}[!?.@#$%&*_-]{0,2}$/u, '');

/** One run with at most three characters before or behind it, or nothing but runs of three and more. */
function isMadeOfWalks(text: string): boolean {
  const characters = [...text];
  for (let before = 0; before <= MOST_BESIDE_A_WALK; before += 1) {
    for (let behind = 0; before + behind <= MOST_BESIDE_A_WALK; behind += 1) {
      const run = characters.slice(before, characters.length - behind);
      if (run.length >= LEAST_LONG_WALK && isWalk(run.join(''))) return true;
    }
  }
  let left = text;
  while (left !== '') {
    const length = longestWalk(left);
    if (length < LEAST_SHORT_WALK) return false;
    left = left.slice(length);
  }
  return true;
}

const isWalk = (text: string): boolean => WALKS.some((walk) => walk.includes(text));

/** How many units at the start of a text are one run. */
function longestWalk(text: string): number {
  let length = 0;
  while (length < text.length && isWalk(text.slice(0, length + 1))) length += 1;
  return length;
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
