// biome-ignore lint/suspicious/noEmptyInterface: replaced by db:types
export interface DB {}
