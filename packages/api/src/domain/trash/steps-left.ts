/** How many steps may be taken still, of what is removed in short ones. */
export interface StepsLeft {
  steps: number;
}
