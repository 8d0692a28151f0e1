/* Before the booth: what was checked, whose papers, and why one cannot vote now. */
import { useState } from "preact/hooks";
import type { Fault } from "../core/fault.ts";
import type { Header } from "../core/header.ts";
import type { Phase } from "../core/spaces.ts";
import { waitUntil } from "./booth_model.ts";
import type { Seat } from "./booth_session.ts";
import { ruleText } from "./booth_words.ts";
import { collectedAt } from "./collected.ts";
import { personName } from "./collect_start.tsx";
import type { Person } from "./store.ts";
import { local, moment, plural, t, whole } from "./texts.ts";
import {
  Actions,
  Alert,
  Button,
  ButtonLink,
  Callout,
  Desk,
  ErrorBox,
  Pick,
  Progress,
  Step,
} from "./ui.tsx";

/** While the log is read. */
export function Checking(props: { done: number; all: number }) {
  return (
    <Step key="checking" title={t("WEB_BOOTH_TITLE")}>
      <Progress value={props.done} max={props.all} text={t("WEB_BOOTH_CHECKING")} />
    </Step>
  );
}

/** Something does not hold, or no network is there. */
export function Stopped(props: { fault: Fault; urp: string; onRetry: () => void }) {
  return (
    <Step key="stopped" title={t("WEB_BOOTH_STOPPED")}>
      <ErrorBox fault={props.fault} urp={props.urp} onRetry={props.onRetry} />
      <Actions>
        <ButtonLink href="/" kind="secondary">
          {t("WEB_BOOTH_GO_HOME")}
        </ButtonLink>
      </Actions>
    </Step>
  );
}

function shutText(h: Header, phase: Phase): string {
  switch (phase) {
    case "announced":
    case "issuance":
    case "waiting":
      return t("WEB_BOOTH_EARLY", moment(h.participation.from), moment(h.participation.to));
    case "cancelled":
      return t("WEB_BOOTH_CANCELLED");
    default:
      return t("WEB_BOOTH_LATE", moment(h.participation.to));
  }
}

/** Voting is not open: when it is, or where the results are. */
export function Shut(props: { header: Header; phase: Phase; urp: string }) {
  const { header, phase } = props;
  const results = phase === "closed" || phase === "result";
  return (
    <Step key="shut" title={t("WEB_BOOTH_SHUT")} lead={<bdi>{local(header.titles)}</bdi>}>
      <p>{shutText(header, phase)}</p>
      <Actions>
        <ButtonLink href={`/spazi/${header.slug}${results ? "/risultati" : ""}`}>
          {results ? t("WEB_BOOTH_GO_RESULTS") : t("WEB_BOOTH_GO_SPACE")}
        </ButtonLink>
      </Actions>
      <Desk urp={props.urp} />
    </Step>
  );
}

/** This device holds no paper of the space. */
export function NoPapers(props: { header: Header; urp: string }) {
  return (
    <Step
      key="nopapers"
      title={t("WEB_BOOTH_NO_PAPERS")}
      lead={<bdi>{local(props.header.titles)}</bdi>}
    >
      <p>{t("WEB_BOOTH_NO_PAPERS_TEXT")}</p>
      <Actions>
        <ButtonLink href="/ritira">{t("WEB_BOOTH_GO_COLLECT")}</ButtonLink>
        <ButtonLink href="/tessere" kind="secondary">
          {t("WEB_BOOTH_GO_RESTORE")}
        </ButtonLink>
      </Actions>
      <Desk urp={props.urp} />
    </Step>
  );
}

