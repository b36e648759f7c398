import { StoreUnavailable } from '../../core/errors.ts';
import type { WriteCondition } from '../../core/ports.ts';
import { MemoryStore } from './memory-store.ts';

/** A store that takes so many more writes, and then none: whoever writes to it has crashed, as far as the store can tell. */
export class MortalStore extends MemoryStore {
  lives: number;
  writes = 0;

  constructor(lives = Number.POSITIVE_INFINITY) {
    super();
    this.lives = lives;
  }

  override async write(key: string, body: string | AsyncIterable<string>, condition?: WriteCondition) {
    if (this.lives <= 0) throw new StoreUnavailable('The store is gone.');
    this.lives--;
    this.writes++;
    return super.write(key, body, condition);
  }
}
