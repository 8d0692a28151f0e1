/*
 * Island "verify", on /verifica and below a space's results: the whole audit
 * of a space in this browser.  It stands below a heading of the page.
 */
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import type { Progress as Work } from "../audit/replay.ts";
import type { Fault } from "../core/fault.ts";
import { getSpaces, type Row } from "../core/spaces.ts";
import { net, theStore } from "./device.ts";
import { toFault } from "./faults.ts";
import { local, t } from "./texts.ts";
import { Actions, Button, ErrorBox, Progress, useLoaded, type PageProps } from "./ui.tsx";
import { beginOf, fraction, runAudit, stageCount, stageText, type Done } from "./verify_model.ts";
import { VerifyResult } from "./verify_result.tsx";

type View =
  | { at: "start" }
  | { at: "work"; work: Work | undefined; part: number }
  | { at: "done"; done: Done }
  | { at: "stopped" }
  | { at: "failed"; fault: Fault };

/** The space to begin with: the address's, else the last one that has a result. */
function firstSlug(rows: readonly Row[], own: string): string {
  const asked = own === "" ? location.hash.slice(1) : own;
  if (rows.some((r) => r.slug === asked)) return asked;
  const counted = rows.filter((r) => r.phase === "result");
  return (counted[counted.length - 1] ?? rows[rows.length - 1])?.slug ?? "";
}

function Choice(props: { rows: readonly Row[]; slug: string; onSlug: (slug: string) => void }) {
  const id = useId();
  return (
    <div class="form-group">
      <label for={id}>{t("WEB_VERIFY_SPACE")}</label>
      <select
        id={id}
        class="form-select"
        value={props.slug}
        onChange={(event) => props.onSlug(event.currentTarget.value)}
      >
        {[...props.rows].reverse().map((row) => (
          <option key={row.slug} value={row.slug}>
            {local(row.titles)}
          </option>
        ))}
        <option value="">{t("WEB_VERIFY_ALL")}</option>
      </select>
    </div>
  );
}

function Start(props: PageProps & { onStart: (slug: string) => void }) {
  const rows = useLoaded((signal) => getSpaces(net, signal), "");
  const [chosen, setChosen] = useState<string | undefined>(undefined);
  if (rows.thrown !== undefined)
    return <ErrorBox fault={toFault(rows.thrown)} urp={props.urp} onRetry={rows.again} />;
  if (rows.value === undefined) return <p role="status">{t("WEB_LOADING")}</p>;
  const slug = chosen ?? firstSlug(rows.value, props.slug);
  return (
    <div class="stack">
      <p>{t("WEB_VERIFY_WHY")}</p>
      <p>
        <strong>{t("WEB_VERIFY_TRUST")}</strong>
      </p>
      {props.slug === "" && <Choice rows={rows.value} slug={slug} onSlug={setChosen} />}
      <Actions>
        <Button onClick={() => props.onStart(slug)}>{t("WEB_VERIFY_START")}</Button>
      </Actions>
    </div>
  );
}

function Working(props: { work: Work | undefined; part: number; onStop: () => void }) {
  const { work } = props;
  const text = work === undefined ? t("WEB_LOADING") : stageText(work);
  return (
    <div class="stack">
      <Progress value={Math.round(1000 * props.part)} max={1000} text={text} />
      <p class="note" aria-hidden="true">
        {work === undefined ? "" : stageCount(work)}
      </p>
      <Actions>
        <Button kind="secondary" onClick={props.onStop}>
          {t("WEB_VERIFY_STOP")}
        </Button>
      </Actions>
    </div>
  );
}

/** What is shown changes under the button that was pressed: the focus follows. */
function Screen(props: { at: View["at"]; children: ComponentChildren }) {
  const box = useRef<HTMLDivElement>(null);
  const before = useRef(props.at);
  useEffect(() => {
    if (before.current !== props.at) box.current?.focus();
    before.current = props.at;
  }, [props.at]);
  return (
    <div ref={box} tabIndex={-1} role="group" aria-label={t("WEB_VERIFY_GROUP")}>
      {props.children}
    </div>
  );
}

/** The island. */
export function Verify(props: PageProps) {
  const [view, setView] = useState<View>({ at: "start" });
  const stop = useRef<AbortController | undefined>(undefined);
  useEffect(() => () => stop.current?.abort(), []);

  const onWork = (work: Work): void =>
    setView((old) => {
      const before = old.at === "work" ? old.part : 0;
      return { at: "work", work, part: fraction(work, before) };
    });
  const start = async (slug: string): Promise<void> => {
    const controller = new AbortController();
    stop.current = controller;
    setView({ at: "work", work: undefined, part: 0 });
    try {
      const state = await (await theStore()).read();
      const done = await runAudit(beginOf(state, slug), onWork, controller.signal);
      setView({ at: "done", done });
    } catch (thrown) {
      const fault = toFault(thrown);
      setView(fault.code === "stopped" ? { at: "stopped" } : { at: "failed", fault });
    }
  };
  const again = (): void => setView({ at: "start" });

  return (
    <Screen at={view.at}>
      {view.at === "stopped" && <p role="status">{t("WEB_VERIFY_STOPPED")}</p>}
      {(view.at === "start" || view.at === "stopped") && (
        <Start {...props} onStart={(slug) => void start(slug)} />
      )}
      {view.at === "work" && (
        <Working work={view.work} part={view.part} onStop={() => stop.current?.abort()} />
      )}
      {view.at === "done" && <VerifyResult done={view.done} urp={props.urp} onAgain={again} />}
      {view.at === "failed" && <ErrorBox fault={view.fault} urp={props.urp} onRetry={again} />}
    </Screen>
  );
}
