import { InvalidInput } from '../../../core/errors.ts';

/** The refusal of user's input; fails where the input was accepted, or broke something. */
export async function refusalOf(reading: () => unknown): Promise<InvalidInput> {
  try {
    await reading();
  } catch (error) {
    if (error instanceof InvalidInput) return error;
    throw error;
  }
  throw new Error('it was accepted');
}
