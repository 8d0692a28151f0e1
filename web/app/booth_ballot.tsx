/* One option of a ballot, in each kind of form. */
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { hex } from "../core/bytes.ts";
import type { Form, Option } from "../core/form.ts";
import type { Draft } from "./booth_model.ts";
import { barred, hasCosts } from "./booth_model.ts";
import { rivalsText, titleOf } from "./booth_words.ts";
import { euro, local, t } from "./texts.ts";

/** Reads an object of the log, proven by its hash. */
export type Objects = (hash: Uint8Array) => Promise<Uint8Array>;

export interface BallotProps {
  form: Form;
  draft: Draft;
  /** Options on the screen, in their order, counted from 0. */
  shown: readonly number[];
  objects: Objects;
  onToggle: (option: number) => void;
  onPoints: (option: number, points: number) => void;
  onMove: (option: number, by: -1 | 1) => void;
}

/** Title, and behind it cost, category and place. */
export function Facts(props: { form: Form; i: number }) {
  const o = props.form.options[props.i] as Option;
  return (
    <>
      <span class="option-title">
        <bdi>{local(o.titles)}</bdi>
      </span>
      <span class="option-facts">
        {hasCosts(props.form) && <span class="option-cost">{euro(o.cost)}</span>}
        {o.category !== "" && <bdi>{o.category}</bdi>}
        {o.place !== "" && <bdi>{o.place}</bdi>}
      </span>
    </>
  );
}

/* What the first bytes say; anything else is not shown. */
function typeOf(b: Uint8Array): string {
  const head = hex(b.subarray(0, 12));
  if (head.startsWith("ffd8ff")) return "image/jpeg";
  if (head.startsWith("89504e470d0a1a0a")) return "image/png";
  return head.startsWith("52494646") && head.endsWith("57454250") ? "image/webp" : "";
}

/** The picture of an option: fetched when it is asked for, held against its hash. */
function Picture(props: { option: Option; objects: Objects }) {
  const { picture } = props.option;
  const [url, setUrl] = useState("");
  useEffect(() => {
    if (picture === undefined) return;
    let [gone, made] = [false, ""];
    props.objects(picture.hash).then(
      (bytes) => {
        if (gone || typeOf(bytes) === "") return;
        made = URL.createObjectURL(new Blob([bytes.slice()], { type: typeOf(bytes) }));
        setUrl(made);
      },
      () => undefined, // the text says what it shows
    );
    return () => {
      gone = true;
      if (made !== "") URL.revokeObjectURL(made);
    };
  }, [picture]);
  if (picture === undefined) return null;
  return url === "" ? (
    <p class="note">{local(picture.alt)}</p>
  ) : (
    <img class="option-picture" src={url} alt={local(picture.alt)} />
  );
}

/** Description, picture and rivals behind a press; nothing where there are none. */
export function More(props: { form: Form; i: number; objects: Objects }) {
  const [open, setOpen] = useState(false);
  const o = props.form.options[props.i] as Option;
  const text = local(o.description);
  const rivals = rivalsText(props.form, props.i);
  if (text === "" && o.picture === undefined && rivals === "") return null;
  return (
    <details class="option-more" onToggle={(e) => setOpen(e.currentTarget.open)}>
      <summary>
        {t("WEB_BOOTH_MORE")}
        <span class="visually-hidden">
          {" "}
          <bdi>{local(o.titles)}</bdi>
        </span>
      </summary>
      {text.split("\n").map((line, k) => line !== "" && <p key={k}><bdi>{line}</bdi></p>)}
      {open && <Picture option={o} objects={props.objects} />}
      {rivals !== "" && <p class="note">{rivals}</p>}
    </details>
  );
}

function classes(...names: (string | false)[]): string {
  return names.filter((n) => n !== false).join(" ");
}

/** Boxes to tick, or circles in a choice; one that does not fit stays in reach and says why. */
export function Marks(props: BallotProps) {
  const { form, draft } = props;
  const choice = form.ballot.type === "choice";
  return (
    <ul class="ballot">
      {props.shown.map((i) => {
        const taken = (draft.values[i] ?? 0) > 0;
        const off = !taken && barred(form, draft, i) !== undefined;
        return (
          <li key={i} class={classes("option", taken && "chosen", off && "barred")}>
            <label class="pick">
              <input
                type={choice ? "radio" : "checkbox"}
                name={choice ? "choice" : undefined}
                checked={taken}
                aria-disabled={off ? "true" : undefined}
                onClick={(event) => {
                  /* Not "disabled": what cannot be reached cannot say why. */
                  if (!off) return;
                  event.preventDefault();
                  props.onToggle(i);
                }}
                onChange={() => off || props.onToggle(i)}
              />
              <span>
                <Facts form={form} i={i} />
              </span>
            </label>
            <More form={form} i={i} objects={props.objects} />
          </li>
        );
      })}
    </ul>
  );
}

/** A small button with a sign and a name of its own. */
export function SignButton(
  props: {
    id?: string;
    name: string;
    off?: boolean;
    onPress: () => void;
  } & { children?: ComponentChildren },
) {
  return (
    <button
      type="button"
      id={props.id}
      class="btn btn-outline-primary"
      aria-label={props.name}
      aria-disabled={props.off === true ? "true" : undefined}
      onClick={props.onPress}
    >
      {props.children}
    </button>
  );
}

/** Points: a number between two buttons. */
export function PointsList(props: BallotProps) {
  const { form, draft } = props;
  const max = form.ballot.type === "points" ? form.ballot.optionMax : 0;
  return (
    <ul class="ballot">
      {props.shown.map((i) => {
        const value = draft.values[i] ?? 0;
        const title = titleOf(form, i);
        const full = barred(form, draft, i) !== undefined;
        return (
          <li
            key={i}
            class={classes("option", value > 0 && "chosen", full && value === 0 && "barred")}
          >
            <div class="ranked points">
              <span id={`points-name-${i}`}>
                <Facts form={form} i={i} />
              </span>
              <span class="counter">
                <SignButton
                  name={t("WEB_BOOTH_POINT_LESS", title)}
                  off={value === 0}
                  onPress={() => props.onPoints(i, value - 1)}
                >
                  −
                </SignButton>
                <input
                  class="form-control"
                  type="number"
                  inputMode="numeric"
                  min={0}
                  max={max}
                  step={1}
                  value={String(value)}
                  aria-label={t("WEB_BOOTH_POINTS_OF", title)}
                  onFocus={(event) => event.currentTarget.select()}
                  onInput={(event) => props.onPoints(i, Number(event.currentTarget.value))}
                />
                <SignButton
                  name={t("WEB_BOOTH_POINT_MORE", title)}
                  off={full}
                  onPress={() => props.onPoints(i, value + 1)}
                >
                  +
                </SignButton>
              </span>
            </div>
            <More form={form} i={i} objects={props.objects} />
          </li>
        );
      })}
    </ul>
  );
}
