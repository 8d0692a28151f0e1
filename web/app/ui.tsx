/* What all pages are built of: steps, fields, messages, buttons. */
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Fault } from "../core/fault.ts";
import { faultText } from "./faults.ts";
import { href, t } from "./texts.ts";

/** What every page of pages/ gets. */
export interface PageProps {
  /** Of the space, or "". */
  slug: string;
  /** Telephone of the municipality's help desk, or "". */
  urp: string;
}

type Children = { children?: ComponentChildren };

/** The screen that was there before this one. */
let shown = "";

/**
 * One screen: heading, lead, content.  Each new `title` moves the focus to the
 * heading (except at the first screen of the page, where the browser decides),
 * so that a screen reader says where one is; give steps a `key` of their own.
 * `printed` false: a sheet of its own is printed instead.
 */
export function Step(
  props: { title: string; lead?: ComponentChildren; printed?: boolean } & Children,
) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${props.title} – ${t("SITE")}`;
    if (shown !== "" && shown !== props.title) {
      heading.current?.focus();
      scrollTo(0, 0);
    }
    shown = props.title;
  }, [props.title]);
  const unprinted = props.printed === false ? "no-print" : undefined;
  return (
    <section>
      <h1 ref={heading} tabIndex={-1} class={unprinted}>
        {props.title}
      </h1>
      {props.lead !== undefined && (
        <div class={unprinted}>
          <p class="lead">{props.lead}</p>
        </div>
      )}
      {props.children}
    </section>
  );
}

type ButtonProps = {
  kind?: "primary" | "secondary" | "quiet" | "danger";
  type?: "button" | "submit";
  busy?: boolean;
  disabled?: boolean;
  onClick?: (event: MouseEvent) => void;
  describedBy?: string;
} & Children;

const BUTTON = {
  primary: "btn btn-primary",
  secondary: "btn btn-outline-primary",
  quiet: "btn btn-link",
  danger: "btn btn-danger",
};

/** A button; a busy one stays focusable, says so, and does nothing. */
export function Button(props: ButtonProps) {
  const off = props.busy === true || props.disabled === true;
  return (
    <button
      type={props.type ?? "button"}
      class={BUTTON[props.kind ?? "primary"]}
      aria-disabled={off ? "true" : undefined}
      aria-busy={props.busy === true ? "true" : undefined}
      aria-describedby={props.describedBy}
      onClick={(event) => {
        if (off) event.preventDefault();
        else props.onClick?.(event);
      }}
    >
      {props.children}
    </button>
  );
}

/** A row of buttons: the first is the way on. */
export function Actions(props: Children) {
  return <div class="actions">{props.children}</div>;
}

/** A link to a path of this site that looks like a button. */
export function ButtonLink(props: { href: string; kind?: "primary" | "secondary" } & Children) {
  return (
    <a class={BUTTON[props.kind ?? "primary"]} href={href(props.href)}>
      {props.children}
    </a>
  );
}

export type FieldProps = {
  label: string;
  value: string;
  onValue: (value: string) => void;
  hint?: ComponentChildren;
  error?: string;
  inputMode?: "text" | "numeric" | "tel";
  maxLength?: number;
  wide?: boolean;
  code?: boolean;
  required?: boolean;
  autocomplete?: string;
  inputRef?: { current: HTMLInputElement | null };
};

/** A text field; hint and error are read with it. An error gets the focus. */
export function Field(props: FieldProps) {
  const id = useId();
  const own = useRef<HTMLInputElement>(null);
  const ref = props.inputRef ?? own;
  const described = [
    props.hint !== undefined ? `${id}-hint` : "",
    props.error !== undefined && props.error !== "" ? `${id}-error` : "",
  ].filter((x) => x !== "");
  const wrong = props.error !== undefined && props.error !== "";
  useEffect(() => {
    if (wrong) ref.current?.focus();
  }, [props.error]);
  return (
    <div class="field">
      <label for={id}>{props.label}</label>
      {props.hint !== undefined && (
        <div class="form-text" id={`${id}-hint`}>
          {props.hint}
        </div>
      )}
      <input
        ref={ref}
        id={id}
        class={props.code === true ? "form-control code" : "form-control"}
        type="text"
        inputMode={props.inputMode ?? "text"}
        value={props.value}
        maxLength={props.maxLength}
        required={props.required}
        autoComplete={props.autocomplete ?? "off"}
        autoCapitalize={props.code === true ? "characters" : "off"}
        autoCorrect="off"
        spellcheck={false}
        aria-invalid={wrong ? "true" : undefined}
        aria-describedby={described.length > 0 ? described.join(" ") : undefined}
        onInput={(event) => props.onValue(event.currentTarget.value)}
      />
      {wrong && (
        <div class="invalid-feedback" id={`${id}-error`} role="alert">
          {props.error}
        </div>
      )}
    </div>
  );
}

/** A box to tick, or one of several where `name` is given; its whole line is the target. */
export function Pick(
  props: {
    checked: boolean;
    onChecked: (checked: boolean) => void;
    name?: string;
    hint?: ComponentChildren;
  } & Children,
) {
  return (
    <label class="pick">
      <input
        type={props.name === undefined ? "checkbox" : "radio"}
        name={props.name}
        checked={props.checked}
        onChange={(event) => props.onChecked(event.currentTarget.checked)}
      />
      <span>
        {props.children}
        {props.hint !== undefined && <span class="note"> {props.hint}</span>}
      </span>
    </label>
  );
}

const ALERT = {
  info: "alert alert-info",
  success: "alert alert-success",
  warning: "alert alert-warning",
  danger: "alert alert-danger",
};

/** A message that is read at once when it appears. */
export function Alert(props: { kind: keyof typeof ALERT } & Children) {
  return (
    <div class={ALERT[props.kind]} role="alert">
      {props.children}
    </div>
  );
}

/** A line that is read when it changes, without interrupting. */
export function Status(props: Children) {
  return (
    <div role="status">
      {props.children}
    </div>
  );
}

/** How far a long work is; `text` says it in words. */
export function Progress(props: { value: number; max: number; text: string }) {
  const id = useId();
  return (
    <div class="stack">
      <p id={id} role="status">
        {props.text}
      </p>
      <progress value={props.value} max={Math.max(1, props.max)} aria-labelledby={id} />
    </div>
  );
}

/** Where one is: the names of the steps, the present one marked. */
export function Stepper(props: { steps: readonly string[]; at: number }) {
  return (
    <nav aria-label={t("WEB_STEPS")}>
      <p class="visually-hidden">{t("WEB_STEP_OF", props.at + 1, props.steps.length)}</p>
      <ol class="steps">
        {props.steps.map((name, i) => (
          <li
            key={name}
            class={i < props.at ? "done" : undefined}
            aria-current={i === props.at ? "step" : undefined}
          >
            {name}
            {i < props.at && <span class="visually-hidden"> {t("WEB_STEP_DONE")}</span>}
          </li>
        ))}
      </ol>
    </nav>
  );
}

const CALLOUT = {
  note: "fact",
  success: "fact good",
  warning: "fact warn",
  danger: "fact bad",
};

/** A framed remark with a title of its own. */
export function Callout(props: { title: string; kind?: keyof typeof CALLOUT } & Children) {
  return (
    <div class={CALLOUT[props.kind ?? "note"]}>
      <h2>{props.title}</h2>
      {props.children}
    </div>
  );
}

/** The help desk's telephone, as a link; nothing where it is not known. */
export function Desk(props: { urp: string }) {
  if (props.urp === "") return null;
  return (
    <p>
      {t("WEB_DESK")} <a href={`tel:${props.urp.replace(/[^+\d]/g, "")}`}>{props.urp}</a>
    </p>
  );
}

/**
 * What went wrong, what to do, the technical words behind a press, and the
 * evidence as a file where there is some.
 */
export function ErrorBox(props: { fault: Fault; urp?: string; onRetry?: () => void }) {
  const { fault } = props;
  return (
    <div class={fault.kind === "offline" ? ALERT.warning : ALERT.danger} role="alert">
      <p>
        <strong>{faultText(fault)}</strong>
      </p>
      {fault.kind === "lie" && <p>{t("WEB_LIE_DO")}</p>}
      {fault.kind === "offline" && <p>{t("WEB_OFFLINE_DO")}</p>}
      {props.urp !== undefined && fault.kind !== "offline" && <Desk urp={props.urp} />}
      {(props.onRetry !== undefined || fault.evidence !== undefined) && (
        <Actions>
          {props.onRetry !== undefined && (
            <Button kind="secondary" onClick={props.onRetry}>
              {t("WEB_RETRY")}
            </Button>
          )}
          {fault.evidence !== undefined && <SaveEvidence text={fault.evidence} />}
        </Actions>
      )}
      <details>
        <summary>{t("WEB_TECHNICAL")}</summary>
        <p class="note">
          {fault.kind}/{fault.code}
          {fault.detail !== "" && `: ${fault.detail}`}
        </p>
      </details>
    </div>
  );
}

/** What an auditor needs, as a file. */
export function SaveEvidence(props: { text: string }) {
  if (atKiosk()) return null;
  return (
    <Button
      kind="secondary"
      onClick={() => saveFile("partecipa-evidence.json", props.text, "application/json")}
    >
      {t("WEB_SAVE_EVIDENCE")}
    </Button>
  );
}

/** Hand a file to the person, without any server. */
export function saveFile(name: string, content: string | Uint8Array, type: string): void {
  const part = typeof content === "string" ? content : content.slice();
  saveBlob(name, new Blob([part], { type }));
}

/** Everybody's tablet: no file of one person may lie there for the next. */
export function atKiosk(): boolean {
  return document.getElementById("app")?.dataset["page"] === "kiosk";
}

export function saveBlob(name: string, blob: Blob): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** A question in a dialog: its keyboard and focus are the browser's. */
export function Dialog(
  props: { title: string; open: boolean; onClose: () => void } & Children,
): JSX.Element {
  const box = useRef<HTMLDialogElement>(null);
  const id = useId();
  useLayoutEffect(() => {
    const dialog = box.current;
    if (dialog === null) return;
    if (props.open && !dialog.open) dialog.showModal();
    if (!props.open && dialog.open) dialog.close();
  }, [props.open]);
  return (
    <dialog ref={box} class="dialog" aria-labelledby={id} onClose={() => props.onClose()}>
      <h2 id={id}>{props.title}</h2>
      {props.open && props.children}
    </dialog>
  );
}

/** The value of `load` once it is there; begins anew when `key` changes. */
export function useLoaded<T>(
  load: (signal: AbortSignal) => Promise<T>,
  key: string,
): { value?: T; thrown?: unknown; again: () => void } {
  const [state, setState] = useState<{ value?: T; thrown?: unknown }>({});
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const stop = new AbortController();
    setState({});
    load(stop.signal).then(
      (value) => stop.signal.aborted || setState({ value }),
      (thrown: unknown) => stop.signal.aborted || setState({ thrown }),
    );
    return () => stop.abort();
  }, [key, turn]);
  return { ...state, again: () => setTurn(turn + 1) };
}
