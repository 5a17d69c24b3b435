import type { z } from 'zod';
import { type Fault, faultsOf } from '../faults/faults-of.ts';

/** Stands in the place of an item that its schema refuses. */
export class RefusedItem {
  readonly faults: readonly Fault[];

  constructor(faults: readonly Fault[]) {
    this.faults = faults;
  }
}

/**
 * An item of a list whose items are checked one by one: what the schema refuses becomes a `RefusedItem`, and the list is
 * taken all the same. To a document and to the compiler's eye on inputs it is the schema itself.
 */
export const checkedAlone = <Schema extends z.ZodType>(
  schema: Schema,
): z.ZodType<z.output<Schema> | RefusedItem, z.input<Schema>> =>
  // A conversion to JSON Schema asks for the default, without a fault: there is none.
  schema.catch(((fault: z.core.$ZodCatchCtx | undefined) =>
    fault === undefined ? undefined : new RefusedItem(faultsOf(fault.error))) as never) as never;
