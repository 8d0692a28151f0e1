/* What waits to be sent, and what was refused for good. */
import { useEffect, useState } from "preact/hooks";
import { faultOf, judge, takeBack } from "./casting.ts";
import { net } from "./device.ts";
import { forgetPending, hurry } from "./outbox.ts";
import { emptyState, type Pending, type State, type Store } from "./store.ts";
import { plural, t } from "./texts.ts";
import { Actions, Button, ErrorBox, Status } from "./ui.tsx";

/** The state of `store`, read again after each change. */
export function useStored(store: Store | undefined): State {
  const [state, setState] = useState(emptyState);
  useEffect(() => {
    if (store === undefined) return;
    let here = true;
    const read = (): void => void store.read().then((s) => here && setState(s));
    read();
    const unwatch = store.watch(read);
    return () => {
      here = false;
      unwatch();
    };
  }, [store]);
  return state;
}

/** Read and agreed to: what was refused is no vote of the papers any more. */
async function drop(store: Store, p: Pending): Promise<void> {
  const papers = { store, device: store, person: p.person };
  // Papers that were forgotten meanwhile have nothing to take back.
  if (p.person !== "") await takeBack(papers, p.slug).catch(() => undefined);
  await forgetPending(store, p.leaf);
}

/** Nothing where nothing waits. */
export function OutboxBar(props: { store: Store; urp: string }) {
  const { store } = props;
  const { outbox } = useStored(store);
  const [busy, setBusy] = useState(false);
  const waiting = outbox.filter((p) => p.failed === "").length;
  const send = (): void => {
    setBusy(true);
    void hurry(store, net, judge).finally(() => setBusy(false));
  };
  return (
    <>
      <Status>
        {waiting > 0 && (
          <div class="fact warn">
            <p>{plural(waiting, "WEB_OUTBOX_ONE", "WEB_OUTBOX_MANY")}</p>
            <Actions>
              <Button kind="secondary" busy={busy} onClick={send}>
                {t("WEB_OUTBOX_NOW")}
              </Button>
            </Actions>
          </div>
        )}
      </Status>
      {outbox
        .filter((p) => p.failed !== "")
        .map((p) => (
          <div key={p.leaf}>
            <p>{t("WEB_OUTBOX_FAILED", p.slug)}</p>
            <ErrorBox fault={faultOf(p)} urp={props.urp} />
            <Actions>
              <Button kind="secondary" onClick={() => void drop(store, p)}>
                {t("WEB_OUTBOX_DROP")}
              </Button>
            </Actions>
          </div>
        ))}
    </>
  );
}
