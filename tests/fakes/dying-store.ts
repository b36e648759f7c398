import type { Store, WriteCondition } from '../../core/ports.ts';

/** A store as a process sees it that is killed: what it had sent arrives, and it hears and sends nothing more. */
export class DyingStore implements Store {
  readonly #store: Store;
  readonly #isDead: () => boolean;

  constructor(store: Store, isDead: () => boolean) {
    this.#store = store;
    this.#isDead = isDead;
  }

  read(key: string) {
    return this.#whileAlive(() => this.#store.read(key));
  }

  async *lines(key: string): AsyncIterable<string> {
    for await (const line of this.#store.lines(key)) yield await this.#whileAlive(async () => line);
  }

  write(key: string, body: string | AsyncIterable<string>, condition?: WriteCondition) {
    return this.#whileAlive(() => this.#store.write(key, body, condition));
  }

  async *list(prefix: string): AsyncIterable<string> {
    for await (const key of this.#store.list(prefix)) yield await this.#whileAlive(async () => key);
  }

  delete(key: string) {
    return this.#whileAlive(() => this.#store.delete(key));
  }

  async #whileAlive<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#isDead() ? never : await work();
    return this.#isDead() ? never : done;
  }
}

const never = new Promise<never>(() => undefined);
