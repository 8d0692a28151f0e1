/* What the script of each island page does first: mount it, and what goes on behind it. */
import type { ComponentType } from "preact";
import { render } from "preact";
import { beginAnew } from "./anew.ts";
import { judge } from "./casting.ts";
import { net, theStore } from "./device.ts";
import { startOutbox } from "./outbox.ts";
import { register } from "./register.ts";
import type { PageProps } from "./ui.tsx";

/** Put `Page` in the place of what is served inside #app for those without script. */
export function start(Page: ComponentType<PageProps>): void {
  register();
  const app = document.getElementById("app");
  if (app === null) return;
  app.replaceChildren();
  render(<Page slug={app.dataset["slug"] ?? ""} urp={app.dataset["urp"] ?? ""} />, app);
  beginAnew(window, () => render(null, app), () => location.reload());
  // What was signed earlier and could not be sent goes from any of these pages.
  void theStore().then((store) => startOutbox(store, net, judge));
}
