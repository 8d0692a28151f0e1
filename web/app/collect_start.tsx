/* The first steps of collecting: information, the letter's code, second factor. */
import { useState } from "preact/hooks";
import { recoveryParse, rollCode } from "../core/code.ts";
import type { Fault } from "../core/fault.ts";
import type { FactorKind } from "../core/header.ts";
import { factorText } from "../core/wallet.ts";
import { Scan } from "./camera.tsx";
import { CodeField } from "./codefield.tsx";
import { birthDate, groupTyped, LETTER, RECOVERY, strangeGroups, typedLength } from "./codeinput.ts";
import type { Factors } from "./collecting.ts";
import { faultText, toFault } from "./faults.ts";
import type { Person } from "./store.ts";
import { href, t } from "./texts.ts";
import { Actions, Alert, Button, Callout, Desk, ErrorBox, Field, Pick, Step } from "./ui.tsx";

/** For whom, and whether this device may keep the papers. */
export interface Whose {
  keep: boolean;
  /** An entry of the store to go on with, "" for a new one. */
  person: string;
  label: string;
}

type WhoProps = { people: readonly Person[]; value: Whose; onValue: (value: Whose) => void };

function Who(props: WhoProps) {
  const { value, people } = props;
  if (!value.keep) return null;
  const choose = (person: string) => () => props.onValue({ ...value, person });
  return (
    <fieldset class="field">
      {people.length > 0 && (
        <>
          <legend>{t("WEB_WHO_TITLE")}</legend>
          <div>
            {people.map((p, i) => (
              <Pick
                key={p.id}
                name="who"
                checked={value.person === p.id}
                onChecked={choose(p.id)}
                hint={t("WEB_WHO_SAME_HINT")}
              >
                {personName(p, i)}
              </Pick>
            ))}
            <Pick name="who" checked={value.person === ""} onChecked={choose("")}>
              {t("WEB_WHO_OTHER")}
            </Pick>
          </div>
        </>
      )}
      {value.person === "" && (
        <Field
          label={t("WEB_WHO_LABEL")}
          hint={t("WEB_WHO_LABEL_HINT")}
          value={value.label}
          maxLength={40}
          onValue={(label) => props.onValue({ ...value, label })}
        />
      )}
    </fieldset>
  );
}

/** What the papers of a person are called here. */
export function personName(p: Pick<Person, "label">, index: number): string {
  return p.label !== "" ? p.label : t("WEB_PERSON", index + 1);
}

/** Informativa: what happens with what one types, and where papers are kept. */
export function Information(
  props: WhoProps & { canKeep: boolean; onNext: () => void },
) {
  const { value } = props;
  return (
    <Step key="info" title={t("WEB_COLLECT_TITLE")} lead={t("WEB_COLLECT_LEAD")}>
      <h2>{t("WEB_INFO_TITLE")}</h2>
      <ul>
        <li>{t("WEB_INFO_SIGN")}</li>
        <li>{t("WEB_INFO_BLIND")}</li>
        <li>{t("WEB_INFO_KEPT")}</li>
      </ul>
      <p>
        <a href={href("/privacy")}>{t("WEB_INFO_MORE")}</a>
      </p>
      {!props.canKeep && <Alert kind="warning">{t("WEB_PRIVATE_MODE")}</Alert>}
      <fieldset class="field">
        <legend>{t("WEB_WHERE_TITLE")}</legend>
        <div>
          <Pick
            name="where"
            checked={value.keep}
            onChecked={() => props.onValue({ ...value, keep: true })}
            hint={t("WEB_WHERE_OWN_HINT")}
          >
            {t("WEB_WHERE_OWN")}
          </Pick>
          <Pick
            name="where"
            checked={!value.keep}
            onChecked={() => props.onValue({ ...value, keep: false, person: "" })}
            hint={t("WEB_WHERE_PUBLIC_HINT")}
          >
            {t("WEB_WHERE_PUBLIC")}
          </Pick>
        </div>
      </fieldset>
      <Who {...props} />
      <Actions>
        <Button onClick={props.onNext}>{t("WEB_NEXT")}</Button>
      </Actions>
    </Step>
  );
}

/** Why a letter's code was not understood. */
export function codeError(typed: string): string {
  const n = typedLength(typed);
  if (n === 0) return t("WEB_CODE_EMPTY");
  const groups = strangeGroups(typed);
  if (groups.length > 0) return t("WEB_CODE_GROUP", groups.join(", "));
  return n < LETTER ? t("WEB_CODE_SHORT", n, Math.floor(n / 4) + 1) : t("WEB_CODE_CHECK");
}

type CodeProps = {
  initial: string;
  /** A refusal of the code by the issuer. */
  refusal: Fault | undefined;
  urp: string;
  /** The code of the letter (20 characters) and the recovered secret, if any. */
  onCode: (code: string, secret: Uint8Array | undefined) => void;
  onBack: (() => void) | undefined;
  /** Whether to ask for the recovery code too, from the beginning. */
  withRecovery: boolean;
};

