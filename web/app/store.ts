/*
 * What this device keeps: papers, one entry per person (line), the log's key
 * and the checkpoint seen last, and the records that are still to be sent.
 * All of it is one value, read and written in one transaction, so that two
 * tabs or a crash never leave half of a change.  The kiosk uses the same
 * interface in memory.
 */

import { Fault } from "../core/fault.ts";

/** One person's papers. */
export interface Person {
  /** Random; means nothing outside this device. */
  id: string;
  /** What the person called them ("Nonna"), or "". */
  label: string;
  /** The papers file, as core/papers.ts writes it. */
  papers: Uint8Array;
  /** Whether she has shown that the recovery code was kept. */
  codeKept: boolean;
}

/** A signed record on its way.  It holds no secret and names no person. */
export interface Pending {
  /** Hex of the leaf hash; what makes sending it twice harmless. */
  leaf: string;
  slug: string;
  /** Base URL of the host that takes records, "" for this one. */
  castUrl: string;
  record: Uint8Array;
  /** The header's exact bytes and the receipt key (vkey), both already proven. */
  header: Uint8Array;
  receiptKey: string;
  /** Whose papers get the receipt; "" where nobody's do (kiosk). */
  person: string;
  /** How often it was tried, and when next (UNIX milliseconds). */
  tries: number;
  next: number;
  /** What the papers held before it, to go back to if it is refused. */
  before?: { record: Uint8Array; receipt: Uint8Array; seq: number };
  /** A definitive failure: Fault code, detail and evidence; "" while there is hope. */
  failed: string;
  detail: string;
  evidence: string;
}

export interface State {
  version: 1;
  people: Person[];
  /** The log's vkey as first seen and the last checkpoint verified; empty before. */
  logKey: string;
  checkpoint: Uint8Array;
  outbox: Pending[];
}

export interface Store {
  /** "disk", or why it is not: "private" (the browser refuses) or "memory" (wanted). */
  readonly kind: "disk" | "private" | "memory";
  read(): Promise<State>;
  /**
   * Change the state in one transaction.  `change` works on a copy of its own
   * and must not wait; what it throws undoes everything.
   */
  update<T>(change: (state: State) => T): Promise<T>;
  /** Run `work` while no other tab runs work of that name. */
  exclusive<T>(name: string, work: () => Promise<T>): Promise<T>;
  /** Call `changed` after each change, by whichever tab; gives the undo. */
  watch(changed: () => void): () => void;
}

export function emptyState(): State {
  return { version: 1, people: [], logKey: "", checkpoint: new Uint8Array(0), outbox: [] };
}

/** A name for a new person: 16 random hex digits. */
export function freshId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  return [...bytes].map((b) => b.toString(16).padStart(2, "0")).join("");
}

/** Works of one name one after the other, inside this page. */
function inTurn(): <T>(name: string, work: () => Promise<T>) => Promise<T> {
  const last = new Map<string, Promise<unknown>>();
  return <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const turn = (last.get(name) ?? Promise.resolve()).then(work, work);
    last.set(
      name,
      turn.catch(() => undefined),
    );
    return turn;
  };
}

/** A store that forgets with the page. */
export function memoryStore(kind: "private" | "memory" = "memory"): Store {
  let state = emptyState();
  const watchers = new Set<() => void>();
  return {
    kind,
    read: () => Promise.resolve(structuredClone(state)),
    update: <T>(change: (state: State) => T): Promise<T> => {
      try {
        const copy = structuredClone(state);
        const result = structuredClone(change(copy));
        // Nobody else holds these bytes: all others have copies of their own.
        for (const person of state.people) person.papers.fill(0);
        state = copy;
        for (const changed of watchers) changed();
        return Promise.resolve(result);
      } catch (cause) {
        return Promise.reject(cause as Error);
      }
    },
    exclusive: inTurn(),
    watch: (changed) => {
      watchers.add(changed);
      return () => watchers.delete(changed);
    },
  };
}

function request<T>(r: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    r.onsuccess = () => resolve(r.result);
    r.onerror = () => reject(r.error ?? new Error("IndexedDB"));
  });
}

function openDatabase(): Promise<IDBDatabase> {
  const opening = indexedDB.open("partecipa", 1);
  opening.onupgradeneeded = () => {
    opening.result.createObjectStore("state");
  };
  return request(opening);
}

/** Read, change and write in one transaction of `db`. */
function transact<T>(db: IDBDatabase, change: (state: State) => T): Promise<T> {
  return new Promise((resolve, reject) => {
    const tx = db.transaction("state", "readwrite", { durability: "strict" });
    const table = tx.objectStore("state");
    const get = table.get("device") as IDBRequest<State | undefined>;
    let result: T;
    let thrown: unknown;
    get.onsuccess = () => {
      try {
        const state = get.result ?? emptyState();
        result = change(state);
        table.put(state, "device");
      } catch (cause) {
        thrown = cause;
        tx.abort();
      }
    };
    tx.oncomplete = () => resolve(result);
    tx.onabort = () => reject(thrown ?? new Fault("device", "storage", String(tx.error)));
  });
}

/** The store of this browser, or one in memory where it refuses to keep anything. */
export async function openStore(): Promise<Store> {
  try {
    const db = await openDatabase();
    await transact(db, () => undefined); // some refuse only here
    return diskStore(db);
  } catch {
    return memoryStore("private");
  }
}

function diskStore(db: IDBDatabase): Store {
  const watchers = new Set<() => void>();
  const tell = (): void => {
    for (const changed of watchers) changed();
  };
  const channel = "BroadcastChannel" in globalThis ? new BroadcastChannel("partecipa") : undefined;
  if (channel !== undefined) channel.onmessage = tell;
  const turns = inTurn();
  return {
    kind: "disk",
    read: async () => {
      const table = db.transaction("state").objectStore("state");
      return (await request<State | undefined>(table.get("device"))) ?? emptyState();
    },
    update: async (change) => {
      const result = await transact(db, change);
      tell();
      channel?.postMessage("changed");
      return result;
    },
    exclusive: (name, work) =>
      turns(name, async () => {
        if (!("locks" in navigator)) return work();
        return (await navigator.locks.request(`partecipa-${name}`, work)) as Awaited<
          ReturnType<typeof work>
        >;
      }),
    watch: (changed) => {
      watchers.add(changed);
      return () => watchers.delete(changed);
    },
  };
}

/**
 * Ask the browser not to throw the papers away by itself; false: it may.  Some
 * browsers ask the person in their turn.
 */
export async function keepFirmly(): Promise<boolean> {
  try {
    return (await navigator.storage?.persist?.()) ?? false;
  } catch {
    return false;
  }
}
