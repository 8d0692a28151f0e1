/* Sequential Phragmen (RULES.md 6), exact. */
import { compareFractions, gcd, type Fraction } from "./amount.ts";
import { barsOf, isWithdrawn, type Election } from "./election.ts";

/** Loads of the groups in 1/unit: equal ones are one class. */
type Loads = { unit: bigint; classOf: Int32Array; value: bigint[] };

function timeOf(e: Election, c: number, supporters: Int32Array, l: Loads): Fraction {
  const voters = new Float64Array(l.value.length);
  for (const g of supporters) voters[l.classOf[g]!]! += e.groups[g]!.count;
  let sum = e.projects[c]!.cost * l.unit;
  voters.forEach((n, cls) => {
    if (n > 0) sum += l.value[cls]! * BigInt(n);
  });
  const den = BigInt(e.votes[c]!);
  const d = gcd(den, sum % den);
  return { num: sum / d, den: den / d };
}

/** The winners in order; ${order} is that of ties. */
export function phragmen(e: Election, order: readonly number[]): number[] {
  const supporters = e.projects.map((_, c) =>
    Int32Array.from(
      e.groups.flatMap((g, no) => (g.projects.includes(c) ? [no] : [])),
    ),
  );
  let rest = order.filter(
    (c) => e.votes[c]! > 0 && !isWithdrawn(e, c) && e.projects[c]!.cost <= e.budget,
  );
  const l: Loads = { unit: 1n, classOf: new Int32Array(e.groups.length), value: [0n] };
  const bars = barsOf(e);
  const won: number[] = [];
  let money = e.budget;
  while (rest.length > 0) {
    const times = rest.map((c) => timeOf(e, c, supporters[c]!, l));
    let soonest = times[0]!;
    for (const t of times) if (compareFractions(t, soonest) < 0) soonest = t;
    const equals = rest.filter((_, i) => compareFractions(times[i]!, soonest) === 0);
    if (equals.some((c) => e.projects[c]!.cost > money)) break;
    const winner = equals[0]!;
    money -= e.projects[winner]!.cost;
    l.unit *= soonest.den;
    l.value = l.value.map((v) => v * soonest.den);
    const cls = l.value.push(soonest.num) - 1;
    for (const g of supporters[winner]!) l.classOf[g] = cls;
    won.push(winner);
    bars.won(winner);
    rest = rest.filter((c) => c !== winner && !bars.has(c));
  }
  return won;
}