/** The letter's code: typed, pasted or scanned; and the recovery code, if one has it. */
export function LetterCode(props: CodeProps) {
  const [typed, setTyped] = useState(groupTyped(props.initial, LETTER));
  const [error, setError] = useState("");
  const [recovering, setRecovering] = useState(props.withRecovery);
  const [recovery, setRecovery] = useState("");
  const [recoveryError, setRecoveryError] = useState("");
  const submit = (event: Event): void => {
    event.preventDefault();
    let code: string;
    try {
      code = rollCode(typed);
    } catch {
      return setError(codeError(typed));
    }
    setError("");
    if (!recovering) return props.onCode(code, undefined);
    try {
      props.onCode(code, recoveryParse(recovery, "master").secret);
    } catch {
      setRecoveryError(t("WEB_RECOVERY_WRONG"));
    }
  };
  const scanned = (text: string): boolean => {
    const grouped = groupTyped(text, LETTER);
    if (typedLength(grouped) !== LETTER || !/(^|#c=)[0-9A-Za-z-]+$/.test(text)) return false;
    setTyped(grouped);
    setError("");
    return true;
  };
  return (
    <Step
      key="code"
      title={t(props.withRecovery ? "WEB_RESTORE_TITLE" : "WEB_CODE_TITLE")}
      lead={t(props.withRecovery ? "WEB_RESTORE_LEAD" : "WEB_CODE_LEAD")}
    >
      {props.refusal !== undefined && <ErrorBox fault={props.refusal} urp={props.urp} />}
      <Scan onText={scanned} />
      <form onSubmit={submit} noValidate>
        <CodeField
          label={t("WEB_CODE_LABEL")}
          hint={t("WEB_CODE_HINT")}
          error={error}
          value={typed}
          max={LETTER}
          onValue={setTyped}
        />
        <Pick checked={recovering} onChecked={setRecovering} hint={t("WEB_CODE_RECOVERY_HINT")}>
          {t("WEB_CODE_RECOVERY")}
        </Pick>
        {recovering && (
          <CodeField
            label={t("WEB_RECOVERY_LABEL")}
            hint={t("WEB_RECOVERY_HINT")}
            error={recoveryError}
            value={recovery}
            max={RECOVERY}
            onValue={setRecovery}
          />
        )}
        <Actions>
          <Button type="submit">{t("WEB_NEXT")}</Button>
          {props.onBack !== undefined && (
            <Button kind="quiet" onClick={props.onBack}>
              {t("WEB_BACK")}
            </Button>
          )}
        </Actions>
      </form>
      <details>
        <summary>{t("WEB_CODE_NONE")}</summary>
        <p>{t("WEB_CODE_NONE_DO")}</p>
        <Desk urp={props.urp} />
      </details>
    </Step>
  );
}

type FactorProps = {
  kinds: readonly FactorKind[];
  refusal: Fault | undefined;
  urp: string;
  /** Whether the device is her own: on others the browser is to remember nothing. */
  keep: boolean;
  onFactors: (factors: Factors) => void;
  onBack: () => void;
};

/** The second factor: only where a header asks for one. */
export function SecondFactor(props: FactorProps) {
  const [date, setDate] = useState({ day: "", month: "", year: "" });
  const [end, setEnd] = useState("");
  const [errors, setErrors] = useState({ date: "", end: "" });
  const submit = (event: Event): void => {
    event.preventDefault();
    const factors: Partial<Record<FactorKind, string>> = {};
    const wrong = { date: "", end: "" };
    try {
      if (props.kinds.includes("birth_date"))
        factors.birth_date = birthDate(date.day, date.month, date.year);
    } catch (thrown) {
      wrong.date = faultText(toFault(thrown));
    }
    try {
      if (props.kinds.includes("document")) factors.document = factorText("document", end);
    } catch (thrown) {
      wrong.end = faultText(toFault(thrown));
    }
    setErrors(wrong);
    if (wrong.date === "" && wrong.end === "") props.onFactors(factors);
  };
  return (
    <Step key="factor" title={t("WEB_FACTOR_TITLE")} lead={t("WEB_FACTOR_LEAD")}>
      {props.refusal !== undefined && <ErrorBox fault={props.refusal} urp={props.urp} />}
      <form onSubmit={submit} noValidate>
        {props.kinds.includes("birth_date") && (
          <DateFields value={date} error={errors.date} keep={props.keep} onValue={setDate} />
        )}
        {props.kinds.includes("document") && (
          <Field
            label={t("WEB_FACTOR_DOCUMENT")}
            hint={t("WEB_FACTOR_DOCUMENT_HINT")}
            error={errors.end}
            value={end}
            maxLength={40}
            onValue={setEnd}
          />
        )}
        <Callout title={t("WEB_FACTOR_WHY")}>
          <p>{t("WEB_FACTOR_WHY_TEXT")}</p>
        </Callout>
        <Actions>
          <Button type="submit">{t("WEB_NEXT")}</Button>
          <Button kind="quiet" onClick={props.onBack}>
            {t("WEB_BACK")}
          </Button>
        </Actions>
      </form>
    </Step>
  );
}

type DateValue = { day: string; month: string; year: string };

function DateFields(props: {
  value: DateValue;
  error: string;
  keep: boolean;
  onValue: (value: DateValue) => void;
}) {
  const { value, onValue } = props;
  const own = (name: string): string => (props.keep ? name : "off");
  return (
    <fieldset class="field">
      <legend>{t("WEB_FACTOR_BIRTH")}</legend>
      <p class="form-text">{t("WEB_FACTOR_BIRTH_HINT")}</p>
      <div class="date-fields">
        <Field
          label={t("WEB_DAY")}
          autocomplete={own("bday-day")}
          value={value.day}
          error={props.error}
          inputMode="numeric"
          maxLength={2}
          onValue={(day) => onValue({ ...value, day })}
        />
        <Field
          label={t("WEB_MONTH")}
          autocomplete={own("bday-month")}
          value={value.month}
          inputMode="numeric"
          maxLength={2}
          onValue={(month) => onValue({ ...value, month })}
        />
        <Field
          label={t("WEB_YEAR")}
          autocomplete={own("bday-year")}
          value={value.year}
          inputMode="numeric"
          maxLength={4}
          onValue={(year) => onValue({ ...value, year })}
        />
      </div>
    </fieldset>
  );
}
