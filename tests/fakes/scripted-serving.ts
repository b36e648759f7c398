import type { Serving, ServingView } from '../../core/ports.ts';

/** What one look after the other sees of a deployment, from the first answer on; the last stays. */
export type ServingScript = readonly ServingView['phase'][];

/** A serving whose deployments do what a test says, in the order in which their keys first come. */
export class ScriptedServing implements Serving {
  /** Keys in the order of the calls, repeats included. */
  readonly deployed: string[] = [];
  readonly destroyed: string[] = [];
  readonly #scripts: ServingScript[];
  readonly #deployments = new Map<string, { readonly artifact: string; phases: ServingScript }>();

  /** Without a script a deployment is ready at once. */
  constructor(...scripts: readonly ServingScript[]) {
    this.#scripts = [...scripts];
  }

  async deploy(key: string, artifact: string): Promise<ServingView> {
    this.deployed.push(key);
    const deployment = `deployment of ${key}`;
    if (!this.#deployments.has(deployment)) {
      this.#deployments.set(deployment, { artifact, phases: this.#scripts.shift() ?? ['ready'] });
    }
    return this.get(deployment);
  }

  async get(deployment: string): Promise<ServingView> {
    const found = this.#deployments.get(deployment);
    if (!found) throw new Error(`Unscripted: nobody deployed ${deployment}`);
    const [phase, ...later] = found.phases as [ServingView['phase'], ...ServingScript];
    if (later.length > 0) found.phases = later;
    return { deployment, phase, ...(phase === 'ready' ? { model: found.artifact } : {}) };
  }

  async destroy(deployment: string): Promise<void> {
    this.destroyed.push(deployment);
  }
}
