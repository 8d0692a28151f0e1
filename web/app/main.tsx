/* The one bundle of all pages: finds #app and mounts what its data-page names. */
import type { ComponentType } from "preact";
import { render } from "preact";
import { Booth } from "./booth.tsx";
import { judge } from "./casting.ts";
import { Collect } from "./collect.tsx";
import { net, theStore } from "./device.ts";
import { home } from "./home.ts";
import { Kiosk } from "./kiosk.tsx";
import { startOutbox } from "./outbox.ts";
import { Papers } from "./papers.tsx";
import type { PageProps } from "./ui.tsx";
import { scriptUrl } from "./urls.ts";
import { Verify } from "./verify.tsx";

const PAGES: Readonly<Record<string, ComponentType<PageProps>>> = {
  booth: Booth,
  collect: Collect,
  kiosk: Kiosk,
  papers: Papers,
  verify: Verify,
};

/** What is served inside #app is for those without script, and for the first moment. */
function mount(app: HTMLElement): void {
  const Page = PAGES[app.dataset["page"] ?? ""];
  if (Page === undefined) return;
  app.replaceChildren();
  render(<Page slug={app.dataset["slug"] ?? ""} urp={app.dataset["urp"] ?? ""} />, app);
  // What was signed earlier and could not be sent goes from any of these pages.
  void theStore().then((store) => startOutbox(store, net, judge));
}

/** Without it everything works, but not without a network. */
function register(): void {
  if (!("serviceWorker" in navigator)) return;
  addEventListener("load", () => {
    navigator.serviceWorker.register(scriptUrl("sw"), { scope: "/" }).catch(() => undefined);
  });
}

const app = document.getElementById("app");
if (app !== null) mount(app);
if (location.pathname === "/") home();
register();
