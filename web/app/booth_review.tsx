/* Riepilogo: the ballot as it will be sent, before it is. */
import { hasCosts, rivals, summary, tally, type Draft } from "./booth_model.ts";
import { amount, titleOf } from "./booth_words.ts";
import type { Fault } from "../core/fault.ts";
import type { Form } from "../core/form.ts";
import { euro, local, t, whole } from "./texts.ts";
import { Actions, Button, Callout, ErrorBox, Step } from "./ui.tsx";

type TableProps = { form: Form; draft: Draft; caption: string };

/** What the ballot names, as a table; a sentence for a blank one. */
export function BallotTable(props: TableProps) {
  const { form, draft } = props;
  const lines = summary(form, draft);
  const { type } = form.ballot;
  const costs = hasCosts(form) && type !== "choice";
  const now = tally(form, draft);
  if (draft.blank) return <p class="rule">{t("WEB_BOOTH_IS_BLANK")}</p>;
  return (
    <table class="table">
      <caption>{props.caption}</caption>
      <thead>
        <tr>
          {type === "ranking" && <th scope="col">{t("WEB_BOOTH_COL_PLACE")}</th>}
          <th scope="col">{t("WEB_BOOTH_COL_NAME")}</th>
          {type === "points" && <th scope="col" class="number">{t("WEB_BOOTH_COL_POINTS")}</th>}
          {costs && <th scope="col" class="number">{t("WEB_BOOTH_COL_COST")}</th>}
        </tr>
      </thead>
      <tbody>
        {lines.map(({ option, value }) => (
          <tr key={option}>
            {type === "ranking" && <td class="number">{t("WEB_BOOTH_PLACE", whole(value))}</td>}
            <th scope="row">
              <bdi>{titleOf(form, option)}</bdi>
            </th>
            {type === "points" && <td class="number">{whole(value)}</td>}
            {costs && <td class="number">{euro(form.options[option]?.cost ?? "0")}</td>}
          </tr>
        ))}
      </tbody>
      {lines.length > 1 && type !== "ranking" && (costs || type === "points") && (
        <tfoot>
          <tr>
            <th scope="row">{t("WEB_BOOTH_TOTAL")}</th>
            {type === "points" && <td class="number">{whole(now.points)}</td>}
            {costs && <td class="number">{amount(now.spent)}</td>}
          </tr>
        </tfoot>
      )}
    </table>
  );
}

/** Whether the draft names two of which at most one can win. */
function hasRivals(form: Form, draft: Draft): boolean {
  return summary(form, draft).some(({ option }) =>
    rivals(form, option).some((other) => (draft.values[other] ?? 0) > 0),
  );
}

export interface ReviewProps {
  form: Form;
  draft: Draft;
  revote: boolean;
  busy: boolean;
  fault: Fault | undefined;
  urp: string;
  onCast: () => void;
  onBack: () => void;
}

export function Review(props: ReviewProps) {
  const { form, draft } = props;
  const ranking = form.ballot.type === "ranking";
  return (
    <Step key="review" title={t("WEB_BOOTH_REVIEW_TITLE")} lead={t("WEB_BOOTH_REVIEW_LEAD")}>
      <BallotTable
        form={form}
        draft={draft}
        caption={t("WEB_BOOTH_CAPTION", local(form.titles))}
      />
      {ranking && !draft.blank && <p class="note">{t("WEB_BOOTH_RANKED_NOTE")}</p>}
      {hasRivals(form, draft) && <p class="note">{t("WEB_BOOTH_RIVALS_NOTE")}</p>}
      {props.revote && (
        <Callout title={t("WEB_BOOTH_REVOTE_TITLE")}>
          <p>{t("WEB_BOOTH_REVOTE")}</p>
        </Callout>
      )}
      <p>{form.seal === undefined ? t("WEB_BOOTH_OPEN_BALLOT") : t("WEB_BOOTH_SEALED")}</p>
      {props.fault !== undefined && (
        <ErrorBox fault={props.fault} urp={props.urp} onRetry={props.onCast} />
      )}
      <p role="status">{props.busy && t("WEB_BOOTH_CASTING")}</p>
      <Actions>
        <Button busy={props.busy} onClick={props.onCast}>
          {t("WEB_BOOTH_CAST")}
        </Button>
        <Button kind="quiet" disabled={props.busy} onClick={props.onBack}>
          {t("WEB_BOOTH_CHANGE")}
        </Button>
      </Actions>
    </Step>
  );
}
