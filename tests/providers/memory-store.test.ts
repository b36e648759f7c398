import { MemoryStore } from '../fakes/memory-store.ts';
import { storeContract } from './store-contract.ts';

storeContract('the store in memory', () => new MemoryStore());
