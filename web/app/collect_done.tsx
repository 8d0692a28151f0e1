/* The end of collecting: what one has, and the way to the booth. */
import { useState } from "preact/hooks";
import type { ComponentChildren } from "preact";
import type { Outcome } from "./collecting.ts";
import { papersOf } from "./device.ts";
import { Outcomes, whenToVote } from "./outcomes.tsx";
import type { Session } from "./session.ts";
import { local, t } from "./texts.ts";
import { Actions, Button, ButtonLink, Callout, saveFile, Step } from "./ui.tsx";
import { putPapers } from "../core/papers.ts";

/** The name of a papers file: what the person called them, in plain letters. */
export function fileName(label: string): string {
  const plain = label
    .normalize("NFD")
    .replace(/[^A-Za-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .toLowerCase();
  return [t("WEB_PAPERS_FILE_NAME"), plain].filter((x) => x !== "").join("-") + ".json";
}

/** Whether to wait before voting: collected while voting is open in a separated space. */
function late(o: Outcome): boolean {
  const { header, phase } = o.offer;
  return o.state === "collected" && phase === "open" && header?.mode === "separated";
}

/** Whether there is a paper for a vote that is open. */
function canVote(o: Outcome): boolean {
  const has = o.state === "collected" || o.state === "had";
  return has && o.offer.phase === "open" && o.offer.header?.kind === "ballot";
}

type DoneProps = {
  outcomes: readonly Outcome[];
  session: Session;
};

/** Where the papers stay here: links to what can be voted on. */
export function Done(props: DoneProps) {
  const { outcomes, session } = props;
  const open = outcomes.filter(canVote);
  return (
    <Step key="done" title={t("WEB_DONE_TITLE")} lead={t("WEB_DONE_LEAD")}>
      <Outcomes outcomes={outcomes} />
      {outcomes.some(late) && (
        <Callout title={t("WEB_DONE_WAIT_TITLE")} kind="warning">
          <p>{t("WEB_DONE_WAIT")}</p>
        </Callout>
      )}
      <Actions>
        {open.map((o) => (
          <ButtonLink key={o.offer.slug} href={`/spazi/${o.offer.slug}/vota`}>
            {t("WEB_DONE_VOTE", local(o.offer.titles))}
          </ButtonLink>
        ))}
        <ButtonLink href="/tessere" kind="secondary">
          {t("WEB_DONE_PAPERS")}
        </ButtonLink>
      </Actions>
      <SavePapers session={session} />
    </Step>
  );
}

function SavePapers(props: { session: Session }) {
  const { store, person, label } = props.session;
  const save = async (): Promise<void> => {
    const papers = papersOf(await store.read(), person);
    saveFile(fileName(label), putPapers(papers), "application/json");
  };
  return (
    <Callout title={t("WEB_DONE_FILE")}>
      <p>{t("WEB_DONE_FILE_HINT")}</p>
      <Actions>
        <Button kind="secondary" onClick={() => void save()}>
          {t("WEB_PAPERS_FILE")}
        </Button>
      </Actions>
    </Callout>
  );
}

type ChoiceProps = {
  outcomes: readonly Outcome[];
  title: string;
  lead: ComponentChildren;
  /** Open the booth of that space, here. */
  onVote: (slug: string) => void;
  leave: string;
  onLeave: () => void;
};

/** Where nothing stays: the booth is opened in the same page, or all is erased. */
export function VoteHere(props: ChoiceProps) {
  const [leaving, setLeaving] = useState(false);
  const open = props.outcomes.filter(canVote);
  return (
    <Step
      key="here"
      title={props.title}
      lead={open.length > 0 ? props.lead : t("WEB_KIOSK_NOT_OPEN")}
    >
      <ul class="cards">
        {open.map((o) => (
          <li key={o.offer.slug}>
            <article class="it-card">
              <h2 class="it-card-title">
                <bdi>{local(o.offer.titles)}</bdi>
              </h2>
              <div class="it-card-body">
                <p>{whenToVote(o)}</p>
                <Actions>
                  <Button onClick={() => props.onVote(o.offer.slug)}>
                    {t("WEB_DONE_VOTE_NOW")}
                  </Button>
                </Actions>
              </div>
            </article>
          </li>
        ))}
      </ul>
      <Outcomes outcomes={props.outcomes.filter((o) => !open.includes(o))} />
      <Actions>
        <Button
          kind={open.length > 0 ? "secondary" : "primary"}
          busy={leaving}
          onClick={() => (setLeaving(true), props.onLeave())}
        >
          {props.leave}
        </Button>
      </Actions>
    </Step>
  );
}
