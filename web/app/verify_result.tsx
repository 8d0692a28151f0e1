/* What an audit found, in plain words: a table of steps, and what was left out. */
import { hex } from "../core/bytes.ts";
import { isComplete, NOT_CHECKED, stepsOf, type NotChecked } from "../audit/steps.ts";
import type { StepName, StepResult, StepState } from "../audit/steps.ts";
import { RULE, RULES, type Verdict } from "../audit/rules.ts";
import { local, plural, t, whole } from "./texts.ts";
import { Actions, Button, Callout, Desk, saveFile } from "./ui.tsx";
import { commandOf, type Done } from "./verify_model.ts";

/* Literal names, for the build's table. */
function stepText(name: StepName): string {
  switch (name) {
    case "checkpoint":
      return t("WEB_VERIFY_STEP_CHECKPOINT");
    case "log":
      return t("WEB_VERIFY_STEP_LOG");
    case "staff":
      return t("WEB_VERIFY_STEP_STAFF");
    case "objects":
      return t("WEB_VERIFY_STEP_OBJECTS");
    case "documents":
      return t("WEB_VERIFY_STEP_DOCUMENTS");
    case "ceremony":
      return t("WEB_VERIFY_STEP_CEREMONY");
    case "roll":
      return t("WEB_VERIFY_STEP_ROLL");
    case "ledgers":
      return t("WEB_VERIFY_STEP_LEDGERS");
    case "records":
      return t("WEB_VERIFY_STEP_RECORDS");
    case "close":
      return t("WEB_VERIFY_STEP_CLOSE");
    case "openings":
      return t("WEB_VERIFY_STEP_OPENINGS");
    case "contents":
      return t("WEB_VERIFY_STEP_CONTENTS");
    case "result":
      return t("WEB_VERIFY_STEP_RESULT");
  }
}

function stateText(state: StepState): string {
  switch (state) {
    case "held":
      return t("WEB_VERIFY_HOLDS");
    case "broken":
      return t("WEB_VERIFY_BREAKS");
    case "not-due":
      return t("WEB_VERIFY_NOT_DUE");
    case "nothing":
      return t("WEB_VERIFY_NOTHING");
  }
}

function leftOutText(name: NotChecked["name"]): string {
  switch (name) {
    case "explain":
      return t("WEB_VERIFY_LEFT_EXPLAIN");
    case "policy":
      return t("WEB_VERIFY_LEFT_POLICY");
    case "page":
      return t("WEB_VERIFY_LEFT_PAGE");
    case "pictures":
      return t("WEB_VERIFY_LEFT_PICTURES");
    case "fork":
      return t("WEB_VERIFY_LEFT_FORK");
  }
}

/** The technical words of what is broken: English, as partecipa-audit says it. */
function Faults(props: { broken: readonly Verdict[] }) {
  if (props.broken.length === 0) return null;
  return (
    <details>
      <summary>{t("WEB_TECHNICAL")}</summary>
      <ul lang="en">
        {props.broken.map((v) => (
          <li key={`${v.rule} ${v.index ?? ""} ${v.why}`}>
            rule {v.rule}, {RULES[v.rule - 1]?.name}
            {v.index !== undefined && `, entry ${v.index}`}: {v.why}
          </li>
        ))}
      </ul>
    </details>
  );
}

const MARK: Readonly<Record<StepState, string>> = {
  held: "✓",
  broken: "✗",
  "not-due": "…",
  nothing: "–",
};

/** Rules that were not held against anything, which the step's name would hide. */
function Remarks(props: { judged: readonly number[] }) {
  const witnesses = (props.judged[RULE.quorum] ?? 0) > 0;
  const known = (props.judged[RULE.consistency] ?? 0) > 0;
  return (
    <p class="note">
      {witnesses ? t("WEB_VERIFY_WITNESSED") : t("WEB_VERIFY_NO_WITNESSES")}{" "}
      {known ? t("WEB_VERIFY_CONTINUES") : t("WEB_VERIFY_FIRST_SEEN")}
    </p>
  );
}

function StepRow(props: { step: StepResult; judged: readonly number[] }) {
  const { step } = props;
  return (
    <tr role="row">
      <th scope="row" role="rowheader">
        {stepText(step.name)}
        {step.name === "checkpoint" && <Remarks judged={props.judged} />}
        <Faults broken={step.broken} />
      </th>
      <td role="cell" data-label={t("WEB_VERIFY_RULES")}>
        {step.rules.join(", ")}
      </td>
      <td role="cell" data-label={t("WEB_VERIFY_OUTCOME")}>
        <span aria-hidden="true">{MARK[step.state]} </span>
        {stateText(step.state)}
      </td>
      <td role="cell" class="number" data-label={t("WEB_VERIFY_JUDGED")}>
        {whole(step.judged)}
      </td>
    </tr>
  );
}

