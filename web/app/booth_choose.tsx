/* The step of choosing: the rule, the options, what is left, and the way on. */
import { useMemo, useRef, useState } from "preact/hooks";
import type { Form } from "../core/form.ts";
import { Marks, PointsList, type BallotProps, type Objects } from "./booth_ballot.tsx";
import {
  begin,
  categories,
  decimalOf,
  isEmpty,
  lacking,
  move,
  search,
  setBlank,
  setPoints,
  tally,
  toggle,
  type Draft,
  type Move,
} from "./booth_model.ts";
import { RankingList } from "./booth_ranking.tsx";
import { barredText, lackingText, ruleText, tallyText, titleOf } from "./booth_words.ts";
import { local, plural, t, whole } from "./texts.ts";
import { Actions, Button, Callout, Field, Pick, Step } from "./ui.tsx";

/** From so many options on, one can search. */
const SEARCH_FROM = 13;

/** A message, read at once; the number makes the same one read again. */
export interface Said {
  readonly text: string;
  readonly turn: number;
}

export interface ChooseProps {
  form: Form;
  order: readonly number[];
  draft: Draft;
  onDraft: (draft: Draft) => void;
  objects: Objects;
  revote: boolean;
  /** Other words than the booth's: the same choices, to be checked. */
  words?: { title: string; lead: string; next: string };
  onNext: () => void;
  onBack: (() => void) | undefined;
}

/** What a move did, for who does not see it. */
function movedText(form: Form, i: number, d: Draft): string {
  const place = whole(d.values[i] ?? 0);
  return t("WEB_BOOTH_MOVED", titleOf(form, i), place, whole(tally(form, d).named));
}

function List(props: BallotProps) {
  switch (props.form.ballot.type) {
    case "points":
      return <PointsList {...props} />;
    case "ranking":
      return <RankingList {...props} />;
    default:
      return <Marks {...props} />;
  }
}

type SearchProps = {
  form: Form;
  order: readonly number[];
  onFound: (found: readonly number[]) => void;
};

/** Words and a category to search by; the count is read out. */
function Search(props: SearchProps) {
  const { form } = props;
  const [query, setQuery] = useState("");
  const [category, setCategory] = useState("");
  const [count, setCount] = useState<number | undefined>(undefined);
  const all = useMemo(() => categories(form), [form]);
  const look = (words: string, of: string): void => {
    setQuery(words);
    setCategory(of);
    const found = search(form, props.order, words, of, local);
    setCount(words === "" && of === "" ? undefined : found.length);
    props.onFound(found);
  };
  return (
    <search>
      <Field label={t("WEB_BOOTH_SEARCH")} value={query} onValue={(q) => look(q, category)} />
      {all.length > 1 && (
        <div class="field">
          <label for="booth-category">{t("WEB_BOOTH_CATEGORY")}</label>
          <select
            id="booth-category"
            class="form-select"
            value={category}
            onChange={(e) => look(query, e.currentTarget.value)}
          >
            <option value="">{t("WEB_BOOTH_CATEGORY_ALL")}</option>
            {all.map((c) => (
              <option key={c} value={c}>
                {c}
              </option>
            ))}
          </select>
        </div>
      )}
      <p role="status">
        {count !== undefined && plural(count, "WEB_BOOTH_FOUND_ONE", "WEB_BOOTH_FOUND")}
      </p>
    </search>
  );
}

type FootProps = Pick<ChooseProps, "form" | "draft" | "onNext" | "onBack"> & {
  said: Said;
  next: string;
};

/** The line at the foot: what was chosen, what is left, as text and as a bar. */
function Foot(props: FootProps) {
  const { form, draft, said } = props;
  const now = tally(form, draft);
  const bar =
    now.most !== undefined
      ? { value: Number(decimalOf(now.spent)), max: Number(decimalOf(now.most)) }
      : now.pointsMost > 0
        ? { value: now.points, max: now.pointsMost }
        : undefined;
  return (
    <div class="tally">
      <p id="booth-tally" role="status">
        {tallyText(form, draft)}
      </p>
      {bar !== undefined && <progress {...bar} aria-labelledby="booth-tally" />}
      <div role="alert">
        {said.text !== "" && (
          <p key={said.turn} class="invalid-feedback">
            {said.text}
          </p>
        )}
      </div>
      <Actions>
        <Button onClick={props.onNext}>{props.next}</Button>
        {props.onBack !== undefined && (
          <Button kind="quiet" onClick={props.onBack}>
            {t("WEB_BACK")}
          </Button>
        )}
      </Actions>
    </div>
  );
}

