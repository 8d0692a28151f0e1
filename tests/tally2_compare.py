"""The auditor's tally against tally2.py.

usage: tally2_compare.py AUDITOR RECORDED

AUDITOR is the program, RECORDED the folder of real elections with recorded
outcomes, which may be absent.  From the environment: TALLY2_SEED chooses
other random elections, TALLY2_ELECTIONS how many.
"""

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import tally2
from tally2 import Question

FIELDS = ("rule", "selected", "order", "cost", "final_endowment",
          "comparison")
RULES_PER_ELECTION = 3
# A raising rule begins anew for each endowment: more are not worth the time.
RUNS_AT_MOST = 60
REAL_VOTES_AT_MOST = 500

Outcome = dict[str, object] | None


def arguments(question: Question) -> list[str]:
    """What the auditor is called with."""
    args = ["--rule", question.rule, "--json"]
    if question.lot:
        args += ["--tie", ",".join(question.lot)]
    if question.min_score is not None:
        args += ["--min-score", str(question.min_score)]
    if question.increment is not None:
        args += ["--increment", decimal(question.increment)]
    if question.groups:
        args += ["--exclusive", ";".join(map(",".join, question.groups))]
    if question.compare:
        args += ["--compare", "greedy-votes"]
    return args


class Comparison:
    """Asks both programs, and prints a line for each check."""

    def __init__(self, auditor: str, folder: Path) -> None:
        self.auditor = auditor
        self.file = folder / "election.pb"
        self.failed = 0
        self.tallies = 0

    def say(self, name: str, why: str = "") -> None:
        """Print the line of a check: ${why} it failed, if it did."""
        print(f"not ok {name}: {why}" if why else f"ok {name}", flush=True)
        self.failed += bool(why)

    def start(self, path: Path, question: Question) -> subprocess.Popen[bytes]:
        """Let the auditor begin to count."""
        return subprocess.Popen(
            [self.auditor, "tally", str(path), *arguments(question)],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)

    @staticmethod
    def outcome(auditor: subprocess.Popen[bytes]) -> Outcome:
        """The auditor's outcome, None if it refuses."""
        answer, _ = auditor.communicate()
        if auditor.returncode == 2:
            return None
        if auditor.returncode != 0:
            raise RuntimeError(f"the auditor's status: {auditor.returncode}")
        said = json.loads(answer)
        return {name: said[name] for name in FIELDS if name in said}

    def ask_auditor(self, path: Path, question: Question) -> Outcome:
        """The auditor's outcome, None if it refuses."""
        return self.outcome(self.start(path, question))

    @staticmethod
    def ask_second(election: tally2.Election, question: Question) -> Outcome:
        """The second tally's outcome, None if it refuses."""
        try:
            return tally2.tally(election, question)
        except tally2.TallyError:
            return None

    def differ(self, data: bytes, questions: list[Question]) -> str:
        """How the two differ on a file: empty if they do not."""
        self.file.write_bytes(data)
        auditors = [self.start(self.file, question) for question in questions]
        election, refusal = None, ""
        try:
            election, _ = tally2.read_pb(data)
        except tally2.TallyError as e:
            refusal = f" {e}"
        seconds = [self.ask_second(election, question) if election else None
                   for question in questions]
        why = ""
        for question, auditor, second in zip(questions, auditors, seconds):
            first = self.outcome(auditor)
            self.tallies += 1
            if first != second and not why:
                why = (f"{' '.join(arguments(question))}\n"
                       f"the auditor: {first}\nthe second:  {second}{refusal}")
        return why


# ---- Random elections -------------------------------------------------------

IDS = ["1", "2", "9", "10", "100", "a", "B", "b", "None", "\u00e9", "z z",
       "P-7", "\U0001f6b2", "\uff21", "votes"]
LINES = ["\n", "\r\n", "\n\n"]
LIMITS = ["min_length;2", "max_length;1", "max_sum_cost;7,5", "edition;None"]


def decimal(value: Fraction, comma: str = ".") -> str:
    """A number as an amount, cut behind the sixth decimal."""
    micro = int(value * 10**6)
    whole, rest = divmod(micro, 10**6)
    if not rest:
        return str(whole)
    return f"{whole}{comma}{rest:06}".rstrip("0")


