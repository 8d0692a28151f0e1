/* What collecting gave, space by space. */
import type { Outcome, OutcomeState } from "./collecting.ts";
import { faultText } from "./faults.ts";
import { local, moment, t } from "./texts.ts";

const DONE: readonly OutcomeState[] = ["collected", "had"];

/** One sentence for an outcome. */
export function outcomeText(o: Outcome): string {
  const header = o.offer.header;
  switch (o.state) {
    case "waiting":
      return t("WEB_OUT_WAITING");
    case "asking":
      return t("WEB_OUT_ASKING");
    case "collected":
      return t("WEB_OUT_COLLECTED");
    case "had":
      return t("WEB_OUT_HAD");
    case "later":
      return t("WEB_OUT_LATER", moment(header?.issuance.from ?? 0));
    case "closed":
      return t("WEB_OUT_CLOSED", moment(header?.issuance.to ?? 0));
    case "elsewhere":
      return t("WEB_OUT_ELSEWHERE");
    case "none":
      return t("WEB_OUT_NONE");
    case "replaced":
      return t("WEB_OUT_REPLACED");
    case "failed":
      return o.fault === undefined ? t("WEB_OUT_FAILED") : faultText(o.fault);
  }
}

/** How many steps are done, for the progress bar. */
export function outcomesDone(outcomes: readonly Outcome[]): number {
  return outcomes.filter((o) => o.state !== "waiting" && o.state !== "asking").length;
}

/** When one can vote, for a paper that one has. */
export function whenToVote(o: Outcome): string {
  const window = o.offer.header?.participation;
  if (window === undefined) return "";
  return o.offer.phase === "open"
    ? t("WEB_VOTE_UNTIL", moment(window.to))
    : t("WEB_VOTE_FROM", moment(window.from), moment(window.to));
}

/** The list of spaces with their outcomes; good and bad are said in words too. */
export function Outcomes(props: { outcomes: readonly Outcome[] }) {
  return (
    <ul class="checks">
      {props.outcomes.map((o) => (
        <li
          key={o.offer.slug}
          class={DONE.includes(o.state) ? "good" : o.state === "failed" ? "bad" : undefined}
        >
          <strong>
            <bdi>{local(o.offer.titles)}</bdi>
          </strong>
          <br />
          {outcomeText(o)}
          {DONE.includes(o.state) && ` ${whenToVote(o)}`}
          {o.state === "failed" && o.fault !== undefined && o.fault.detail !== "" && (
            <details>
              <summary>{t("WEB_TECHNICAL")}</summary>
              <span class="note">{o.fault.detail}</span>
            </details>
          )}
        </li>
      ))}
    </ul>
  );
}