/** Papers of several people are on this device. */
export function Who(props: { people: readonly Person[]; onPerson: (id: string) => void }) {
  const [id, setId] = useState(props.people[0]?.id ?? "");
  const submit = (event: Event): void => {
    event.preventDefault();
    props.onPerson(id);
  };
  return (
    <Step key="who" title={t("WEB_BOOTH_WHO")}>
      <form onSubmit={submit}>
        <fieldset class="field">
          <legend>{t("WEB_BOOTH_WHO_LEGEND")}</legend>
          {props.people.map((p, i) => (
            <Pick key={p.id} name="who" checked={id === p.id} onChecked={() => setId(p.id)}>
              <bdi>{personName(p, i)}</bdi>
            </Pick>
          ))}
        </fieldset>
        <Actions>
          <Button type="submit">{t("WEB_NEXT")}</Button>
        </Actions>
      </form>
    </Step>
  );
}

/** Papers of minutes ago, in a space whose windows overlap: who waits hides better. */
function Wait(props: { until: number }) {
  const [waits, setWaits] = useState(false);
  return (
    <Callout title={t("WEB_BOOTH_WAIT")} kind="warning">
      <p>{t("WEB_BOOTH_WAIT_TEXT")}</p>
      {waits ? (
        <p role="status">{t("WEB_BOOTH_WAIT_UNTIL", moment(props.until))}</p>
      ) : (
        <Actions>
          <Button kind="secondary" onClick={() => setWaits(true)}>
            {t("WEB_BOOTH_WAIT_YES")}
          </Button>
        </Actions>
      )}
    </Callout>
  );
}

type EnterProps = {
  seat: Seat;
  witnesses: number;
  urp: string;
  onEnter: () => void;
  onBack: (() => void) | undefined;
};

/** What was checked, in one look, and the way in. */
export function Enter(props: EnterProps) {
  const { seat } = props;
  const { header: h, form } = seat.vote;
  const now = Math.floor(Date.now() / 1000);
  const wait = waitUntil(h.mode === "overlapping", collectedAt(), now, h.participation.to);
  const left = h.seqLimit - seat.before;
  return (
    <Step key="enter" title={t("WEB_BOOTH_TITLE")} lead={<bdi>{local(h.titles)}</bdi>}>
      <p class="rule">{ruleText(form)}</p>
      {seat.refused !== undefined && (
        <>
          <p>{t("WEB_BOOTH_REFUSED_BEFORE")}</p>
          <ErrorBox fault={seat.refused} urp={props.urp} />
        </>
      )}
      {seat.before > 0 && (
        <Alert kind="info">
          <p>
            <strong>{t("WEB_BOOTH_VOTED")}</strong> {t("WEB_BOOTH_REVOTE")}{" "}
            {left === 0 ? t("WEB_BOOTH_LAST_CHANGE") : ""}
          </p>
        </Alert>
      )}
      {wait !== undefined && <Wait until={wait} />}
      <h2>{t("WEB_BOOTH_CHECKED")}</h2>
      <ul class="checks">
        <li class="good">
          {h.witnesses.quorum > 0
            ? plural(props.witnesses, "WEB_BOOTH_CHECKED_LOG_ONE", "WEB_BOOTH_CHECKED_LOG")
            : t("WEB_BOOTH_CHECKED_LOG_ALONE")}
        </li>
        <li class="good">
          {form.seal === undefined ? t("WEB_BOOTH_CHECKED_FORM") : t("WEB_BOOTH_CHECKED_SEAL")}
        </li>
        <li class="good">{t("WEB_BOOTH_CHECKED_PAPER")}</li>
        {seat.crowd !== undefined && (
          <li class="good">{t("WEB_BOOTH_CHECKED_CROWD", whole(seat.crowd))}</li>
        )}
      </ul>
      <p>{t("WEB_BOOTH_OPEN_UNTIL", moment(h.participation.to))}</p>
      <Actions>
        <Button onClick={props.onEnter}>{t("WEB_BOOTH_ENTER")}</Button>
        {props.onBack !== undefined && (
          <Button kind="quiet" onClick={props.onBack}>
            {t("WEB_CANCEL")}
          </Button>
        )}
      </Actions>
    </Step>
  );
}
