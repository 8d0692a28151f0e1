/* A ranking by buttons: up, down, out; no drag is needed. */
import { useLayoutEffect, useRef } from "preact/hooks";
import { barred, rankedOf } from "./booth_model.ts";
import { Facts, More, SignButton, type BallotProps } from "./booth_ballot.tsx";
import { titleOf } from "./booth_words.ts";
import { t, whole } from "./texts.ts";

type Button = "up" | "down" | "out" | "in";
const idOf = (button: Button, i: number): string => `rank-${button}-${i}`;

/** The ranking so far, and below it what is not in it. */
export function RankingList(props: BallotProps) {
  const { form, draft } = props;
  const ranked = rankedOf(draft);
  const rest = props.shown.filter((i) => !ranked.includes(i));
  /* A row that moves takes the focus off its buttons: it is put back. */
  const wanted = useRef("");
  useLayoutEffect(() => {
    if (wanted.current === "") return;
    document.getElementById(wanted.current)?.focus();
    wanted.current = "";
  });
  const press = (button: Button, then: Button, i: number): void => {
    wanted.current = idOf(then, i);
    if (button === "up" || button === "down") props.onMove(i, button === "up" ? -1 : 1);
    else props.onToggle(i);
  };
  return (
    <>
      <h2>{t("WEB_BOOTH_RANKED")}</h2>
      {ranked.length === 0 && <p class="note">{t("WEB_BOOTH_RANKED_NONE")}</p>}
      <ol class="ballot">
        {ranked.map((i, at) => (
          <li key={i} class="option chosen">
            <div class="ranked">
              <span class="place">{t("WEB_BOOTH_PLACE", whole(at + 1))}</span>
              <span>
                <Facts form={form} i={i} />
              </span>
              <span class="counter">
                <SignButton
                  id={idOf("up", i)}
                  name={t("WEB_BOOTH_UP", titleOf(form, i))}
                  off={at === 0}
                  onPress={() => at > 0 && press("up", "up", i)}
                >
                  ▲
                </SignButton>
                <SignButton
                  id={idOf("down", i)}
                  name={t("WEB_BOOTH_DOWN", titleOf(form, i))}
                  off={at === ranked.length - 1}
                  onPress={() => at < ranked.length - 1 && press("down", "down", i)}
                >
                  ▼
                </SignButton>
                <SignButton
                  id={idOf("out", i)}
                  name={t("WEB_BOOTH_OUT", titleOf(form, i))}
                  onPress={() => press("out", "in", i)}
                >
                  ✕
                </SignButton>
              </span>
            </div>
            <More form={form} i={i} objects={props.objects} />
          </li>
        ))}
      </ol>
      <h2>{t("WEB_BOOTH_UNRANKED")}</h2>
      <ul class="ballot">
        {rest.map((i) => {
          const off = barred(form, draft, i) !== undefined;
          return (
            <li key={i} class={off ? "option barred" : "option"}>
              <div class="ranked points">
                <span>
                  <Facts form={form} i={i} />
                </span>
                <span class="counter">
                  <SignButton
                    id={idOf("in", i)}
                    name={t("WEB_BOOTH_IN_NAME", titleOf(form, i), whole(ranked.length + 1))}
                    off={off}
                    onPress={() => press("in", off ? "in" : "out", i)}
                  >
                    {t("WEB_BOOTH_IN")}
                  </SignButton>
                </span>
              </div>
              <More form={form} i={i} objects={props.objects} />
            </li>
          );
        })}
      </ul>
    </>
  );
}
