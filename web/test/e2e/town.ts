/*
 * A municipality for the journeys: the real programs on loopback, in a
 * rehearsal whose clock the test sets.
 */
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "../../..");
export const BUILD = resolve(ROOT, process.env["B"] ?? "build");
export const PROGRAM = join(BUILD, "partecipa");
export const AUDIT = join(BUILD, "partecipa-audit");
export const PASSPHRASE = "parola di prova lunga";

/** The beginning of every town's time; a Monday, 2027-01-18, 08:00 in Rome. */
export const START = 1800255600;

export interface Town {
  dir: string;
  url: string;
  port: number;
  server: ChildProcess;
  codes: string[];
}

/** Run `partecipa` in the town's folder; its output, or an Error with it. */
export function run(town: Pick<Town, "dir">, ...args: string[]): string {
  try {
    return execFileSync(PROGRAM, args, { cwd: town.dir, encoding: "utf8", stdio: "pipe" });
  } catch (thrown) {
    const e = thrown as { stdout?: string; stderr?: string };
    throw new Error(`partecipa ${args.join(" ")}: ${e.stdout ?? ""}${e.stderr ?? ""}`);
  }
}

/** Set the clock of the town (UNIX seconds). */
export function clock(town: Pick<Town, "dir">, at: number): void {
  writeFileSync(join(town.dir, "clock.new"), `${at}\n`);
  renameSync(join(town.dir, "clock.new"), join(town.dir, "clock"));
}

/** What the town's clock shows. */
export function clockNow(town: Pick<Town, "dir">): number {
  return Number(readFileSync(join(town.dir, "clock"), "utf8"));
}

export interface Served {
  server: ChildProcess;
  url: string;
  port: number;
}

