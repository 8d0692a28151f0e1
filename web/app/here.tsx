/*
 * Where nothing may stay: choose a vote and cast it in the same page, from
 * papers in memory.
 */
import { useState } from "preact/hooks";
import { Booth } from "./booth.tsx";
import type { CastResult } from "./casting.ts";
import { VoteHere } from "./collect_done.tsx";
import type { Outcome } from "./collecting.ts";
import type { Session } from "./session.ts";
import type { Store } from "./store.ts";
import { t } from "./texts.ts";

type HereProps = {
  session: Session;
  /** Of this device: what is cast waits in its outbox, signed and without secrets. */
  device: Store;
  outcomes: readonly Outcome[];
  urp: string;
  title: string;
  lead: string;
  /** After each vote; undefined: back to the choice. */
  onVoted: ((slug: string, result: CastResult | undefined) => void) | undefined;
  onLeave: () => void;
};

export function Here(props: HereProps) {
  const { session } = props;
  const [slug, setSlug] = useState("");
  if (slug === "")
    return (
      <VoteHere
        outcomes={props.outcomes}
        title={props.title}
        lead={props.lead}
        leave={t(props.onVoted === undefined ? "WEB_DONE_LEAVE" : "WEB_KIOSK_STOP")}
        onVote={setSlug}
        onLeave={props.onLeave}
      />
    );
  return (
    <Booth
      key={slug}
      slug={slug}
      urp={props.urp}
      caster={{ store: session.store, person: session.person, device: props.device }}
      onDone={(result) => {
        setSlug("");
        props.onVoted?.(slug, result);
      }}
    />
  );
}
