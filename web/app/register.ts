/* The service worker, asked for once the page has what it needs. */
import { scriptUrl } from "./urls.ts";

/** Without it everything works, but not without a network. */
export function register(): void {
  if (!("serviceWorker" in navigator)) return;
  addEventListener("load", () => {
    navigator.serviceWorker.register(scriptUrl("sw"), { scope: "/" }).catch(() => undefined);
  });
}