@dataclass
class Draft:
    """A random election on its way to a file."""

    rng: random.Random
    vote_type: str
    ids: list[str]
    budget: Fraction
    costs: list[Fraction]
    ballots: list[list[int]]

    def points(self, named: list[int]) -> str:
        """Points for the projects of a ballot, often equal, some left out."""
        top = self.rng.choice([1, 3, 10, 10**9])
        given = [self.rng.choice([0, 1, 1, 2, top]) for _ in named]
        if given and self.rng.random() < 0.2:
            given.pop()
        return ",".join(map(str, given))

    def cell(self, text: str) -> str:
        """A cell, sometimes in quotes or with blanks."""
        draw = self.rng.random()
        if draw < 0.1:
            return f'"{text}"'
        return f" {text}\t" if draw < 0.15 else text

    def text(self) -> bytes:
        """The file."""
        rng = self.rng
        comma = rng.choice(".,")
        meta = [f"num_projects;{len(self.ids)}",
                f"num_votes;{len(self.ballots)}",
                f"budget;{decimal(self.budget, comma)}",
                f"vote_type;{self.vote_type}",
                f"min_project_score_threshold;{rng.randint(0, 4)}",
                *rng.sample(LIMITS, rng.randint(0, 2))]
        if self.vote_type == "scoring" and rng.random() < 0.7:
            meta.append(f"default_score;{rng.randint(0, 2)}")
        rng.shuffle(meta)
        rows = ["META", "key;value", *meta, "PROJECTS",
                "project_id;cost;name"]
        rows += [f'{self.cell(project)};{decimal(cost, comma)};"a;""b"""'
                 for project, cost in zip(self.ids, self.costs)]
        scored = self.vote_type in ("cumulative", "scoring")
        rows += ["VOTES", "voter_id;vote" + (";points" if scored else "")]
        for voter, named in enumerate(self.ballots):
            vote = self.cell(",".join(self.ids[c] for c in named))
            row = f"{voter};{vote}"
            rows.append(f"{row};{self.points(named)}" if scored else row)
        line = rng.choice(LINES)
        mark = "\ufeff" if rng.random() < 0.1 else ""
        last = line if rng.random() < 0.9 else ""
        return (mark + line.join(rows) + last).encode()


def random_ballots(rng: random.Random, vote_type: str, projects: int,
                   voters: int) -> list[list[int]]:
    """Ballots in blocks of equals, some empty, some naming one twice."""
    most = 1 if vote_type == "choose-1" else projects
    patterns = [rng.sample(range(projects), rng.randint(0, most))
                for _ in range(rng.randint(1, 6))]
    ballots = []
    for _ in range(voters):
        draw = rng.random()
        if draw < 0.6:
            named = list(rng.choice(patterns))
        elif draw < 0.7:
            named = []
        else:
            named = rng.sample(range(projects), rng.randint(0, most))
        if named and rng.random() < 0.1:
            named.insert(rng.randint(0, len(named)), rng.choice(named))
        ballots.append(named)
    return ballots


def random_cost(rng: random.Random, budget: Fraction, voters: int,
                supporters: int) -> Fraction:
    """A cost: often just what the supporters have, or one of few values."""
    share = budget / max(voters, 1)
    few = [share, 2 * share, 3 * share, budget / 2, budget / 3, budget]
    draw = rng.random()
    if draw < 0.35:
        return share * supporters
    if draw < 0.65:
        return rng.choice(few)
    if draw < 0.75:
        return Fraction(0)
    if draw < 0.82:
        return Fraction(tally2.WITHDRAWN)
    if draw < 0.87:
        return budget + rng.choice([1, Fraction(1, 100)])
    if draw < 0.93:
        return Fraction(rng.randint(1, 400), rng.choice([1, 4, 100]))
    return Fraction(rng.randint(1, 9))


