/*
 * The scripts that are loaded later, and the only Trusted Types policy.  The
 * server writes their names, which carry hashes, into the page:
 *
 *     <div id="app" data-page="collect" ...
 *          data-qr="/static/qr.<hash>.js" data-qr-sri="sha384-..."
 *          data-audit="/static/audit.<hash>.js"></div>
 *
 * The service worker is /sw.js everywhere.
 */
import { Fault } from "../core/fault.ts";

export type Script = "qr" | "audit" | "sw";

type Policy = { createScriptURL(url: string): string };
type Factory = {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): Policy;
};

/** The value of a data attribute of #app, "" where it is not there. */
export function setting(name: string): string {
  return document.getElementById("app")?.getAttribute(`data-${name}`) ?? "";
}

function known(): string[] {
  return ["/sw.js", setting("qr"), setting("audit")].filter((url) => url !== "");
}

function check(url: string): string {
  if (!known().includes(url) || !(url === "/sw.js" || /^\/static\/[\w.-]+\.js$/.test(url)))
    throw new TypeError(`not a script of this site: ${url}`);
  return url;
}

let policy: Policy | undefined;

/**
 * The address of one of our scripts, blessed where the browser has Trusted
 * Types (typed as the string that older browsers get).
 */
export function scriptUrl(script: Script): string {
  const url = script === "sw" ? "/sw.js" : setting(script);
  if (url === "") throw new Fault("device", "script-missing", `no data-${script} in the page`);
  if (policy === undefined) {
    const factory = (globalThis as { trustedTypes?: Factory }).trustedTypes;
    const rules = { createScriptURL: check };
    policy = factory === undefined ? rules : factory.createPolicy("partecipa", rules);
  }
  return policy.createScriptURL(url);
}

/** What qr.js leaves behind when it has been loaded. */
export interface QrTools {
  /** The text of a QR code in a picture (RGBA), undefined where none is seen. */
  decode(
    picture: { width: number; height: number; data: Uint8ClampedArray },
    thorough: boolean,
  ): string | undefined;
  /** The modules of the code of `text`, with four of white around: true is dark. */
  encode(text: string): boolean[][];
}

declare global {
  var partecipaQr: QrTools | undefined;
}

let loading: Promise<QrTools> | undefined;

/** Load qr.js once, with its integrity; Fault "script-missing" if it does not come. */
export function qrTools(): Promise<QrTools> {
  loading ??= new Promise<QrTools>((resolve, reject) => {
    const script = document.createElement("script");
    const fail = (): void => {
      loading = undefined;
      reject(new Fault("offline", "script-missing", "qr.js did not load"));
    };
    script.onload = () => {
      const tools = globalThis.partecipaQr;
      if (tools === undefined) fail();
      else resolve(tools);
    };
    script.onerror = fail;
    const sri = setting("qr-sri");
    if (sri !== "") script.integrity = sri;
    script.src = scriptUrl("qr");
    document.head.append(script);
  });
  return loading;
}
