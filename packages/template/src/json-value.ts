/** What JSON can say: the value of a `config`, of `messages`, of an input schema. */
export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };
