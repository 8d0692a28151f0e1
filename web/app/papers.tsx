/* Page "papers" (/tessere): what this device holds, and how to get it back. */
import { useEffect, useRef, useState } from "preact/hooks";
import { parsePapers, type Papers as Held, type PapersSpace } from "../core/papers.ts";
import { getSpaces, type Row } from "../core/spaces.ts";
import { Collect } from "./collect.tsx";
import { fileName } from "./collect_done.tsx";
import { personName } from "./collect_start.tsx";
import { masterCode, net, openPapersFile, spaceCode, theStore } from "./device.ts";
import { OutboxBar, useStored } from "./outboxbar.tsx";
import { Recovery, ShowCode } from "./recovery.tsx";
import type { Person, State, Store } from "./store.ts";
import { local, t } from "./texts.ts";
import {
  Actions,
  Alert,
  Button,
  ButtonLink,
  Callout,
  Dialog,
  Pick,
  saveFile,
  Step,
  type PageProps,
} from "./ui.tsx";

/** What is shown: the list, a code behind its warning, or getting papers back. */
type View =
  | { at: "list" }
  | { at: "code"; person: string }
  | { at: "space"; person: string; slug: string }
  | { at: "restore" };

/** Page "papers". */
export function Papers(props: PageProps) {
  const [store, setStore] = useState<Store | undefined>(undefined);
  const [rows, setRows] = useState<readonly Row[]>([]);
  const [view, setView] = useState<View>({ at: "list" });
  const state = useStored(store);
  useEffect(() => {
    void theStore().then(setStore);
    // Only titles and phases; everybody asks for the same. Offline the slug stands in.
    getSpaces(net).then(setRows, () => undefined);
  }, []);
  if (store === undefined) return <Step title={t("WEB_PAPERS_TITLE")} lead={t("WEB_LOADING")} />;
  const back = (): void => setView({ at: "list" });
  if (view.at === "restore") return <Collect {...props} recover />;
  const person = view.at === "list" ? undefined : state.people.find((p) => p.id === view.person);
  if (view.at === "code" && person !== undefined)
    return <MasterCode person={person} store={store} urp={props.urp} onBack={back} />;
  if (view.at === "space" && person !== undefined)
    return <SpaceCode person={person} slug={view.slug} rows={rows} urp={props.urp} onBack={back} />;
  return <List {...props} store={store} state={state} rows={rows} onView={setView} />;
}

function titleOf(rows: readonly Row[], slug: string): string {
  const row = rows.find((r) => r.slug === slug);
  return row === undefined ? slug : local(row.titles);
}

type ListProps = PageProps & {
  store: Store;
  state: State;
  rows: readonly Row[];
  onView: (view: View) => void;
};

function List(props: ListProps) {
  const { store, state } = props;
  const none = state.people.length === 0;
  return (
    <Step
      key="list"
      title={t("WEB_PAPERS_TITLE")}
      lead={t(none ? "WEB_PAPERS_NONE" : "WEB_PAPERS_LEAD")}
    >
      {store.kind === "private" && <Alert kind="warning">{t("WEB_PRIVATE_MODE")}</Alert>}
      <OutboxBar store={store} urp={props.urp} />
      {none && <p>{t("WEB_PAPERS_NONE_DO")}</p>}
      {state.people.map((person, i) => (
        <PersonPapers key={person.id} {...props} person={person} index={i} />
      ))}
      <h2>{t("WEB_PAPERS_MORE")}</h2>
      <Actions>
        <ButtonLink href="/ritira" kind={none ? "primary" : "secondary"}>
          {t("WEB_PAPERS_COLLECT")}
        </ButtonLink>
        <Button kind="secondary" onClick={() => props.onView({ at: "restore" })}>
          {t("WEB_PAPERS_RESTORE")}
        </Button>
        <OpenFile store={store} />
      </Actions>
      {!none && <p class="note">{t("WEB_PAPERS_GONE")}</p>}
    </Step>
  );
}

function PersonPapers(props: ListProps & { person: Person; index: number }) {
  const { person, state, store } = props;
  const [forgetting, setForgetting] = useState(false);
  const name = personName(person, props.index);
  // Two people's buttons are told apart by ear too.
  const whose = state.people.length > 1 && <span class="visually-hidden"> – {name}</span>;
  const papers = parsePapers(person.papers);
  const sending = new Set(state.outbox.filter((p) => p.person === person.id).map((p) => p.slug));
  return (
    <section>
      <h2>
        <bdi>{name}</bdi>
      </h2>
      {!person.codeKept && <Alert kind="warning">{t("WEB_PAPERS_NOT_KEPT")}</Alert>}
      <SpaceTable papers={papers} sending={sending} {...props} />
      <Actions>
        <Button
          kind={person.codeKept ? "secondary" : "primary"}
          onClick={() => props.onView({ at: "code", person: person.id })}
        >
          {t("WEB_PAPERS_SHOW")}
          {whose}
        </Button>
        <Button
          kind="secondary"
          onClick={() => saveFile(fileName(person.label), person.papers, "application/json")}
        >
          {t("WEB_PAPERS_FILE")}
          {whose}
        </Button>
        <Button kind="quiet" onClick={() => setForgetting(true)}>
          {t("WEB_PAPERS_FORGET")}
          {whose}
        </Button>
      </Actions>
      <Forget
        open={forgetting}
        sending={sending.size > 0}
        onClose={() => setForgetting(false)}
        onForget={() =>
          void store.update((s) => {
            s.people = s.people.filter((p) => p.id !== person.id);
          })
        }
      />
    </section>
  );
}

type TableProps = ListProps & { papers: Held; person: Person; sending: ReadonlySet<string> };

/** One row per space: collected, voted, what can be done. */
function SpaceTable(props: TableProps) {
  return (
    <table class="table-cards" role="table">
      <caption>{t("WEB_PAPERS_SPACES")}</caption>
      <thead role="rowgroup">
        <tr role="row">
          <th scope="col" role="columnheader">
            {t("WEB_PAPERS_SPACE")}
          </th>
          <th scope="col" role="columnheader">
            {t("WEB_PAPERS_VOTED")}
          </th>
          <th scope="col" role="columnheader">
            {t("WEB_PAPERS_ACT")}
          </th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        {props.papers.spaces.map((space) => (
          <SpaceRow key={space.slug} {...props} space={space} />
        ))}
      </tbody>
    </table>
  );
}

function SpaceRow(props: TableProps & { space: PapersSpace }) {
  const { space, rows } = props;
  const phase = rows.find((r) => r.slug === space.slug)?.phase;
  const voted = space.record.length > 0;
  const sending = props.sending.has(space.slug);
  const title = titleOf(rows, space.slug);
  return (
    <tr role="row">
      <th scope="row" role="rowheader">
        <bdi>{title}</bdi>
      </th>
      <td role="cell" data-label={t("WEB_PAPERS_VOTED")}>
        {sending ? t("WEB_PAPERS_SENDING") : voted ? t("WEB_YES") : t("WEB_NO")}
      </td>
      <td role="cell">
        <div class="actions">
          {phase === "open" && (
            <ButtonLink href={`/spazi/${space.slug}/vota`} kind={voted ? "secondary" : "primary"}>
              {t(voted ? "WEB_PAPERS_CHANGE" : "WEB_PAPERS_VOTE")}
              <span class="visually-hidden"> – {title}</span>
            </ButtonLink>
          )}
          {voted && (
            <ButtonLink href={`/spazi/${space.slug}/controlla`} kind="secondary">
              {t("WEB_PAPERS_CHECK")}
              <span class="visually-hidden"> – {title}</span>
            </ButtonLink>
          )}
          <Button
            kind="quiet"
            onClick={() => props.onView({ at: "space", person: props.person.id, slug: space.slug })}
          >
            {t("WEB_PAPERS_CODE")}
            <span class="visually-hidden"> – {title}</span>
          </Button>
        </div>
      </td>
    </tr>
  );
}

function Forget(props: {
  open: boolean;
  sending: boolean;
  onClose: () => void;
  onForget: () => void;
}) {
  const [sure, setSure] = useState(false);
  return (
    <Dialog title={t("WEB_PAPERS_FORGET_TITLE")} open={props.open} onClose={props.onClose}>
      <p>{t("WEB_PAPERS_FORGET_TEXT")}</p>
      {props.sending && <Alert kind="warning">{t("WEB_PAPERS_FORGET_SENDING")}</Alert>}
      <Pick checked={sure} onChecked={setSure}>
        {t("WEB_PAPERS_FORGET_KEPT")}
      </Pick>
      <Actions>
        <Button kind="danger" disabled={!sure} onClick={() => (props.onForget(), props.onClose())}>
          {t("WEB_PAPERS_FORGET_YES")}
        </Button>
        <Button kind="secondary" onClick={props.onClose}>
          {t("WEB_CANCEL")}
        </Button>
      </Actions>
    </Dialog>
  );
}

function OpenFile(props: { store: Store }) {
  const input = useRef<HTMLInputElement>(null);
  const [said, setSaid] = useState("");
  const open = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return;
    try {
      const bytes = new Uint8Array(await file.arrayBuffer());
      const done = await props.store.update((state) => openPapersFile(state, bytes));
      setSaid(
        done === "added"
          ? t("WEB_PAPERS_OPENED")
          : done === "merged"
            ? t("WEB_PAPERS_OPENED_SAME")
            : t("WEB_PAPERS_OTHER_LOG"),
      );
    } catch {
      setSaid(t("WEB_PAPERS_OPEN_BAD"));
    }
  };
  return (
    <>
      <Button kind="secondary" onClick={() => input.current?.click()}>
        {t("WEB_PAPERS_OPEN")}
      </Button>
      <input
        ref={input}
        class="visually-hidden"
        type="file"
        accept=".json,application/json"
        tabIndex={-1}
        aria-label={t("WEB_PAPERS_OPEN")}
        onChange={(event) => {
          void open(event.currentTarget.files?.[0]);
          event.currentTarget.value = "";
        }}
      />
      <div role="status">{said}</div>
    </>
  );
}

/** A code stays covered until one has read what it is. */
function Covered(props: { title: string; text: string; onShow: () => void; onBack: () => void }) {
  return (
    <Step key="covered" title={props.title}>
      <Callout title={t("WEB_RECOVERY_WARN_TITLE")} kind="warning">
        <p>{props.text}</p>
      </Callout>
      <Actions>
        <Button onClick={props.onShow}>{t("WEB_PAPERS_SHOW_NOW")}</Button>
        <Button kind="quiet" onClick={props.onBack}>
          {t("WEB_BACK")}
        </Button>
      </Actions>
    </Step>
  );
}

function MasterCode(props: { person: Person; store: Store; urp: string; onBack: () => void }) {
  const [shown, setShown] = useState(false);
  const { person, store } = props;
  if (!shown)
    return (
      <Covered
        title={t("WEB_PAPERS_SHOW")}
        text={t("WEB_PAPERS_SHOW_WARN")}
        onShow={() => setShown(true)}
        onBack={props.onBack}
      />
    );
  const kept = (yes: boolean): void => {
    void store
      .update((s) => {
        const mine = s.people.find((p) => p.id === person.id);
        if (mine !== undefined && yes) mine.codeKept = true;
      })
      .then(props.onBack);
  };
  const code = masterCode(parsePapers(person.papers));
  return <Recovery code={code} urp={props.urp} later onKept={kept} />;
}

type SpaceCodeProps = {
  person: Person;
  slug: string;
  rows: readonly Row[];
  urp: string;
  onBack: () => void;
};

function SpaceCode(props: SpaceCodeProps) {
  const [shown, setShown] = useState(false);
  const papers = parsePapers(props.person.papers);
  const space = papers.spaces.find((s) => s.slug === props.slug);
  const text = t("WEB_PAPERS_SPACE_CODE", titleOf(props.rows, props.slug));
  if (!shown || space === undefined)
    return (
      <Covered
        title={t("WEB_PAPERS_SPACE_CODE_TITLE")}
        text={text}
        onShow={() => setShown(true)}
        onBack={props.onBack}
      />
    );
  return (
    <Step
      key="space"
      title={t("WEB_PAPERS_SPACE_CODE_TITLE")}
      lead={t("WEB_PAPERS_SPACE_CODE_HOW")}
      printed={false}
    >
      <ShowCode
        code={spaceCode(papers, space.spaceId)}
        title={`${t("WEB_PAPERS_SPACE_CODE_TITLE")}: ${titleOf(props.rows, props.slug)}`}
        urp={props.urp}
        fileName={`${t("WEB_PAPERS_SPACE_FILE")}-${props.slug}`}
      />
      <Actions>
        <Button onClick={props.onBack}>{t("WEB_BACK")}</Button>
      </Actions>
    </Step>
  );
}
