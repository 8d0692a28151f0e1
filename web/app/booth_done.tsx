/* After the vote: the promise of the server, or a vote that waits for a network. */
import type { Vote } from "../core/cast.ts";
import { local, moment, t } from "./texts.ts";
import { Actions, Alert, atKiosk, Button, ButtonLink, Desk, saveFile, Step } from "./ui.tsx";

export interface Accepted {
  /** The receipt as it came, verified. */
  readonly text: Uint8Array;
  /** UNIX seconds. */
  readonly windowEnd: number;
}

type DoneProps = {
  vote: Vote;
  receipt: Accepted;
  urp: string;
  /** In a kiosk: the next person. */
  onDone: (() => void) | undefined;
};

/** A file without what was chosen; once ballots can be read, it leads to hers. */
function saveReceipt(slug: string, receipt: Accepted): void {
  saveFile(t("WEB_BOOTH_RECEIPT_FILE", slug), receipt.text, "text/plain");
}

export function Done(props: DoneProps) {
  const { header } = props.vote;
  const due = props.receipt.windowEnd + header.grace;
  return (
    <Step key="done" title={t("WEB_BOOTH_DONE")} lead={<bdi>{local(header.titles)}</bdi>}>
      <Alert kind="success">
        <p>
          <strong>{t("WEB_BOOTH_ACCEPTED")}</strong>
        </p>
      </Alert>
      <div class="receipt">
        <h2>{t("WEB_BOOTH_RECEIPT")}</h2>
        <p>{t("WEB_BOOTH_PROMISE", moment(due))}</p>
        {!atKiosk() && <p class="note">{t("WEB_BOOTH_RECEIPT_SECRET")}</p>}
        {!atKiosk() && (
          <Actions>
            <Button kind="secondary" onClick={() => saveReceipt(header.slug, props.receipt)}>
              {t("WEB_BOOTH_SAVE")}
            </Button>
          </Actions>
        )}
      </div>
      <h2>{t("WEB_BOOTH_NOW")}</h2>
      <ul>
        <li>{t("WEB_BOOTH_NOW_NOTHING")}</li>
        <li>{t("WEB_BOOTH_NOW_CHECK", moment(due))}</li>
        {header.seqLimit > 0 && (
          <li>{t("WEB_BOOTH_NOW_CHANGE", moment(header.participation.to))}</li>
        )}
      </ul>
      <Actions>
        {props.onDone !== undefined ? (
          <Button onClick={props.onDone}>{t("WEB_BOOTH_FINISH")}</Button>
        ) : (
          <>
            <ButtonLink href={`/spazi/${header.slug}/controlla`}>
              {t("WEB_BOOTH_GO_CHECK")}
            </ButtonLink>
            <ButtonLink href="/" kind="secondary">
              {t("WEB_BOOTH_GO_HOME")}
            </ButtonLink>
          </>
        )}
      </Actions>
      <Desk urp={props.urp} />
    </Step>
  );
}

type WaitingProps = {
  vote: Vote;
  urp: string;
  busy: boolean;
  onRetry: () => void;
  onDone: (() => void) | undefined;
};

/** Signed and kept here, not yet with the server: it does not count until it arrives. */
export function Waiting(props: WaitingProps) {
  const { header } = props.vote;
  return (
    <Step key="waiting" title={t("WEB_BOOTH_WAITING")} lead={<bdi>{local(header.titles)}</bdi>}>
      <Alert kind="warning">
        <p>
          <strong>{t("WEB_BOOTH_WAITING_TEXT")}</strong>
        </p>
      </Alert>
      <p>{t("WEB_BOOTH_WAITING_DO", moment(header.participation.to))}</p>
      <Actions>
        <Button busy={props.busy} onClick={props.onRetry}>
          {t("WEB_BOOTH_SEND_NOW")}
        </Button>
        {props.onDone !== undefined && (
          <Button kind="secondary" onClick={props.onDone}>
            {t("WEB_BOOTH_FINISH")}
          </Button>
        )}
      </Actions>
      <Desk urp={props.urp} />
    </Step>
  );
}
