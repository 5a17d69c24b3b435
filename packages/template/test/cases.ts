/// <reference types="node" />
/** How many cases a property is tried with: 100 in `pnpm test`, more where a run asks for them. */
export const cases: number = Number(process.env.PROPERTY_CASES ?? 100);
