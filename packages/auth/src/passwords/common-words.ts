// Words and endings that anybody would name, for what the published list lacks: words shorter than ten characters, other
// languages than its own, names that are younger than it, and ours. Copied from no list.

/** Common with one of the endings below before or behind it, with a number at its end, or twice. */
export const STEMS: ReadonlySet<string> = words(`
  password passw0rd p@ssword p@ssw0rd passwort passwd contraseña hasło lozinka parola senha salasana lösenord qwerty
  qwertz azerty qwerty123 asdf asdfgh zxcvbn 1q2w3e 1q2w3e4r 1qaz2wsx q1w2e3r4 zaq12wsx abc123 abcd1234 a1b2c3d4
  abcdef letmein welcome welcome1 iloveyou admin admin123 root toor changeme changeit default secret topsecret private
  access login signin user username guest test testing tester demo example sample temp temporary master superman
  batman spiderman ironman pokemon pikachu starwars dragon monkey football baseball hockey soccer liverpool chelsea
  arsenal barcelona juventus princess sunshine butterfly flower summer winter spring autumn january february march
  april june july august september october november december monday friday sunday michael jessica jennifer jordan
  ashley daniel thomas andrew charlie robert hunter shadow ninja samsung apple google facebook instagram whatsapp
  microsoft windows computer internet internet1 network server database postgres oracle london paris berlin madrid
  newyork america germany canada mexico myspace linkedin webhost christina alexandra alejandro katherine catherine
  charlotte cassandra dominique gabrielle nathaniel francisco hernandez rodriguez mackenzie anthony brandon jasmine
  michelle elizabeth alexander victoria stephanie anastasia softball wrestling snowboard paintball metallica tottenham
  newcastle hollywood chocolate buttercup sunflower moonlight snowflake swordfish dragonfly teddybear bubblegum
  jellybean spongebob sweetness something nightmare halloween christmas happiness disturbed superstar starbucks
  starcraft smackdown godfather blackjack longhorns cardinals chargers wolverine backspace friends bubbles monster
  chicken asshole fuckyou loveme iloveme lovehurts lovesucks pakistan qwe asd zxc freedom forever lovely babygirl
  blessed jesus money whatever nothing trustno1 mustang ferrari mercedes porsche corvette harley phoenix matrix killer
  hello openai chatgpt prompt prompts promptory hallo schatz bonjour jetaime hola brasil ciao geheim woaini zhang wang
  fortnite skyrim roblox iphone android indonesia beautiful stargazer testuser superuser superadmin boyfriend
  stockholm prettyboy brasil2014 woaini520 qwer12345678 abc!@#12345 qwe1122334
`);

/** What people put before or behind a word. */
export const ENDINGS: ReadonlySet<string> = words(`
  1 12 123 1234 12345 123456 1234567 12345678 123456789 1234567890 0 00 01 007 11 111 1111 22 69 99 321 4321 54321
  2000 2010 2015 2018 2019 2020 2021 2022 2023 2024 2025 2026 2027 ! !! !!! 1! 123! 1234! 12345! @ @1 @12 @123 @1234 #
  #1 #123 _123 _1 -123 .123 2023! 2024! 2025! 2026! @2024 @2025 @2026 abc xyz qwerty
`);

/** Of ten characters and more. */
export const WHOLE: ReadonlySet<string> = words(`
  1qaz!qaz1qaz !qaz2wsx3edc !qaz@wsx#edc 9876543210a 1234567890-= !@#$%^&*() qwerty!@#$% 147258369147 7539514560
  159357456852 demon1q2w3e4r5t correcthorse correcthorsebattery correcthorsebatterystaple iloveyouso lovelylove
  passpasspass testtesttest iloveyou4ever iloveyou2much password1password pa55word123 pa$$word123 p455w0rd123
  pazzword123 pass12345678 administrador administrateur rootroot123 rootpassword userpassword defaultpassword
  samplepassword examplepassword testpassword promptpassword changemenow pleasechangeme changethis letmeinplease
  welcomeback supersecure testtest123 demodemo12 lordoftherings leagueoflegends tequieromucho diosesfiel woaini1314520
  5201314520 1314520520 enterprises basketballs playstations beautifulgirl manchesterutd 000webhost telechargement
  promptengineer promptengineering artificialintelligence
`).add('correct horse battery staple');

function words(text: string): Set<string> {
  return new Set(text.normalize('NFKC').split(/\s+/).filter(Boolean));
}
