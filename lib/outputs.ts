/** The outputs of a stack, by which the command line finds a deployed loop. They stay the same from version to version. */
export const outputs = {
  /** Base URL of the API, with its stage and a slash at the end. */
  apiUrl: 'ApiUrl',
  /** Name of the bucket that is the loop's store. */
  bucket: 'Bucket',
  /** ARN of the state machine. */
  stateMachine: 'StateMachine',
  loopName: 'LoopName',
} as const;
