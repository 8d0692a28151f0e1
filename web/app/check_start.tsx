/* The way in: whose ballot, from this device's papers or with a code. */
import { useRef, useState } from "preact/hooks";
import type { Desk, Who } from "./check_session.ts";
import { codeError } from "./check_words.ts";
import { CodeField } from "./codefield.tsx";
import { RECOVERY } from "./codeinput.ts";
import { personName } from "./collect_start.tsx";
import type { Person } from "./store.ts";
import { local, t } from "./texts.ts";
import { Actions, Button, Pick, Step } from "./ui.tsx";

/** No receipt is longer. */
const RECEIPT_MAX = 65536;

type StartProps = { desk: Desk; onLook: (who: Who) => void; onRecreate: () => void };

export function CheckStart(props: StartProps) {
  const { desk } = props;
  const here = desk.people.length > 0;
  return (
    <Step key="start" title={t("APP_CHECK")} lead={<bdi>{local(desk.header.titles)}</bdi>}>
      <p>{t("WEB_CHECK_WHY")}</p>
      {here && <Here people={desk.people} onLook={props.onLook} />}
      <section>
        <h2>{t(here ? "WEB_CHECK_OTHER" : "WEB_CHECK_WITH_CODE")}</h2>
        <WithCode desk={desk} primary={!here} onLook={props.onLook} />
      </section>
      <section>
        <h2>{t("WEB_CHECK_SECOND")}</h2>
        <p>{t("WEB_CHECK_SECOND_WHY")}</p>
        <Actions>
          <Button kind="secondary" onClick={props.onRecreate}>
            {t("WEB_CHECK_SECOND_GO")}
          </Button>
        </Actions>
      </section>
    </Step>
  );
}

/** With the papers of this device; whose, where there are several. */
function Here(props: { people: readonly Person[]; onLook: (who: Who) => void }) {
  const [id, setId] = useState(props.people[0]?.id ?? "");
  return (
    <>
      {props.people.length > 1 && (
        <fieldset class="field">
          <legend>{t("WEB_BOOTH_WHO_LEGEND")}</legend>
          {props.people.map((p, i) => (
            <Pick key={p.id} name="who" checked={id === p.id} onChecked={() => setId(p.id)}>
              <bdi>{personName(p, i)}</bdi>
            </Pick>
          ))}
        </fieldset>
      )}
      <Actions>
        <Button onClick={() => props.onLook({ kind: "person", id })}>{t("WEB_CHECK_HERE")}</Button>
      </Actions>
    </>
  );
}

/** A code of recovery, or of this space, and a receipt that was saved. */
function WithCode(props: { desk: Desk; primary: boolean; onLook: (who: Who) => void }) {
  const [code, setCode] = useState("");
  const [error, setError] = useState("");
  const [receipt, setReceipt] = useState<Uint8Array | undefined>(undefined);
  const submit = (event: Event): void => {
    event.preventDefault();
    const wrong = codeError(code, props.desk.header);
    setError(wrong);
    if (wrong === "") props.onLook({ kind: "code", code, receipt });
  };
  return (
    <form onSubmit={submit} noValidate>
      <CodeField
        label={t("WEB_CHECK_CODE")}
        hint={t("WEB_CHECK_CODE_HINT")}
        value={code}
        onValue={setCode}
        error={error}
        max={RECOVERY}
      />
      <ReceiptFile onReceipt={setReceipt} />
      <Actions>
        <Button type="submit" kind={props.primary ? "primary" : "secondary"}>
          {t("WEB_CHECK_LOOK")}
        </Button>
      </Actions>
    </form>
  );
}

/** The browser's own field for files speaks the browser's language: a button instead. */
function ReceiptFile(props: { onReceipt: (receipt: Uint8Array | undefined) => void }) {
  const input = useRef<HTMLInputElement>(null);
  const [said, setSaid] = useState("");
  const choose = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return;
    const good = file.size <= RECEIPT_MAX;
    props.onReceipt(good ? new Uint8Array(await file.arrayBuffer()) : undefined);
    setSaid(good ? t("WEB_CHECK_RECEIPT_OPENED", file.name) : t("WEB_FAULT_RECEIPT_OTHER"));
  };
  return (
    <div class="field">
      <p class="form-text" id="check-receipt-hint">
        {t("WEB_CHECK_RECEIPT_HINT")}
      </p>
      <Button
        kind="secondary"
        describedBy="check-receipt-hint"
        onClick={() => input.current?.click()}
      >
        {t("WEB_CHECK_RECEIPT_FILE")}
      </Button>
      <input
        ref={input}
        class="visually-hidden"
        type="file"
        accept=".txt,text/plain"
        tabIndex={-1}
        aria-label={t("WEB_CHECK_RECEIPT_FILE")}
        onChange={(event) => {
          void choose(event.currentTarget.files?.[0]);
          event.currentTarget.value = "";
        }}
      />
      <div role="status">
        <bdi>{said}</bdi>
      </div>
    </div>
  );
}
