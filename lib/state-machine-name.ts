/** Name of a loop's state machine, as the console lists it. */
export function stateMachineNameOf(loop: string): string {
  return `ratchet-${loop}`;
}