/** The choices, kept by whoever draws this step; only the messages are here. */
export function Choose(props: ChooseProps) {
  const { form, draft, order, words } = props;
  const [said, setSaid] = useState<Said>({ text: "", turn: 0 });
  const [told, setTold] = useState("");
  const [shown, setShown] = useState<readonly number[]>(order);
  /* What a blank vote took away, for who changes her mind. */
  const before = useRef(begin(form));
  const say = (text: string): void => setSaid({ text, turn: said.turn + 1 });
  const take = (m: Move, i: number, ranked: boolean): void => {
    props.onDraft(m.draft);
    say(m.barred === undefined ? "" : barredText(form, i, m.barred));
    if (ranked && m.barred === undefined) {
      const out = (m.draft.values[i] ?? 0) === 0;
      setTold(out ? t("WEB_BOOTH_TAKEN_OUT", titleOf(form, i)) : movedText(form, i, m.draft));
    }
  };
  const next = (): void => {
    const missing = lacking(form, draft);
    if (missing === undefined) props.onNext();
    else say(lackingText(missing));
  };
  const blank = (on: boolean): void => {
    if (on) before.current = draft;
    props.onDraft(on ? setBlank(form, true) : before.current);
    say("");
  };
  const ranking = form.ballot.type === "ranking";
  return (
    <Step key="choose" title={words?.title ?? t("WEB_BOOTH_CHOOSE")} lead={words?.lead ?? <bdi>{local(form.titles)}</bdi>}>
      <p class="rule">{ruleText(form)}</p>
      {props.revote && <p>{t("WEB_BOOTH_REVOTE")}</p>}
      {local(form.texts) !== "" && (
        <details>
          <summary>{t("WEB_BOOTH_TEXTS")}</summary>
          {local(form.texts)
            .split("\n")
            .map((line, k) => line !== "" && <p key={k}><bdi>{line}</bdi></p>)}
        </details>
      )}
      {form.shuffle && <p class="note">{t("WEB_BOOTH_SHUFFLED")}</p>}
      {order.length >= SEARCH_FROM && <Search form={form} order={order} onFound={setShown} />}
      <fieldset>
        <legend class="visually-hidden">{t("WEB_BOOTH_LEGEND")}</legend>
        <List
          form={form}
          draft={draft}
          shown={shown}
          objects={props.objects}
          onToggle={(i) => take(toggle(form, draft, i), i, ranking)}
          onPoints={(i, points) => take(setPoints(form, draft, i, points), i, false)}
          onMove={(i, by) => take({ draft: move(draft, i, by) }, i, true)}
        />
        <div class={draft.blank ? "option blank chosen" : "option blank"}>
          <Pick checked={draft.blank} onChecked={blank} hint={t("WEB_BOOTH_BLANK_HINT")}>
            {t("WEB_BOOTH_BLANK")}
          </Pick>
        </div>
        {draft.blank && !isEmpty(before.current) && (
          <p class="note">{t("WEB_BOOTH_BLANK_TOOK")}</p>
        )}
      </fieldset>
      {ranking && (
        <p class="visually-hidden" role="status">
          {told}
        </p>
      )}
      <Foot
        form={form}
        draft={draft}
        said={said}
        next={words?.next ?? t("WEB_BOOTH_REVIEW")}
        onNext={next}
        onBack={props.onBack}
      />
      {words === undefined && (
        <Callout title={t("WEB_BOOTH_NO_HURRY")}>
          <p>{t("WEB_BOOTH_NO_HURRY_TEXT")}</p>
        </Callout>
      )}
    </Step>
  );
}