/** Start `partecipa serve` with these arguments in `dir`; at `port` unless that is 0. */
export async function start(dir: string, args: readonly string[], port = 0): Promise<Served> {
  const server = spawn(PROGRAM, ["serve", ...args, "--port", String(port)], {
    cwd: dir,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const url = await new Promise<string>((done, fail) => {
    let said = "";
    server.stdout?.setEncoding("utf8");
    server.stdout?.on("data", (piece: string) => {
      said += piece;
      const found = /listening at (http:\/\/[0-9.:]+)\//.exec(said);
      if (found?.[1] !== undefined) done(found[1]);
    });
    server.on("exit", (code) => fail(new Error(`the server ended with ${code}: ${said}`)));
  });
  return { server, url, port: Number(new URL(url).port) };
}

/** Start a log's server on `data` (a folder in `dir`), with the town's clock. */
export function serve(
  dir: string,
  data: string,
  port = 0,
  more: readonly string[] = [],
): Promise<Served> {
  return start(dir, ["--dir", data, "--clock", "clock", ...more], port);
}

/** Stop a server and wait until it has ended. */
export async function halt(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  await new Promise((done) => {
    server.once("exit", done);
    server.kill();
  });
}

export interface TownOptions {
  residents?: number;
  /** Spare letters, for replacements. */
  spares?: number;
  factor?: "none" | "birth_date" | "document";
  site?: object;
}

/** Keys, letters, roll, data folder and server of a new town. */
export async function makeTown(options: TownOptions = {}): Promise<Town> {
  const dir = mkdtempSync(join(tmpdir(), "partecipa-e2e-"));
  const at = { dir };
  for (const name of ["anna", "bruno"])
    run(at, "staff", "add", "--name", name, "--role", "admin", "--out", "staff");
  clock(at, START);
  run(
    at,
    "init",
    "--dir",
    "data",
    "--origin",
    "comune.example/prova",
    "--name",
    "Comune di Prova",
    "--host",
    "comune.example",
    "--rehearsal",
    "--staff",
    "staff/anna.pub",
    "--staff",
    "staff/bruno.pub",
  );
  if (options.site !== undefined)
    writeFileSync(join(dir, "data", "site.json"), JSON.stringify(options.site));
  const rows = ["nome;indirizzo;data_nascita;documento"];
  for (let i = 0; i < (options.residents ?? 8); i++)
    rows.push(
      `Residente ${i + 1};Via ${i + 1};1950-03-${String((i % 28) + 1).padStart(2, "0")};AB12${i + 1000}`,
    );
  writeFileSync(join(dir, "roll.csv"), `${rows.join("\n")}\n`);
  const factor = options.factor ?? "none";
  const more = factor === "none" ? [] : ["--factor", factor];
  run(
    at,
    "roll",
    "letters",
    "roll.csv",
    "--out",
    "letters",
    "--host",
    "https://vota.comune.example",
    "--spares",
    String(options.spares ?? 3),
    ...more,
  );
  const { server, url, port } = await serve(dir, "data");
  run(at, "roll", "import", "letters", "--server", url, "--key", "staff/anna.key");
  const table = readFileSync(join(dir, "letters", "letters.csv"), "utf8");
  const codes = [...table.matchAll(/[0-9A-Z]{4}(?:-[0-9A-Z]{4}){4}/g)].map((m) => m[0]);
  return { dir, url, port, server, codes };
}

/** Stop the town and remove it. */
export async function endTown(town: Town): Promise<void> {
  await halt(town.server);
  rmSync(town.dir, { recursive: true, force: true });
}

const STAFF = ["--key", "staff/anna.key", "--key", "staff/bruno.key"];
const TRUSTEES = ["gina", "piero", "luisa"];

function trustee(town: Town, name: string, ...args: string[]): string {
  return run(town, "trustee", ...args, "--dir", name, "--passphrase-file", "passphrase");
}

function trusteeKeys(town: Town): string[] {
  writeFileSync(join(town.dir, "passphrase"), `${PASSPHRASE}\n`);
  return TRUSTEES.map((name) => {
    try {
      readFileSync(join(town.dir, name, `${name}.trustee`));
    } catch {
      trustee(town, name, "init", "--name", name);
    }
    return `${name}/${name}.trustee`;
  });
}

export interface SpaceOptions {
  slug: string;
  sealed?: boolean;
  titles?: Record<string, string>;
  form: object;
  rule?: string;
  separated?: boolean;
  /** Members of the space's file that are not the usual ones. */
  more?: object;
}

export const HOUR = 3600;
export const DAY = 86400;

/** The windows of a space that is announced at `t`. */
export function windows(t: number, separated: boolean) {
  return separated
    ? {
        mode: "separated",
        issuance: { from: t, to: t + 7 * DAY },
        participation: { from: t + 14 * DAY, to: t + 21 * DAY },
      }
    : {
        mode: "overlapping",
        issuance: { from: t, to: t + 7 * DAY },
        participation: { from: t, to: t + 7 * DAY },
      };
}

/** Announce a space, with its ceremony and form; collecting is open afterwards. */
export function makeSpace(town: Town, o: SpaceOptions): void {
  const { slug } = o;
  const now = clockNow(town);
  const sealed = o.sealed ?? false;
  const space = {
    slug,
    titles: o.titles ?? { it: `Votazione ${slug}`, en: `Vote ${slug}` },
    host: "comune.example",
    roll: "letters/roll.bin",
    ...windows(now, o.separated ?? false),
    batch_interval: "1h",
    grace: "1h",
    min_collected: 0,
    min_open: 1,
    seq_limit: 50,
    eligibility: { it: "Chi abita qui.", en: "Who lives here." },
    ...(sealed ? { trustees: { files: trusteeKeys(town), threshold: 2 } } : {}),
    ...o.more,
  };
  writeFileSync(join(town.dir, `${slug}.json`), JSON.stringify(space));
  run(town, "space", "create", `${slug}.json`, "--server", town.url, ...STAFF);
  if (o.separated !== true) makeForm(town, o);
}

/** The ceremony (sealed) and the form. */
export function makeForm(town: Town, o: SpaceOptions): void {
  const { slug } = o;
  const rule = o.rule ?? "greedy-votes";
  writeFileSync(join(town.dir, `${slug}-questions.json`), JSON.stringify(o.form));
  const form = ["space", "form", slug, `${slug}-questions.json`, "--rule", rule];
  if (o.sealed !== true) {
    run(town, ...form, "--server", town.url, ...STAFF);
    return;
  }
  for (const step of ["commit", "reveal", "share", "check"])
    for (const name of TRUSTEES) trustee(town, name, step, slug, "--server", town.url);
  run(town, ...form, "--draft", "--server", town.url, "--key", "staff/anna.key");
  for (const name of TRUSTEES)
    trustee(town, name, "sign", slug, "--yes", "--server", town.url);
  run(town, "space", "form", slug, "--publish", "--server", town.url, ...STAFF);
}

/** Close, open and count; the clock is set after the end first. */
export function finish(town: Town, slug: string, sealed: boolean): void {
  run(town, "space", "close", slug, "--server", town.url, ...STAFF);
  if (!sealed) return;
  for (const name of TRUSTEES.slice(0, 2))
    trustee(town, name, "open", slug, "--server", town.url, "--clock", "clock");
  run(town, "space", "result", slug, "--server", town.url, ...STAFF);
}

/** A copy of the data folder, as it is while the server stands still. */
export async function copyData(town: Town, name: string): Promise<void> {
  await halt(town.server);
  mkdirSync(join(town.dir, name), { recursive: true });
  cpSync(join(town.dir, "data"), join(town.dir, name), { recursive: true });
  const again = await serve(town.dir, "data", town.port);
  town.server = again.server;
}

/** Wait until `ready` is true; an Error after a minute. */
export async function until(what: string, ready: () => Promise<boolean> | boolean): Promise<void> {
  const end = Date.now() + 60_000;
  while (!(await ready())) {
    if (Date.now() > end) throw new Error(`${what} did not come to be`);
    await new Promise((done) => setTimeout(done, 100));
  }
}
