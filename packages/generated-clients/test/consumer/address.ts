/** Where the functions that orval writes send their requests: it takes an expression for the address. */
export const address = { url: '' };
