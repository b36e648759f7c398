import { setImmediate } from 'node:timers/promises';
import type { WriteCondition } from '../../core/ports.ts';
import type { Persistence } from '../../functions/artifacts.ts';
import { MemoryStore } from '../fakes/memory-store.ts';

/** Time that passes only when everybody waits. The same numbers are drawn each time for the same seed. */
export class VirtualTime {
  #now = 0;
  #drawn: number;
  #sleepers: { readonly until: number; readonly wake: () => void }[] = [];

  constructor(seed = 1) {
    this.#drawn = seed;
  }

  get persistence(): Persistence {
    return { tries: 40, wait: (milliseconds) => this.sleep(milliseconds), jitter: () => this.draw() };
  }

  sleep(milliseconds: number): Promise<void> {
    return new Promise((wake) => this.#sleepers.push({ until: this.#now + milliseconds, wake }));
  }

  /** In [0, 1): a linear congruential generator. */
  draw(): number {
    this.#drawn = (this.#drawn * 1_103_515_245 + 12_345) % 2_147_483_648;
    return this.#drawn / 2_147_483_648;
  }

  /** Throws where all wait and nobody will wake. */
  async passUntil<T>(work: Promise<T>): Promise<T> {
    let isDone = false;
    let idle = 0;
    const watched = work.finally(() => {
      isDone = true;
    });
    watched.catch(() => undefined);
    while (!isDone) {
      await setImmediate();
      this.#sleepers.sort((a, b) => a.until - b.until);
      const next = this.#sleepers.shift();
      idle = next ? 0 : idle + 1;
      if (idle > 100) throw new Error('Everybody waits, and nobody will wake.');
      this.#now = next?.until ?? this.#now;
      next?.wake();
    }
    return watched;
  }
}

/** A store as far away as a bucket: 15 to 30 ms for each look and each write. */
export class DistantStore extends MemoryStore {
  readonly #time: VirtualTime;
  constructor(time: VirtualTime) {
    super();
    this.#time = time;
  }
  override async read(key: string) {
    await this.#time.sleep(15 + 15 * this.#time.draw());
    return super.read(key);
  }
  override async write(key: string, body: string | AsyncIterable<string>, condition?: WriteCondition) {
    await this.#time.sleep(15 + 15 * this.#time.draw());
    return super.write(key, body, condition);
  }
}
