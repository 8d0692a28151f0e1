/* What the search found, what it means, and what to do. */
import { useState } from "preact/hooks";
import type { Checked } from "../core/check.ts";
import type { Counted } from "../core/counted.ts";
import { BallotTable } from "./booth_review.tsx";
import type { Vote } from "../core/cast.ts";
import type { Choices } from "../core/choices.ts";
import type { Found } from "../core/records.ts";
import { draftOf, howCounted, openChoices, type Looked } from "./check_session.ts";
import { witnessText } from "./check_words.ts";
import { toFault } from "./faults.ts";
import { local, moment, plural, t, whole } from "./texts.ts";
import {
  Actions,
  Alert,
  Button,
  ButtonLink,
  Callout,
  Desk,
  ErrorBox,
  Progress,
  saveFile,
  Step,
  useLoaded,
} from "./ui.tsx";

type ResultProps = {
  looked: Looked;
  urp: string;
  onAgain: () => void;
  onBack: () => void;
  onRecreate: () => void;
};

type FoundOne = Extract<Checked, { found: Found }>;
type Early = Checked & { readonly state: "early" };
type Missing = Checked & { readonly state: "missing" };

export function CheckResult(props: ResultProps) {
  const { checked } = props.looked;
  switch (checked.state) {
    case "found":
    case "other":
      return <FoundResult {...props} checked={checked} vote={props.looked.vote} />;
    case "early":
      return <EarlyResult {...props} checked={checked} />;
    case "missing":
      return <MissingResult {...props} checked={checked} />;
    case "none":
      return <NoneResult {...props} />;
  }
}

/** A ballot that says, or was opened as, these choices. */
function Ballot(props: { vote: Vote; choices: Choices; caption: string }) {
  const { form } = props.vote;
  return <BallotTable form={form} draft={draftOf(form, props.choices)} caption={props.caption} />;
}

type FoundProps = ResultProps & { checked: FoundOne; vote: Vote };

function FoundResult(props: FoundProps) {
  const { checked, vote } = props;
  const { found, header: h } = checked;
  const choices = openChoices(vote, found);
  const other = checked.state === "other";
  return (
    <Step
      key="found"
      title={t(other ? "WEB_CHECK_OTHER_FOUND" : "WEB_CHECK_FOUND")}
      lead={<bdi>{local(h.titles)}</bdi>}
    >
      {other ? (
        <Alert kind="warning">{t("WEB_CHECK_OTHER_TEXT")}</Alert>
      ) : (
        <Alert kind="success">{t("WEB_CHECK_FOUND_TEXT")}</Alert>
      )}
      <ul class="checks">
        <li class="good">{t("WEB_CHECK_ENTRY", whole(found.index), whole(checked.size))}</li>
        <li class="good">{t("WEB_CHECK_WINDOW", moment(found.windowEnd))}</li>
        <li class="good">{t("WEB_CHECK_INCLUDED")}</li>
        <li class={h.witnesses.quorum === 0 ? undefined : "good"}>{witnessText(checked)}</li>
        {props.looked.receipt && !other && <li class="good">{t("WEB_CHECK_RECEIPT_SAME")}</li>}
        <li class="good">{plural(checked.count, "WEB_CHECK_COUNT_ONE", "WEB_CHECK_COUNT")}</li>
      </ul>
      {choices !== undefined && (
        <Ballot vote={vote} choices={choices} caption={t("WEB_CHECK_SAYS")} />
      )}
      {vote.form.seal !== undefined && checked.row.phase !== "result" && (
        <p>{t("WEB_CHECK_SEALED")}</p>
      )}
      {checked.row.phase === "result" && vote.form.seal !== undefined && (
        <HowCounted vote={vote} found={found} />
      )}
      <Actions>
        {vote.form.seal !== undefined && (
          <Button onClick={props.onRecreate}>{t("WEB_CHECK_SECOND_GO")}</Button>
        )}
        {checked.row.phase === "result" && (
          <ButtonLink href={`/spazi/${h.slug}/risultati`} kind="secondary">
            {t("WEB_BOOTH_GO_RESULTS")}
          </ButtonLink>
        )}
        <Button
          kind="secondary"
          onClick={() => saveFile(t("WEB_CHECK_PROOF_FILE", h.slug), checked.proof, "text/plain")}
        >
          {t("WEB_CHECK_SAVE_PROOF")}
        </Button>
        <Button kind="quiet" onClick={props.onBack}>
          {t("WEB_CHECK_ANOTHER")}
        </Button>
      </Actions>
      <p class="note">{t("WEB_CHECK_PROOF_NOTE")}</p>
      {other && <Desk urp={props.urp} />}
    </Step>
  );
}

/* ---- How it was counted -------------------------------------------------- */