def random_draft(rng: random.Random) -> Draft:
    """A small election in which equalities are common."""
    vote_type = rng.choice(["approval", "approval", "choose-1", "cumulative",
                            "scoring", "ordinal", "ordinal"])
    projects = rng.randint(2, 8)
    voters = rng.choice([rng.randint(1, 6), rng.randint(1, 30),
                         rng.randint(1, 30), rng.randint(0, 1)])
    ballots = random_ballots(rng, vote_type, projects, voters)
    budget = rng.choice([
        Fraction(max(voters, 1) * rng.randint(1, 12)),
        Fraction(rng.randint(0, 100)),
        Fraction(rng.randint(1, 400), 4),
        Fraction(150000)])
    costs = []
    for c in range(projects):
        supporters = sum(c in ballot for ballot in ballots)
        exact = random_cost(rng, budget, voters, supporters)
        costs.append(Fraction(int(exact * 10**6), 10**6))
    return Draft(rng, vote_type, rng.sample(IDS, projects), budget, costs,
                 ballots)


def random_groups(rng: random.Random, ids: list[str]) -> list[list[str]]:
    """One or two exclusive groups."""
    mixed = rng.sample(ids, len(ids))
    cut = rng.randint(2, len(mixed))
    groups = [mixed[:cut], mixed[cut:cut + rng.randint(2, 3)]]
    return [group for group in groups if len(group) > 1]


def random_questions(draft: Draft) -> list[Question]:
    """Some rules that fit, some of them with parameters."""
    rng = draft.rng
    fitting = tally2.rules(tally2.VOTE_TYPES[draft.vote_type])
    shares = [rule for rule in fitting if rule.startswith("mes-")]
    others = [rule for rule in fitting if not rule.startswith("mes-")]
    chosen = rng.sample(shares, RULES_PER_ELECTION - 1)
    chosen += rng.sample(others, 1)
    dearest = max([cost for cost in draft.costs
                   if cost != tally2.WITHDRAWN], default=Fraction(0))
    questions = []
    for rule in chosen:
        question = Question(rule)
        if rng.random() < 0.4:
            question.lot = rng.sample(draft.ids,
                                      rng.randint(1, len(draft.ids)))
        if rng.random() < 0.3:
            question.groups = random_groups(rng, draft.ids)
        question.compare = rule != "greedy-votes" and rng.random() < 0.3
        if rule in tally2.GREEDY and rng.random() < 0.5:
            question.min_score = rng.choice([0, 1, 2, 3, 10])
        if tally2.rises(rule):
            least = dearest / RUNS_AT_MOST
            steps = [step for step in map(Fraction, ("0.25", "0.5", "1", "3"))
                     if step >= least] or [Fraction(int(least) + 1)]
            step = rng.choice(steps)
            if step != 1 or rng.random() < 0.5:
                question.increment = step
        questions.append(question)
    return questions


def spoil(rng: random.Random, data: bytes) -> bytes:
    """A file with a few bytes changed: most readers will refuse it."""
    spoilt = bytearray(data)
    for _ in range(rng.randint(1, 2)):
        at = rng.randrange(len(spoilt))
        draw = rng.random()
        if draw < 0.4:
            spoilt[at:at] = rng.choice(
                [b";", b",", b'"', b"\n", b"\r", b" ", b"0", b".", b"-",
                 b"\x00", b"\xc3", b"\xc2\xa0", b"VOTES\n", b"None"])
        elif draw < 0.7:
            del spoilt[at]
        else:
            spoilt[at] = rng.choice(b'09;,." \n-aZ\t')
    return bytes(spoilt)