/** Every step with the rules it covers and how much was held against them. */
export function StepTable(props: { done: Done }) {
  return (
    <table class="table-cards" role="table">
      <caption>{t("WEB_VERIFY_TABLE")}</caption>
      <thead role="rowgroup">
        <tr role="row">
          <th scope="col" role="columnheader">
            {t("WEB_VERIFY_CHECK")}
          </th>
          <th scope="col" role="columnheader">
            {t("WEB_VERIFY_RULES")}
          </th>
          <th scope="col" role="columnheader">
            {t("WEB_VERIFY_OUTCOME")}
          </th>
          <th scope="col" role="columnheader" class="number">
            {t("WEB_VERIFY_JUDGED")}
          </th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        {stepsOf(props.done.audit).map((step) => (
          <StepRow key={step.name} step={step} judged={props.done.audit.judged} />
        ))}
      </tbody>
    </table>
  );
}

/** The verdict in a sentence, what to do, how long it took. */
function Verdict(props: { done: Done; urp: string }) {
  const { audit, seconds } = props.done;
  const took = t("WEB_VERIFY_TOOK", whole(Math.max(1, Math.round(seconds))), whole(audit.size));
  if (audit.broken.length > 0) {
    return (
      <Callout kind="danger" title={t("WEB_VERIFY_BROKEN")}>
        <p>{t("WEB_VERIFY_BROKEN_DO")}</p>
        <Desk urp={props.urp} />
        <p>{took}</p>
      </Callout>
    );
  }
  const isWhole = isComplete(audit);
  const title = isWhole ? t("WEB_VERIFY_HELD") : t("WEB_VERIFY_SO_FAR");
  return (
    <Callout kind={isWhole ? "success" : "note"} title={title}>
      <p>{isWhole ? t("WEB_VERIFY_HELD_WHY") : t("WEB_VERIFY_SO_FAR_WHY")}</p>
      <p>{took}</p>
    </Callout>
  );
}

/** Who wins by the count that was just made. */
function Winners(props: { done: Done }) {
  return (
    <>
      {props.done.audit.spaces.map((s) =>
        s.winners === undefined ? null : (
          <section key={s.slug}>
            <h3>{t("WEB_VERIFY_COUNTED")}</h3>
            <p>
              {plural(s.counted + s.paper, "WEB_VERIFY_BALLOT", "WEB_VERIFY_BALLOTS")}
              {s.paper > 0 && ` ${t("WEB_VERIFY_PAPER_TOO", whole(s.paper))}`}
            </p>
            {s.winners.length === 0 && <p>{t("WEB_VERIFY_NO_WINNER")}</p>}
            <ol>
              {s.winners.map((titles, i) => (
                <li key={i}>
                  <bdi>{local(titles)}</bdi>
                </li>
              ))}
            </ol>
          </section>
        ),
      )}
    </>
  );
}

/** Everything as a file for whoever wants to look further. */
function report(done: Done): string {
  const { audit: a } = done;
  const steps = stepsOf(a).map((s) => ({ step: s.name, state: s.state, judged: s.judged }));
  const log = { origin: a.origin, size: a.size, root: hex(a.root) };
  return `${JSON.stringify({ log, space: done.slug, broken: a.broken, steps }, null, 2)}\n`;
}

/** What the audit does not look at, and the command that does. */
function LeftOut(props: { slug: string }) {
  return (
    <>
      <h3>{t("WEB_VERIFY_LEFT")}</h3>
      <ul>
        {NOT_CHECKED.map((n) => (
          <li key={n.name}>{leftOutText(n.name)}</li>
        ))}
      </ul>
      <h3>{t("WEB_VERIFY_FULL")}</h3>
      <p>{t("WEB_VERIFY_FULL_WHY")}</p>
      <pre>
        <code>{commandOf(location.origin, props.slug)}</code>
      </pre>
    </>
  );
}

/** The result of an audit. */
export function VerifyResult(props: { done: Done; urp: string; onAgain: () => void }) {
  const save = (): void =>
    saveFile("verifica.json", report(props.done), "application/json");
  return (
    <div class="stack">
      <Verdict done={props.done} urp={props.urp} />
      <Winners done={props.done} />
      <StepTable done={props.done} />
      <LeftOut slug={props.done.slug} />
      <Actions>
        <Button kind="secondary" onClick={save}>
          {t("WEB_VERIFY_SAVE")}
        </Button>
        <Button kind="quiet" onClick={props.onAgain}>
          {t("WEB_VERIFY_AGAIN")}
        </Button>
      </Actions>
    </div>
  );
}
