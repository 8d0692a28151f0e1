/* The booth's sentences: the rule, what is left, why not, what is missing. */
import type { Form } from "../core/form.ts";
import {
  decimalOf,
  hasCosts,
  rivals,
  tally,
  type Barred,
  type Draft,
  type Lacking,
} from "./booth_model.ts";
import { euro, local, plural, t, whole } from "./texts.ts";

/** Millionths as an amount. */
export const amount = (m: bigint): string => euro(decimalOf(m));

/** The title of option `i`, counted from 0. */
export function titleOf(form: Form, i: number): string {
  return local(form.options[i]?.titles ?? {});
}

function between(min: number, max: number): string {
  if (min === max) {
    return plural(max, "WEB_BOOTH_EXACT_ONE", "WEB_BOOTH_EXACT");
  }
  return min <= 1
    ? plural(max, "WEB_BOOTH_EXACT_ONE", "WEB_BOOTH_UP_TO")
    : t("WEB_BOOTH_BETWEEN", whole(min), whole(max));
}

/* A limit that every option at once keeps is none. */
function countRule(form: Form): string[] {
  const { min, max } = form.ballot;
  return min <= 1 && max >= form.options.length ? [] : [between(min, max)];
}

function costRule(form: Form): string[] {
  const b = form.ballot;
  if (b.type !== "bitmap") {
    return [];
  }
  const least = b.minCost === "" ? [] : [t("WEB_BOOTH_RULE_MIN_COST", euro(b.minCost))];
  const most = b.maxCost === "" ? [] : [t("WEB_BOOTH_RULE_MAX_COST", euro(b.maxCost))];
  return [...most, ...least];
}

function pointsRule(form: Form): string[] {
  const b = form.ballot;
  if (b.type !== "points") {
    return [];
  }
  const { pointsMost } = tally(form, { values: [], blank: false });
  const all =
    b.totalMin === pointsMost
      ? t("WEB_BOOTH_RULE_POINTS_ALL", whole(pointsMost))
      : t("WEB_BOOTH_RULE_POINTS", whole(pointsMost));
  const one = b.optionMax < pointsMost ? [t("WEB_BOOTH_RULE_POINTS_ONE", whole(b.optionMax))] : [];
  const least =
    b.totalMin > 0 && b.totalMin < pointsMost
      ? [t("WEB_BOOTH_RULE_POINTS_MIN", whole(b.totalMin))]
      : [];
  return [all, ...one, ...least];
}

/** What a ballot of this form may say, in a few sentences. */
export function ruleText(form: Form): string {
  switch (form.ballot.type) {
    case "choice":
      return t("WEB_BOOTH_RULE_CHOICE");
    case "bitmap": {
      const rules = [...countRule(form), ...costRule(form)];
      return [t("WEB_BOOTH_RULE_MARK"), ...rules].join(" ");
    }
    case "points":
      return [...pointsRule(form), ...countRule(form)].join(" ");
    case "ranking":
      return [t("WEB_BOOTH_RULE_RANK"), ...countRule(form)].join(" ");
  }
}

/** Why an option was not taken: what it costs, and what is left. */
export function barredText(form: Form, i: number, b: Barred): string {
  const title = titleOf(form, i);
  switch (b.why) {
    case "max":
      return t("WEB_BOOTH_BARRED_MAX", title, whole(b.max));
    case "cost":
      return t("WEB_BOOTH_BARRED_COST", title, amount(b.cost), amount(b.left));
    case "option":
      return t("WEB_BOOTH_BARRED_OPTION", title, whole(b.max));
    case "total":
      return b.left === 0
        ? t("WEB_BOOTH_BARRED_POINTS", title)
        : plural(b.left, "WEB_BOOTH_BARRED_POINTS_ONE", "WEB_BOOTH_BARRED_POINTS_LEFT", title);
  }
}

/** What is still to do before one can go on. */
export function lackingText(l: Lacking): string {
  switch (l.why) {
    case "nothing":
      return t("WEB_BOOTH_LACKING_NOTHING");
    case "min":
      return plural(l.more, "WEB_BOOTH_LACKING_MIN_ONE", "WEB_BOOTH_LACKING_MIN");
    case "cost":
      return t("WEB_BOOTH_LACKING_COST", amount(l.least), amount(l.more));
    case "total":
      return plural(l.more, "WEB_BOOTH_LACKING_POINTS_ONE", "WEB_BOOTH_LACKING_POINTS");
  }
}

/** Where the draft stands: count, amount or points, and what is left. */
export function tallyText(form: Form, d: Draft): string {
  if (d.blank) {
    return t("WEB_BOOTH_TALLY_BLANK");
  }
  const now = tally(form, d);
  const count = plural(now.named, "WEB_BOOTH_TALLY_ONE", "WEB_BOOTH_TALLY_MANY");
  if (form.ballot.type === "choice") {
    return now.named === 0 ? t("WEB_BOOTH_TALLY_NONE") : count;
  }
  if (form.ballot.type === "points") {
    const left = whole(now.pointsMost - now.points);
    return t("WEB_BOOTH_TALLY_POINTS", whole(now.points), whole(now.pointsMost), left);
  }
  const parts = [count];
  if (now.most !== undefined) {
    const [spent, left] = [amount(now.spent), amount(now.most - now.spent)];
    parts.push(t("WEB_BOOTH_TALLY_COST", spent, amount(now.most), left));
  } else if (form.ballot.type === "bitmap" && hasCosts(form) && now.named > 0) {
    parts.push(t("WEB_BOOTH_TALLY_SPENT", amount(now.spent)));
  }
  if (now.max < form.options.length) {
    const more = now.max - now.named;
    parts.push(more === 0 ? t("WEB_BOOTH_TALLY_FULL") : t("WEB_BOOTH_TALLY_LEFT", whole(more)));
  }
  return parts.join(" ");
}

/** That of this option and others at most one wins; "" where it is not so. */
export function rivalsText(form: Form, i: number): string {
  const others = rivals(form, i).map((k) => `“${titleOf(form, k)}”`);
  return others.length === 0 ? "" : t("WEB_BOOTH_RIVALS", others.join(", "));
}
