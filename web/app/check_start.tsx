/* The way in: whose ballot, from this device's papers or with a code. */
import { useState } from "preact/hooks";
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
      <h2>{t(here ? "WEB_CHECK_OTHER" : "WEB_CHECK_WITH_CODE")}</h2>
      <WithCode desk={desk} primary={!here} onLook={props.onLook} />
      <h2>{t("WEB_CHECK_SECOND")}</h2>
      <p>{t("WEB_CHECK_SECOND_WHY")}</p>
      <Actions>
        <Button kind="secondary" onClick={props.onRecreate}>
          {t("WEB_CHECK_SECOND_GO")}
        </Button>
      </Actions>
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
  const choose = async (file: File | undefined): Promise<void> => {
    const good = file !== undefined && file.size <= RECEIPT_MAX;
    setReceipt(good ? new Uint8Array(await file.arrayBuffer()) : undefined);
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
      <div class="field">
        <label for="check-receipt">{t("WEB_CHECK_RECEIPT_FILE")}</label>
        <div class="form-text" id="check-receipt-hint">
          {t("WEB_CHECK_RECEIPT_HINT")}
        </div>
        <input
          id="check-receipt"
          class="form-control"
          type="file"
          accept=".txt,text/plain"
          aria-describedby="check-receipt-hint"
          onChange={(event) => void choose(event.currentTarget.files?.[0])}
        />
      </div>
      <Actions>
        <Button type="submit" kind={props.primary ? "primary" : "secondary"}>
          {t("WEB_CHECK_LOOK")}
        </Button>
      </Actions>
    </form>
  );
}