/** Only for whoever asks: her screen may be seen by others. */
function HowCounted(props: { vote: Vote; found: Found }) {
  const [asked, setAsked] = useState(false);
  if (asked) return <Counting {...props} />;
  return (
    <Callout title={t("WEB_CHECK_COUNTED")}>
      <p>{t("WEB_CHECK_COUNTED_WARN")}</p>
      <Actions>
        <Button kind="secondary" onClick={() => setAsked(true)}>
          {t("WEB_CHECK_COUNTED_SHOW")}
        </Button>
      </Actions>
    </Callout>
  );
}

function Counting(props: { vote: Vote; found: Found }) {
  const [read, setRead] = useState({ done: 0, all: 1 });
  const counted = useLoaded((signal) => {
    const progress = (done: number, all: number): void => setRead({ done, all });
    return howCounted(props.vote, props.found, { signal, progress });
  }, "");
  if (counted.thrown !== undefined)
    return <ErrorBox fault={toFault(counted.thrown)} onRetry={counted.again} />;
  if (counted.value === undefined)
    return <Progress value={read.done} max={read.all} text={t("WEB_CHECK_COUNTING")} />;
  return (
    <section aria-live="polite">
      <h2>{t("WEB_CHECK_COUNTED")}</h2>
      <CountedAs vote={props.vote} counted={counted.value} />
    </section>
  );
}

function CountedAs(props: { vote: Vote; counted: Counted }) {
  const { counted } = props;
  switch (counted.state) {
    case "choices":
      return (
        <Ballot vote={props.vote} choices={counted.choices} caption={t("WEB_CHECK_OPENED_AS")} />
      );
    case "null":
      return <p>{t("WEB_CHECK_NULL")}</p>;
    case "replaced":
      return <p>{t("WEB_CHECK_REPLACED")}</p>;
    case "few":
      return <p>{t("WEB_CHECK_FEW")}</p>;
    case "pending":
      return <p>{t("WEB_CHECK_PENDING")}</p>;
  }
}

/* ---- Not there ----------------------------------------------------------- */

function EarlyResult(props: ResultProps & { checked: Early }) {
  const { checked } = props;
  return (
    <Step key="early" title={t("WEB_CHECK_EARLY")} lead={<bdi>{local(checked.header.titles)}</bdi>}>
      <Alert kind="info">{t("WEB_CHECK_EARLY_TEXT", moment(checked.due))}</Alert>
      <p>{t("WEB_CHECK_EARLY_DO")}</p>
      <Again {...props} />
    </Step>
  );
}

function MissingResult(props: ResultProps & { checked: Missing }) {
  const { checked } = props;
  const { header: h } = checked;
  return (
    <Step key="missing" title={t("WEB_CHECK_MISSING")} lead={<bdi>{local(h.titles)}</bdi>}>
      <Alert kind="danger">{t("WEB_CHECK_MISSING_TEXT", moment(checked.due))}</Alert>
      <h2>{t("WEB_CHECK_MISSING_DO")}</h2>
      <ol>
        <li>{t("WEB_CHECK_MISSING_SAVE")}</li>
        <li>{t("WEB_CHECK_MISSING_GIVE")}</li>
        {checked.row.phase === "open" && (
          <li>{t("WEB_CHECK_MISSING_AGAIN", moment(h.participation.to))}</li>
        )}
      </ol>
      <Actions>
        <Button
          onClick={() =>
            saveFile(t("WEB_CHECK_EVIDENCE_FILE", h.slug), checked.evidence, "application/json")
          }
        >
          {t("WEB_SAVE_EVIDENCE")}
        </Button>
        <Button kind="quiet" onClick={props.onBack}>
          {t("WEB_BACK")}
        </Button>
      </Actions>
      <p class="note">{t("WEB_CHECK_EVIDENCE_NOTE")}</p>
      <Desk urp={props.urp} />
    </Step>
  );
}

function NoneResult(props: ResultProps) {
  const { checked, waiting } = props.looked;
  return (
    <Step key="none" title={t("WEB_CHECK_NONE")} lead={<bdi>{local(checked.header.titles)}</bdi>}>
      <Alert kind={waiting ? "warning" : "info"}>
        {t(waiting ? "WEB_CHECK_WAITING" : "WEB_CHECK_NONE_TEXT", whole(checked.size))}
      </Alert>
      {!waiting && (
        <ul>
          <li>{t("WEB_CHECK_NONE_SOON")}</li>
          <li>{t("WEB_CHECK_NONE_CODE")}</li>
          <li>{t("WEB_CHECK_NONE_RECEIPT")}</li>
        </ul>
      )}
      <Again {...props} />
      <Desk urp={props.urp} />
    </Step>
  );
}

function Again(props: ResultProps) {
  return (
    <Actions>
      <Button onClick={props.onAgain}>{t("WEB_CHECK_AGAIN")}</Button>
      <Button kind="quiet" onClick={props.onBack}>
        {t("WEB_BACK")}
      </Button>
    </Actions>
  );
}