def compare_random(run: Comparison, seed: str, elections: int) -> None:
    """Random elections; and a third as many spoilt files."""
    for i in range(elections):
        draft = random_draft(random.Random(f"{seed}/{i}"))
        data = draft.text()
        if why := run.differ(data, random_questions(draft)):
            run.say(f"seed {seed}, election {i}", f"{why}\n{data.decode()}")
            break
    else:
        run.say(f"{elections} random elections of seed {seed}, "
                f"{run.tallies} tallies")
    for i in range(elections // 3):
        rng = random.Random(f"{seed}/spoilt/{i}")
        data = spoil(rng, random_draft(rng).text())
        if why := run.differ(data, [Question("greedy-no-skip")]):
            run.say(f"seed {seed}, spoilt file {i}", f"{why}\n{data!r}")
            break
    else:
        run.say(f"{elections // 3} spoilt files are refused alike")


# ---- Cases by hand ----------------------------------------------------------


def file_of(vote_type: str, budget: str, projects: str, votes: str,
            *meta: str) -> bytes:
    """A file: projects as "id cost", ballots as rows without voter ids."""
    rows = ["META", "key;value", f"budget;{budget}",
            f"vote_type;{vote_type}", *meta, "PROJECTS", "project_id;cost"]
    rows += [";".join(p.rsplit(" ", 1)) for p in projects.split("|") if p]
    scored = vote_type in ("cumulative", "scoring")
    rows += ["VOTES", "voter_id;vote" + (";points" if scored else "")]
    rows += [f"{i};{v}" for i, v in enumerate(votes.split("|")) if votes]
    return "\n".join(rows).encode() + b"\n"


@dataclass
class Case:
    """An election by hand with the outcome that RULES.md demands."""

    name: str
    data: bytes
    question: Question
    order: list[str]
    endowment: int | str | None = None


def approval(budget: str, projects: str, votes: str) -> bytes:
    """An election by approval."""
    return file_of("approval", budget, projects, votes)


CASES = [
    Case("equal effective votes: the lower cost wins first",
         approval("60", "dear 20|cheap 10|other 20",
                  "dear,cheap|dear,cheap|other|other"),
         Question("mes-cost"), ["cheap", "dear", "other"], 15),
    Case("equal effective votes and costs: the smaller id, by bytes",
         approval("40", "9 10|10 10|b 10|B 10", "9|10|b|B"),
         Question("mes-cost"), ["10", "9", "B", "b"], 10),
    Case("equal effective votes and costs: the lot goes before the id",
         approval("40", "9 10|10 10|b 10|B 10", "9|10|b|B"),
         Question("mes-cost", ["b", "9"]), ["b", "9", "10", "B"], 10),
    Case("the lot goes behind the score, also by effective votes",
         file_of("cumulative", "4", "x 2|y 2", "x;1|x;2|y;5|y;5"),
         Question("mes-points", ["x"]), ["y", "x"], 1),
    Case("effective votes equal only in fractions",
         approval("21", "b 7|a 7", "a|a|a|b|b|b|"),
         Question("mes-cost"), ["a", "b"], 3),
    Case("M(c) = cost(c) in sevenths",
         approval("100", "a 100", "a|a|a|a|a|a|a"),
         Question("mes-cost"), ["a"], "100/7"),
    Case("M(c) a millionth below cost(c)",
         approval("99.999999", "a 100", "a|a|a|a|a|a|a"),
         Question("mes-cost"), [], "99999999/7000000"),
    Case("M(c) = cost(c) of what is left after a round",
         approval("12", "a 6|b 4", "a|a|a,b|b"),
         Question("mes-cost"), ["a", "b"], 3),
    Case("empty ballots count: they lower the endowment",
         approval("12", "a 6|b 4", "a|||b"),
         Question("mes-cost"), [], 3),
    Case("empty ballots only, raised",
         approval("12", "a 6|b 4", "||"),
         Question("mes-cost-add1"), [], 4),
    Case("empty ballots only, completed",
         approval("9", "a 6|b 4", "||"),
         Question("mes-card-int-add1u"), ["b"], 3),
    Case("nobody voted: no run, no endowment",
         approval("10", "a 6|b 4", ""),
         Question("mes-cost-add1"), []),
    Case("nobody voted, completed",
         approval("10", "a 6|b 4|free 0", ""),
         Question("mes-cost-int-add1u"), ["free", "b", "a"]),
    Case("free projects with support win first, in the order of ties",
         approval("0", "z 0|a 0|none 0|b 1", "z|z,b|a"),
         Question("mes-cost"), ["z", "a"], 0),
    Case("a free project that nobody supports wins by greedy only",
         approval("0", "z 0|a 0|b 1", "z|z,b|"),
         Question("greedy-votes"), ["z", "a"]),
    Case("free before all by score per cost, without support behind all",
         approval("9", "none 0|free 0|a 4|b 2", "a,b|a,b,free|a"),
         Question("greedy-votes-per-cost"), ["free", "b", "a", "none"]),
    Case("a free project at time 0, and again when loads have risen",
         approval("4", "free 0|a 2|b 2", "a,b|a,free|b"),
         Question("phragmen"), ["free", "a", "b"]),
    Case("a withdrawn project never wins, whatever the budget",
         approval("2000000000", "a 999999999|b 1000000000", "a|a|b"),
         Question("greedy-votes"), ["b"]),
    Case("a cost of 999999999,0 is the same number",
         approval("2000000000", "a 999999999,0|b 1", "a|a|b"),
         Question("greedy-no-skip"), ["b"]),
    Case("a withdrawn project does not keep the endowment rising",
         approval("2000000000", "a 999999999|b 1", "a|a|b"),
         Question("mes-cost-int-add1"), ["b"], 666666666),
    Case("a withdrawn project is no part of time",
         approval("2000000000", "a 999999999|b 7", "a|a|b"),
         Question("phragmen"), ["b"]),
    Case("one named twice by approval counts once",
         approval("10", "a 10|b 10", "b,b,b|a|a"),
         Question("greedy-votes"), ["a"]),
    Case("one named twice with points: the last",
         file_of("cumulative", "10", "a 10|b 10", "b,a,b;9,4,3"),
         Question("greedy-votes"), ["a"]),
    Case("one named twice with points, the last left out: 0",
         file_of("cumulative", "10", "a 10|b 10", "b,a,b;9,1"),
         Question("greedy-votes"), ["a"]),
    Case("one named twice in a ranking: the first place, and k shrinks",
         file_of("ordinal", "10", "a 10|b 10|c 10", "c,b,c,c,c|b,c|a|a|a|a"),
         Question("greedy-votes"), ["a"]),
    Case("a choose-1 ballot may name its project twice",
         file_of("choose-1", "10", "a 10|b 10", "b,b|b|a"),
         Question("mes-cost-u"), ["b"], "10/3"),
    Case("points 0 are no support, also in a scoring with a default",
         file_of("scoring", "2", "a 1|b 1", "a;0|a;0|a;5", "default_score;1"),
         Question("greedy-threshold", [], 4), ["a"]),
    Case("an empty scoring ballot gives the default to all",
         file_of("scoring", "2", "a 1|b 1", ";|;|a;1", "default_score;2"),
         Question("greedy-votes"), ["b", "a"]),
    Case("the threshold of the file is that of greedy-threshold",
         file_of("approval", "9", "a 1|b 1", "a|a|b",
                 "min_project_score_threshold;2"),
         Question("greedy-threshold"), ["a"]),
    Case("and of no other rule",
         file_of("approval", "9", "a 1|b 1", "a|a|b",
                 "min_project_score_threshold;2"),
         Question("greedy-votes"), ["a", "b"]),
    Case("a stated minimum goes before the file's",
         file_of("approval", "9", "a 1|b 1", "a|a|b",
                 "min_project_score_threshold;2"),
         Question("greedy-threshold", [], 0), ["a", "b"]),
    Case("a minimum score below what ends the walk is passed over",
         approval("5", "a 3|b 9|c 2", "a|a|a|b|c|c"),
         Question("greedy-no-skip", [], 2), ["a", "c"]),
    Case("the walk ends at the first that does not fit",
         approval("5", "a 3|b 9|c 2", "a|a|a|b|b|c"),
         Question("greedy-no-skip"), ["a"]),
    Case("Phragmen ends when one of the equals does not fit",
         approval("8", "a 4|b 4|c 3|d 6", "a,b|a,b|c|d|d"),
         Question("phragmen"), ["a"]),
    Case("full over supported projects",
         approval("10", "a 9|b 1", "a|a"),
         Question("mes-cost-add1"), ["a"], 5),
    Case("not full over all projects, but all that are supported have won",
         approval("10", "a 9|b 1", "a|a"),
         Question("mes-cost-int-add1"), ["a"], 5),
    Case("not full over all projects: the endowment rises",
         approval("10", "a 9|b 1|c 2", "a|a,c"),
         Question("mes-card-int-add1"), ["c"], 5),
    Case("an increment with decimals",
         approval("10", "a 6|b 3", "a|a,b|"),
         Question("mes-cost-add1", increment=Fraction(7, 10)),
         ["a", "b"], "92/15"),
    Case("an outcome of exactly the budget fits",
         approval("10", "a 6|b 4", "a|a|b"),
         Question("mes-cost-add1"), ["a", "b"], "13/3"),
    Case("the first endowment that overspends ends it, though 10 would fit",
         approval("20", "a 10|b 12|c 9", "a,c||b|a,b,c"),
         Question("mes-cost-add1-nostop"), ["c"], 8),
    Case("what costs more than the budget does not end Phragmen",
         approval("5", "a 9|b 2|c 3", "a|a|a|a,b|c"),
         Question("phragmen"), ["b", "c"]),
    Case("of a group one wins, the next does not bar",
         approval("9", "a 3|b 3|c 3|d 3", "a,b,c|a,b,c|a,b|a"),
         Question("greedy-votes", groups=[["b", "a"], ["c", "d"]]),
         ["a", "c"]),
    Case("one that does not fit bars nobody",
         approval("5", "a 9|b 3", "a,b|a"),
         Question("greedy-votes", groups=[["a", "b"]]), ["b"]),
    Case("a withdrawn one bars nobody",
         approval("5", "a 999999999|b 3", "a,b|a"),
         Question("mes-cost-add1u", groups=[["a", "b"]]), ["b"], "7/2"),
    Case("a free one bars what costs, and free ones behind it",
         approval("6", "z 0|a 0|b 2", "a,b|z,b|z"),
         Question("mes-cost", groups=[["a", "z", "b"]]), ["z"], 2),
    Case("the endowment does not rise for barred ones",
         approval("9", "a 3|b 3", "a,b|a,b|a"),
         Question("mes-cost-add1-nostop", groups=[["a", "b"]]), ["a"], 3),
    Case("completion does not take barred ones",
         approval("9", "a 3|b 3|c 5", "a,b|a,b|a|c"),
         Question("mes-cost-u", groups=[["a", "b"]]), ["a", "c"], "9/4"),
    Case("Phragmen goes on without barred ones",
         approval("9", "a 3|b 3|c 5", "a,b|a,b|a|c"),
         Question("phragmen", groups=[["a", "b"]]), ["a", "c"]),
    Case("compared: as many better as worse keeps the rule's outcome",
         approval("4", "a 4|b 2|c 2", "a|a|b|c|"),
         Question("greedy-votes-per-cost", compare=True), ["b", "c"]),
    Case("compared: one more with the plain method takes its outcome",
         approval("4", "a 4|b 2|c 2", "a|a|a|b|c"),
         Question("phragmen", compare=True), ["a"]),
    Case("decimals and commas",
         approval("10,5", "a 4.25|b 6,25|c 0.000001", "a|a,b|b,c|"),
         Question("greedy-votes"), ["a", "b"]),
    Case("completion begins with the money left and keeps the endowment",
         approval("10", "a 6|b 5|c 4", "a|b|b|c"),
         Question("mes-cost-u"), ["b", "c"], "5/2"),
]

REFUSED = {
    "a ballot for a project that is not there":
        approval("9", "a 1", "a|x"),
    "an empty name in a ballot": approval("9", "a 1", "a,"),
    "None as a ballot, without such a project": approval("9", "a 1", "None"),
    "two projects in a choose-1 ballot":
        file_of("choose-1", "9", "a 1|b 1", "a,b"),
    "a comma in an id": approval("9", '"a,b" 1', ""),
    "a project twice": approval("9", "a 1|a 2", ""),
    "a cost below 0": approval("9", "a -1", ""),
    "a cost with an exponent": approval("9", "a 1e3", ""),
    "a cost with seven decimals": approval("9", "a 1.0000000", ""),
    "a cost of 16 digits": approval("9", "a 0000000000000001", ""),
    "a cost without a digit before the point": approval("9", "a .5", ""),
    "a cost of None": approval("9", "a None", ""),
    "no budget": approval("", "a 1", "a"),
    "a vote type in capitals": file_of("Approval", "9", "a 1", "a"),
    "more points than projects":
        file_of("cumulative", "9", "a 1", "a;1,2"),
    "points with decimals": file_of("cumulative", "9", "a 1", "a;1.0"),
    "points above 10^9": file_of("scoring", "9", "a 1", "a;1000000001"),
    "a gap in points": file_of("cumulative", "9", "a 1|b 1", "a,b;,2"),
    "a quote inside a cell": approval("9", 'a"b 1', ""),
    "a quote that is not closed": approval("9", '"a 1', ""),
    "an empty cell in quotes as a row":
        approval("9", "a 1", "a") + b'""\n',
    "a row with a cell too many": approval("9", "a 1", "a;"),
    "a wrong num_votes": file_of("approval", "9", "a 1", "a", "num_votes;2"),
    "a key twice": file_of("approval", "9", "a 1", "a", "x;1", "X;2"),
    "a limit that is no number":
        file_of("approval", "9", "a 1", "a", "max_length;2.5"),
    "a control character": approval("9", "a 1", "a\x01"),
    "a voter twice": approval("9", "a 1", "a|a").replace(b"\n1;", b"\n0;"),
    "what is not UTF-8": approval("9", "a 1", "a").replace(b"a;1", b"\xff;1"),
    "no META": approval("9", "a 1", "a").removeprefix(b"META\n"),
    "no ballots section": approval("9", "a 1", "a").split(b"VOTES")[0],
    "a column twice":
        approval("9", "a;1 1", "a").replace(b"cost", b"cost;cost"),
}


def compare_cases(run: Comparison) -> None:
    """The elections by hand, and files that must be refused."""
    for case in CASES:
        run.file.write_bytes(case.data)
        election, _ = tally2.read_pb(case.data)
        wanted = {"order": case.order, "final_endowment": case.endowment,
                  "rule": case.question.rule,
                  "selected": sorted(case.order, key=str.encode)}
        why = ""
        for who, outcome in (
                ("the auditor", run.ask_auditor(run.file, case.question)),
                ("the second", run.ask_second(election, case.question))):
            got = {name: value for name, value in (outcome or {}).items()
                   if name not in ("cost", "comparison")}
            if got != wanted:
                why += f"\n{who}: {got}, not {wanted}"
        run.say(case.name, why)
    for name, data in REFUSED.items():
        run.file.write_bytes(data)
        why = ""
        if run.ask_auditor(run.file, Question("greedy-votes")):
            why = "the auditor counts it"
        try:
            tally2.read_pb(data)
            why += " the second reads it"
        except tally2.TallyError:
            pass
        run.say(f"refused: {name}", why)


# ---- Recorded outcomes ------------------------------------------------------


def compare_recorded(run: Comparison, folder: Path) -> None:
    """Real elections of few ballots against what was recorded of them."""
    files = sorted(folder.glob("*.pb"))
    if not files:
        print("skipped: recorded outcomes of real elections are not there")
        return
    outcomes = left_out = elections = 0
    for path in files:
        election, _ = tally2.read_pb(path.read_bytes(), path.name)
        if len(election.ballots) > REAL_VOTES_AT_MOST:
            continue
        elections += 1
        recorded = json.loads(path.with_suffix(".expected.json").read_text())
        step = recorded.get("add1_increment")
        runs = max((rule.get("mes_runs", 0)
                    for rule in recorded["rules"].values()), default=0)
        for rule, wanted in recorded["rules"].items():
            if tally2.rises(rule) and runs > RUNS_AT_MOST:
                left_out += 1
                continue
            question = Question(rule)
            if tally2.rises(rule) and step is not None:
                question.increment = Fraction(str(step))
            got = run.ask_second(election, question) or {}
            outcomes += 1
            for name in ("selected", "order", "cost", "final_endowment"):
                if name in wanted and str(got[name]) != str(wanted[name]):
                    run.say(f"{path.name} by {rule}",
                            f"{name} {got[name]}, not {wanted[name]}")
    run.say(f"{elections} real elections: {outcomes} outcomes as recorded "
            f"({left_out} with many endowments left out)")


def main() -> int:
    """All comparisons; the status says whether all agreed."""
    auditor, recorded = sys.argv[1:]
    seed = os.environ.get("TALLY2_SEED") or "1"
    elections = int(os.environ.get("TALLY2_ELECTIONS") or 1000)
    steps: list[Callable[[Comparison], None]] = [
        compare_cases,
        lambda run: compare_random(run, seed, elections),
        lambda run: compare_recorded(run, Path(recorded)),
    ]
    with tempfile.TemporaryDirectory() as folder:
        run = Comparison(auditor, Path(folder))
        for step in steps:
            start = time.monotonic()
            step(run)
            print(f"# {time.monotonic() - start:.1f} s")
    return 1 if run.failed else 0


if __name__ == "__main__":
    sys.exit(main())
