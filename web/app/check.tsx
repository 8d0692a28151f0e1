/*
 * Page "check": finding one's ballot in the public log, on this device or with
 * a code on another, and the second-device check.  The whole range of the log
 * is read: the server does not learn which ballot was looked for.
 */
import { useEffect, useState } from "preact/hooks";
import { CheckResult } from "./check_result.tsx";
import { Recreate } from "./check_recreate.tsx";
import { hasBallots, look, openDesk, type Desk, type Who } from "./check_session.ts";
import { CheckStart } from "./check_start.tsx";
import { contact, theStore } from "./device.ts";
import { toFault } from "./faults.ts";
import type { Store } from "./store.ts";
import { local, moment, t } from "./texts.ts";
import {
  Actions,
  Button,
  ButtonLink,
  ErrorBox,
  Progress,
  Step,
  useLoaded,
  type PageProps,
} from "./ui.tsx";
import type { Fault } from "../core/fault.ts";
import type { Row } from "../core/spaces.ts";

/** The page: of one space, or the choice of one. */
export function Check(props: PageProps) {
  const [device, setDevice] = useState<Store | undefined>(undefined);
  useEffect(() => {
    void theStore().then(setDevice);
  }, []);
  if (device === undefined) return <Step title={t("APP_CHECK")} lead={t("WEB_LOADING")} />;
  return props.slug === "" ? (
    <Spaces {...props} device={device} />
  ) : (
    <Space {...props} device={device} />
  );
}

type WithDevice = PageProps & { device: Store };

/** Something does not hold, or no network is there. */
export function CheckStopped(props: { fault: Fault; urp: string; onRetry: () => void }) {
  return (
    <Step key="stopped" title={t("WEB_CHECK_STOPPED")}>
      <ErrorBox fault={props.fault} urp={props.urp} onRetry={props.onRetry} />
    </Step>
  );
}

/* ---- Which space --------------------------------------------------------- */

function Spaces(props: WithDevice) {
  const rows = useLoaded(
    async (signal) => (await contact(props.device, signal)).rows.filter(hasBallots),
    "",
  );
  if (rows.thrown !== undefined)
    return <CheckStopped fault={toFault(rows.thrown)} urp={props.urp} onRetry={rows.again} />;
  return (
    <Step key="spaces" title={t("APP_CHECK")} lead={t("WEB_CHECK_LEAD")}>
      {rows.value === undefined ? (
        <p role="status">{t("WEB_LOADING")}</p>
      ) : (
        <SpaceList rows={rows.value} />
      )}
    </Step>
  );
}

function SpaceList(props: { rows: readonly Row[] }) {
  if (props.rows.length === 0) return <p>{t("WEB_CHECK_NO_SPACES")}</p>;
  return (
    <>
      <h2>{t("WEB_CHECK_WHICH")}</h2>
      <ul>
        {[...props.rows].reverse().map((row) => (
          <li key={row.slug}>
            <a href={`/spazi/${row.slug}/controlla`}>
              <bdi>{local(row.titles)}</bdi>
            </a>
          </li>
        ))}
      </ul>
    </>
  );
}

/* ---- One space ----------------------------------------------------------- */

/** What is shown: the way in, the search, or the second-device check. */
type View = { at: "start" } | { at: "look"; who: Who } | { at: "recreate"; who: Who | undefined };

function Space(props: WithDevice) {
  const { device, slug, urp } = props;
  const [view, setView] = useState<View>({ at: "start" });
  const desk = useLoaded((signal) => openDesk(device, slug, signal), slug);
  const start = (): void => setView({ at: "start" });
  if (desk.thrown !== undefined)
    return <CheckStopped fault={toFault(desk.thrown)} urp={urp} onRetry={desk.again} />;
  if (desk.value === undefined)
    return (
      <Step key="loading" title={t("APP_CHECK")}>
        <p role="status">{t("WEB_CHECK_OPENING")}</p>
      </Step>
    );
  if (!hasBallots(desk.value.row)) return <Early desk={desk.value} />;
  if (view.at === "look")
    return (
      <Look
        {...props}
        who={view.who}
        onBack={start}
        onRecreate={() => setView({ at: "recreate", who: view.who })}
      />
    );
  if (view.at === "recreate")
    return <Recreate device={device} desk={desk.value} who={view.who} urp={urp} onBack={start} />;
  return (
    <CheckStart
      desk={desk.value}
      onLook={(who) => setView({ at: "look", who })}
      onRecreate={() => setView({ at: "recreate", who: undefined })}
    />
  );
}

/** Nobody has voted yet. */
function Early(props: { desk: Desk }) {
  const { header: h } = props.desk;
  return (
    <Step key="early" title={t("APP_CHECK")} lead={<bdi>{local(h.titles)}</bdi>}>
      <p>{t("WEB_CHECK_EARLY_SPACE", moment(h.participation.from))}</p>
      <Actions>
        <ButtonLink href={`/spazi/${h.slug}`}>{t("WEB_CHECK_GO_SPACE")}</ButtonLink>
      </Actions>
    </Step>
  );
}

type LookProps = WithDevice & { who: Who; onBack: () => void; onRecreate: () => void };

/** The search, and what it found. */
function Look(props: LookProps) {
  const [read, setRead] = useState({ done: 0, all: 1 });
  const found = useLoaded((signal) => {
    const progress = (done: number, all: number): void => setRead({ done, all });
    return look(props.device, props.slug, props.who, Math.floor(Date.now() / 1000), {
      signal,
      progress,
    });
  }, props.slug);
  if (found.thrown !== undefined)
    return <CheckStopped fault={toFault(found.thrown)} urp={props.urp} onRetry={found.again} />;
  if (found.value === undefined)
    return (
      <Step key="look" title={t("WEB_CHECK_LOOKING")} lead={t("APP_CHECK_LEAD")}>
        <Progress value={read.done} max={read.all} text={t("WEB_CHECK_READING")} />
        <Actions>
          <Button kind="secondary" onClick={props.onBack}>
            {t("WEB_CANCEL")}
          </Button>
        </Actions>
      </Step>
    );
  return (
    <CheckResult
      looked={found.value}
      urp={props.urp}
      onAgain={found.again}
      onBack={props.onBack}
      onRecreate={props.onRecreate}
    />
  );
}
