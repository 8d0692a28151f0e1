"""A second tally, written from docs/RULES.md alone.

It shares no line with the auditor: where the two differ, one of them or the
text has a bug.  It is slow and exact.  As a program it prints what
`partecipa-audit tally FILE --rule ID --json` prints.
"""

import argparse
import dataclasses
import functools
import json
import math
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction

# ---- Section 1: the election ------------------------------------------------

MAX_PROJECTS = 4096
MAX_BALLOTS = 1_000_000
MAX_FILE = 256 << 20
MAX_ID = 256
MAX_POINTS = 10**9
MAX_TEXT = 65535
MAX_KEY = 64
MAX_ERRORS = 100
MAX_RUNS = 1_000_000
WITHDRAWN = 999999999


class TallyError(Exception):
    """What is wrong with a file or a question, a line for each error."""


@dataclass(frozen=True)
class Project:
    """An id and a cost."""

    id: str
    cost: Fraction

    @property
    def withdrawn(self) -> bool:
        """Whether the cost says that the project is no longer there."""
        return self.cost == WITHDRAWN


@dataclass
class Election:
    """Projects and ballots; a ballot gives utilities above 0 by index."""

    budget: Fraction
    kind: str
    projects: list[Project]
    ballots: list[dict[int, int]]
    threshold: int | None = None
    groups: list[frozenset[int]] = field(default_factory=list)

    @functools.cached_property
    def scores(self) -> list[int]:
        """The sum of the utilities of each project."""
        scores = [0] * len(self.projects)
        for ballot in self.ballots:
            for c, utility in ballot.items():
                scores[c] += utility
        return scores

    def cost(self, chosen: list[int]) -> Fraction:
        """What some projects cost together."""
        return sum((self.projects[c].cost for c in chosen), Fraction(0))

    def bars(self, winner: int, other: int) -> bool:
        """Whether of two projects only one can win."""
        return winner != other and any(winner in group and other in group
                                       for group in self.groups)

    def barred(self, c: int, won: list[int]) -> bool:
        """Whether a project cannot win any more."""
        return any(self.bars(winner, c) for winner in won)


# ---- Section 8: the .pb format ----------------------------------------------

VOTE_TYPES = {
    "approval": "approval",
    "choose-1": "approval",
    "cumulative": "points",
    "scoring": "points",
    "ordinal": "ranking",
}
SECTIONS = ("META", "PROJECTS", "VOTES")
OBLIGED = ("description country unit instance num_projects num_votes "
           "rule date_begin date_end").split()
AMOUNTS = ("budget", "min_sum_cost", "max_sum_cost")
NUMBERS = ("num_projects", "num_votes", "default_score", "min_length",
           "max_length", "min_points", "max_points", "min_sum_points",
           "max_sum_points", "min_project_score_threshold")
BLANKS = " \t"
CELL = re.compile(r'[ \t]*"((?:[^"]|"")*)"[ \t]*|([^";\r\n]*)')
LINE_END = re.compile(r"\r\n|\r|\n")
CONTROL = re.compile(r"[\0-\x08\x0b\x0c\x0e-\x1f\x7f]")
NOT_QUOTED_WELL = "a quote is in the wrong place, or is not closed"


def amount(text: str, comma: bool = True) -> Fraction | None:
    """An amount, or None if ${text} is none."""
    point = "[.,]" if comma else "[.]"
    if not re.fullmatch(rf"[0-9]{{1,15}}({point}[0-9]{{1,6}})?", text):
        return None
    return Fraction(text.replace(",", "."))


def whole(text: str) -> int | None:
    """A whole number of at most 18 digits, or None."""
    return int(text) if re.fullmatch("[0-9]{1,18}", text) else None


@dataclass
class Section:
    """A section of the file: its header and its rows with their lines."""

    line: int
    header: list[str] = field(default_factory=list)
    rows: list[tuple[int, list[str]]] = field(default_factory=list)


class Reader:
    """Reads one .pb file: errors and warnings are gathered by line."""

    def __init__(self, data: bytes, name: str) -> None:
        self.name = name
        self.errors: list[str] = []
        self.warnings: list[str] = []
        self.sections: dict[str, Section] = {}
        self.meta: dict[str, str] = {}
        self.amounts: dict[str, Fraction] = {}
        self.numbers: dict[str, int] = {}
        self.projects: list[Project] = []
        self.index: dict[str, int] = {}
        self.ballots: list[dict[int, int]] = []
        self.beyond: dict[str, list[int]] = {}
        self.text = self.decode(data)

    def error(self, line: int, what: str) -> None:
        """Note an error; a hundred are enough."""
        self.errors.append(f"{self.name}:{line}: {what}")
        if len(self.errors) >= MAX_ERRORS:
            raise TallyError("\n".join(self.errors))

    def warn(self, line: int, what: str) -> None:
        """Note a warning."""
        self.warnings.append(f"{self.name}:{line}: warning: {what}")

    def decode(self, data: bytes) -> str:
        """The text of the file without its byte order mark."""
        if len(data) > MAX_FILE:
            raise TallyError(f"{self.name}: a file has at most 256 MiB")
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as e:
            line = 1 + data[:e.start].count(b"\n")
            raise TallyError(f"{self.name}:{line}: is not UTF-8") from None
        if bad := CONTROL.search(text):
            line = 1 + text.count("\n", 0, bad.start())
            raise TallyError(f"{self.name}:{line}: a control character")
        return text.removeprefix("\ufeff")

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """The rows that are not blank, with the lines they begin on."""
        at, line, text = 0, 1, self.text
        while at < len(text):
            first, blank, cells = line, True, []
            while True:
                cell = CELL.match(text, at)
                assert cell
                at = cell.end()
                quoted, bare = cell.groups()
                if quoted is not None:
                    line += len(LINE_END.findall(quoted))
                    bare = quoted.replace('""', '"')
                    blank = False
                cells.append(bare.strip(BLANKS))
                if text[at:at + 1] != ";":
                    break
                at += 1
            end = LINE_END.match(text, at)
            if not end and at < len(text):
                self.error(first, NOT_QUOTED_WELL)
                end = LINE_END.search(text, at)
            line += 1
            at = end.end() if end else len(text)
            if not blank or cells != [""]:
                yield first, cells

    def split(self) -> None:
        """Part the rows into sections."""
        section = None
        for line, cells in self.rows():
            name = cells[0].upper()
            if len(cells) == 1 and name in SECTIONS:
                if name not in SECTIONS[len(self.sections):][:1]:
                    self.give_up(line, "the sections must be META, PROJECTS, "
                                       "VOTES, each once")
                section = self.sections[name] = Section(line)
            elif section is None:
                self.give_up(line, "the file must begin with a line META")
            elif not section.header:
                section.header = [c.lower() for c in cells]
            elif len(cells) != len(section.header):
                self.error(line, f"this row has {len(cells)} cells, "
                                 f"its header has {len(section.header)}")
            else:
                section.rows.append((line, cells))
        for name in SECTIONS:
            if name not in self.sections or not self.sections[name].header:
                self.give_up(1, f"there is no section {name} with a header")
        for section in self.sections.values():
            for column, times in Counter(section.header).items():
                if times > 1:
                    self.error(section.line, f"column {column} comes twice")

    def give_up(self, line: int, what: str) -> None:
        """Note an error behind which nothing can be read."""
        self.error(line, what)
        raise TallyError("\n".join(self.errors))

    def columns(self, name: str, wanted: list[str]) -> list[int]:
        """Where in a section's rows the wanted columns stand."""
        section = self.sections[name]
        for column in wanted:
            if column not in section.header:
                self.give_up(section.line, f"there is no column {column}")
        return [section.header.index(column) for column in wanted]

    def read_meta(self) -> None:
        """META: every key once, numbers where numbers are due."""
        section = self.sections["META"]
        if section.header != ["key", "value"]:
            self.give_up(section.line, "META must begin with key;value")
        for line, (key, value) in section.rows:
            key = key.lower()
            if not 1 <= len(key.encode()) <= MAX_KEY:
                self.error(line, f"a META key has 1 to {MAX_KEY} bytes")
            if key in self.meta:
                self.error(line, f"META says {key} twice")
            if len(value.encode()) > MAX_TEXT:
                self.error(line, f"the value of {key} is too long")
            self.meta[key] = value
            if value in ("", "None"):
                continue
            if key in AMOUNTS:
                if (money := amount(value)) is None:
                    self.error(line, f"{key} must be an amount")
                else:
                    self.amounts[key] = money
            if key in NUMBERS:
                if (number := whole(value)) is None:
                    self.error(line, f"{key} must be a whole number")
                else:
                    self.numbers[key] = number
        if "budget" not in self.amounts:
            self.error(section.line, "META has no budget")
        if self.meta.get("vote_type") not in VOTE_TYPES:
            self.give_up(section.line, "vote_type must be one of "
                                       + ", ".join(VOTE_TYPES))
        if self.numbers.get("default_score", 0) > MAX_POINTS:
            self.error(section.line, "default_score is too large")
        for key in OBLIGED:
            if self.meta.get(key, "") in ("", "None"):
                self.warn(section.line, f"META has no {key}")

    def read_projects(self) -> None:
        """PROJECTS: unique ids with costs."""
        section = self.sections["PROJECTS"]
        at_id, at_cost = self.columns("PROJECTS", ["project_id", "cost"])
        texts = [at for at, column in enumerate(section.header)
                 if column in ("name", "category", "description")]
        for line, cells in section.rows:
            project, cost = cells[at_id], amount(cells[at_cost])
            if not 1 <= len(project.encode()) <= MAX_ID or "," in project:
                self.error(line, "project_id must have 1 to 256 bytes and "
                                 "no comma")
            elif project in self.index:
                self.error(line, f"project {project} is listed twice")
            elif cost is None:
                self.error(line, f"the cost of {project} must be an amount")
            elif any(len(cells[at].encode()) > MAX_TEXT for at in texts):
                self.error(line, "a text is too long")
            else:
                self.index[project] = len(self.projects)
                self.projects.append(Project(project, cost))
        if len(section.rows) > MAX_PROJECTS:
            self.error(section.line, f"at most {MAX_PROJECTS} projects")
        listed = self.numbers.get("num_projects", len(section.rows))
        if listed != len(section.rows):
            self.error(section.line, f"META says num_projects is {listed}, "
                                     f"but {len(section.rows)} are listed")

    def read_votes(self) -> None:
        """VOTES: a ballot a voter."""
        section = self.sections["VOTES"]
        vote_type = self.meta["vote_type"]
        wanted = ["voter_id", "vote"]
        if VOTE_TYPES[vote_type] == "points":
            wanted.append("points")
        at_id, at_vote, *at_points = self.columns("VOTES", wanted)
        voters: set[str] = set()
        for line, cells in section.rows:
            voter = cells[at_id]
            if not voter:
                self.error(line, "a ballot needs a voter_id")
            elif voter in voters:
                self.error(line, f"voter {voter} has voted already")
            voters.add(voter)
            names = [name.strip(BLANKS) for name in cells[at_vote].split(",")]
            if names == [""]:
                names = []
            if unknown := [name for name in names if name not in self.index]:
                self.error(line, f"there is no project {unknown[0]!r}")
                continue
            named = [self.index[name] for name in names]
            points = self.points(line, cells[at_points[0]], len(named)) \
                if at_points else []
            self.ballots.append(self.ballot(line, vote_type, named, points))
        if len(section.rows) > MAX_BALLOTS:
            self.error(section.line, f"at most {MAX_BALLOTS} ballots")
        stated = self.numbers.get("num_votes", len(section.rows))
        if stated != len(section.rows):
            self.error(section.line, f"META says num_votes is {stated}, but "
                                     f"there are {len(section.rows)} ballots")

    def points(self, line: int, cell: str, named: int) -> list[int]:
        """The points of a ballot, filled up with 0 for all it names."""
        texts = [] if cell in ("", "None") else cell.split(",")
        points = [whole(text.strip(BLANKS)) for text in texts]
        if any(p is None or p > MAX_POINTS for p in points):
            self.error(line, f"points are whole numbers up to {MAX_POINTS}")
        if len(points) > named:
            self.error(line, "there are more points than projects")
        return [p or 0 for p in points] + [0] * (named - len(points))

    def ballot(self, line: int, vote_type: str, named: list[int],
               points: list[int]) -> dict[int, int]:
        """The utilities that a ballot gives."""
        distinct = list(dict.fromkeys(named))
        if len(distinct) < len(named):
            self.beyond.setdefault("name a project twice", []).append(line)
        if vote_type == "choose-1" and len(distinct) > 1:
            self.error(line, "a choose-1 ballot names one project")
        kind = VOTE_TYPES[vote_type]
        if kind == "approval":
            utilities = dict.fromkeys(distinct, 1)
        elif kind == "ranking":
            utilities = {c: len(distinct) - place
                         for place, c in enumerate(distinct)}
        else:
            utilities = dict(zip(named, points))
        self.check_limits(line, distinct, list(utilities.values()))
        if vote_type == "scoring" and (default :=
                                       self.numbers.get("default_score", 0)):
            utilities = dict.fromkeys(range(len(self.projects)),
                                      default) | utilities
        return {c: u for c, u in utilities.items() if u > 0}

    def check_limits(self, line: int, named: list[int],
                     given: list[int]) -> None:
        """Note a ballot beyond the limits that META states."""
        cost = sum((self.projects[c].cost for c in named), Fraction(0))
        found: list[tuple[str, list[Fraction | int]]] = [
            ("length", [len(named)]), ("sum_cost", [cost])]
        if VOTE_TYPES[self.meta["vote_type"]] == "points":
            found += [("points", list(given)), ("sum_points", [sum(given)])]
        limits = self.amounts | self.numbers
        for what, values in found:
            low, high = limits.get("min_" + what), limits.get("max_" + what)
            if low is not None and any(v < low for v in values):
                self.beyond.setdefault("min_" + what, []).append(line)
            if high is not None and any(v > high for v in values):
                self.beyond.setdefault("max_" + what, []).append(line)

    def check_counts(self, election: Election) -> None:
        """Warn of votes and scores in the file that are not our count."""
        section = self.sections["PROJECTS"]
        ours = {
            "votes": [sum(c in ballot for ballot in election.ballots)
                      for c in range(len(self.projects))],
            "score": election.scores,
        }
        for column, counts in ours.items():
            if column not in section.header:
                continue
            at = section.header.index(column)
            for (line, cells), count in zip(section.rows, counts):
                if cells[at] not in ("", "None", str(count)):
                    self.warn(line, f"{column} is {cells[at]}, not {count}")

    def read(self) -> Election:
        """The whole file, or all that is wrong with it."""
        self.split()
        self.read_meta()
        self.read_projects()
        self.read_votes()
        for what, lines in self.beyond.items():
            self.warn(lines[0], f"{what}: {len(lines)} ballots, this first")
        if self.errors:
            raise TallyError("\n".join(self.errors))
        election = Election(
            self.amounts["budget"], VOTE_TYPES[self.meta["vote_type"]],
            self.projects, self.ballots,
            self.numbers.get("min_project_score_threshold"))
        self.check_counts(election)
        return election


def read_pb(data: bytes, name: str = "-") -> tuple[Election, list[str]]:
    """Read a .pb file: the election and the warnings, or TallyError."""
    reader = Reader(data, name)
    return reader.read(), reader.warnings


# ---- Section 2: names of rules ----------------------------------------------

GREEDY = ("greedy-votes", "greedy-votes-per-cost", "greedy-no-skip",
          "greedy-threshold")
SHARES = {
    "mes-cost": ("approval", "votes"),
    "mes-card": ("approval", "price"),
    "mes-costpoints": ("points", "votes"),
    "mes-points": ("points", "price"),
    "mes-costrank": ("ranking", "votes"),
    "mes-rank": ("ranking", "price"),
}


@dataclass(frozen=True)
class Switches:
    """The four switches of section 5."""

    floor: bool = False
    rises: bool = False
    full_over: str = ""
    completes: bool = False


SUFFIXES = {
    "": Switches(),
    "-u": Switches(completes=True),
    "-add1": Switches(rises=True, full_over="supported"),
    "-add1u": Switches(rises=True, full_over="supported", completes=True),
    "-add1-nostop": Switches(rises=True),
    "-add1-nostop-u": Switches(rises=True, completes=True),
    "-int-add1": Switches(floor=True, rises=True, full_over="all"),
    "-int-add1u": Switches(floor=True, rises=True, full_over="all",
                           completes=True),
    "-int-add1-nostop": Switches(floor=True, rises=True),
    "-int-add1-nostop-u": Switches(floor=True, rises=True, completes=True),
}


def rules(kind: str) -> list[str]:
    """All rules for a kind of ballots."""
    names = list(GREEDY)
    if kind == "approval":
        names.append("phragmen")
    for base, (its_kind, _) in SHARES.items():
        if its_kind == kind:
            names += [base + suffix for suffix in SUFFIXES]
    return names


def rises(rule: str) -> bool:
    """Whether a rule raises the endowment."""
    return "-add1" in rule


# ---- Section 3: ties --------------------------------------------------------


def tie_order(election: Election, lot: list[str]) -> list[int]:
    """All projects, those that win among equals first."""
    known = {project.id for project in election.projects}
    if len(set(lot)) < len(lot) or not known.issuperset(lot):
        raise TallyError("the lot names a project twice or one that is not")
    place = {project: at for at, project in enumerate(lot)}

    def key(c: int) -> tuple[Fraction, int, int, bytes]:
        project = election.projects[c]
        return (project.cost, -election.scores[c],
                place.get(project.id, len(lot)), project.id.encode())

    return sorted(range(len(election.projects)), key=key)


# ---- Section 4: greedy ------------------------------------------------------


def walk(election: Election, listed: list[int], money: Fraction,
         min_score: int = 0, skips: bool = True,
         before: tuple[int, ...] = ()) -> list[int]:
    """Go down the list once and take what fits; ${before} has won."""
    won = list(before)
    for c in listed:
        project = election.projects[c]
        if (project.withdrawn or election.scores[c] < min_score
                or election.barred(c, won)):
            continue
        if project.cost <= money:
            won.append(c)
            money -= project.cost
        elif not skips:
            break
    return won


def per_cost(election: Election, c: int) -> tuple[int, Fraction]:
    """The key score / cost, with what cannot be divided at its place."""
    score, cost = election.scores[c], election.projects[c].cost
    if score == 0:
        return 0, Fraction(0)
    return (2, Fraction(0)) if cost == 0 else (1, score / cost)


def greedy(election: Election, rule: str, order: list[int],
           min_score: int) -> list[int]:
    """The greedy rules; sorting keeps the order of equals."""
    def key(c: int) -> tuple[int, Fraction] | int:
        if rule == "greedy-votes-per-cost":
            return per_cost(election, c)
        return election.scores[c]

    listed = sorted(order, key=key, reverse=True)
    return walk(election, listed, election.budget, min_score,
                rule != "greedy-no-skip")


# ---- Section 5: equal shares ------------------------------------------------


class EqualShares:
    """The method of equal shares on one election.

    Voters with equal ballots always have equal money: they are one group.
    """

    def __init__(self, election: Election, order: list[int],
                 key: str) -> None:
        self.election = election
        self.key = key
        groups = Counter(frozenset(b.items()) for b in election.ballots)
        self.sizes = list(groups.values())
        self.order = [c for c in order if election.scores[c] > 0
                      and not election.projects[c].withdrawn]
        self.supporters: dict[int, list[tuple[int, int]]] = {
            c: [] for c in self.order}
        for group, ballot in enumerate(groups):
            for c, utility in ballot:
                if c in self.supporters:
                    self.supporters[c].append((group, utility))

    def price(self, c: int, cost: int, money: list[int]) -> Fraction:
        """The smallest price at which the supporters pay the cost."""
        able = self.supporters[c]
        while True:
            units = sum(u * self.sizes[g] for g, u in able)
            price = Fraction(cost, units)
            still = []
            for g, u in able:
                if money[g] * price.denominator < u * price.numerator:
                    cost -= money[g] * self.sizes[g]
                else:
                    still.append((g, u))
            if len(still) == len(able):
                return price
            able = still

    def run(self, endowment: Fraction) -> list[int]:
        """One run.

        Money is counted in a unit so small that all amounts are whole; each
        price makes it smaller.  This is exact, and faster than fractions.
        """
        projects = self.election.projects
        unit = math.lcm(endowment.denominator, *(
            projects[c].cost.denominator for c in self.order))
        money = [int(endowment * unit)] * len(self.sizes)
        costs = {c: int(projects[c].cost * unit) for c in self.order}
        won: list[int] = []
        for c in self.order:
            if costs[c] == 0 and not self.election.barred(c, won):
                won.append(c)
        live = [c for c in self.order
                if costs[c] > 0 and not self.election.barred(c, won)]
        while True:
            live = [c for c in live if sum(
                money[g] * self.sizes[g]
                for g, _ in self.supporters[c]) >= costs[c]]
            if not live:
                return won
            prices = {c: self.price(c, costs[c], money) for c in live}
            if self.key == "votes":
                best = max(live, key=lambda c: costs[c] / prices[c])
            else:
                best = min(live, key=prices.__getitem__)
            finer = prices[best].denominator
            price = prices[best].numerator
            money = [m * finer for m in money]
            costs = {c: cost * finer for c, cost in costs.items()}
            for g, u in self.supporters[best]:
                money[g] -= min(money[g], price * u)
            won.append(best)
            live = [c for c in live
                    if c != best and not self.election.bars(best, c)]

    def full(self, outcome: list[int], over: str) -> bool:
        """Whether no project outside the outcome fits in the money left."""
        left = self.election.budget - self.election.cost(outcome)
        return not any(
            project.cost <= left and not project.withdrawn
            and c not in outcome and not self.election.barred(c, outcome)
            and (over == "all" or self.election.scores[c] > 0)
            for c, project in enumerate(self.election.projects))

    def outcome(self, switches: Switches,
                increment: Fraction) -> tuple[list[int], Fraction | None]:
        """The winners before completion, and the final endowment."""
        if not self.election.ballots:
            return [], None
        endowment = self.election.budget / len(self.election.ballots)
        if switches.floor:
            endowment = Fraction(math.floor(endowment))
        outcome = self.run(endowment)
        runs = 1
        while switches.rises:
            if all(c in outcome or self.election.barred(c, outcome)
                   for c in self.order):
                break
            if switches.full_over and self.full(outcome, switches.full_over):
                break
            if runs == MAX_RUNS:
                raise TallyError(f"no end after {MAX_RUNS} endowments: give a "
                                 "larger increment")
            following = self.run(endowment + increment)
            runs += 1
            if self.election.cost(following) > self.election.budget:
                break
            endowment += increment
            outcome = following
        return outcome, endowment


def equal_shares(election: Election, rule: str, order: list[int],
                 increment: Fraction) -> tuple[list[int], Fraction | None]:
    """The rules of equal shares with all their suffixes."""
    base = next(b for b in SHARES if rule.startswith(b)
                and rule.removeprefix(b) in SUFFIXES)
    switches = SUFFIXES[rule.removeprefix(base)]
    shares = EqualShares(election, order, SHARES[base][1])
    outcome, endowment = shares.outcome(switches, increment)
    if switches.completes:
        others = [c for c in order if c not in outcome]
        others.sort(key=election.scores.__getitem__, reverse=True)
        left = election.budget - election.cost(outcome)
        outcome = walk(election, others, left, before=tuple(outcome))
    return outcome, endowment


# ---- Section 6: sequential Phragmen -----------------------------------------


def phragmen(election: Election, order: list[int]) -> list[int]:
    """A project is bought when its supporters together hold its cost."""
    load = [Fraction(0)] * len(election.ballots)
    money = election.budget
    supporters = {c: [i for i, ballot in enumerate(election.ballots)
                      if c in ballot] for c in order}
    rest = [c for c in order if supporters[c]
            and not election.projects[c].withdrawn
            and election.projects[c].cost <= election.budget]
    won: list[int] = []
    while rest:
        times = {c: (election.projects[c].cost
                     + sum(load[i] for i in supporters[c]))
                 / len(supporters[c]) for c in rest}
        soonest = min(times.values())
        equals = [c for c in rest if times[c] == soonest]
        if any(election.projects[c].cost > money for c in equals):
            break
        winner = equals[0]
        money -= election.projects[winner].cost
        for i in supporters[winner]:
            load[i] = soonest
        won.append(winner)
        rest = [c for c in rest
                if c != winner and not election.bars(winner, c)]
    return won


# ---- Section 7: the outcome -------------------------------------------------


@dataclass
class Question:
    """A rule with its parameters."""

    rule: str
    lot: list[str] = field(default_factory=list)
    min_score: int | None = None
    increment: Fraction | None = None
    groups: list[list[str]] = field(default_factory=list)
    compare: bool = False


def check(question: Question, election: Election) -> None:
    """Refuse what a rule is not defined for."""
    rule = question.rule
    if rule not in rules(election.kind):
        raise TallyError(f"rule {rule} is not known or not defined for "
                         f"{election.kind} ballots")
    if question.min_score is not None and rule not in GREEDY:
        raise TallyError("a minimum score is for greedy rules")
    if question.increment is not None and (not rises(rule)
                                           or question.increment <= 0):
        raise TallyError("an increment is above 0, for rules that raise")
    if question.compare and rule == "greedy-votes":
        raise TallyError("greedy-votes is not compared with itself")


def with_groups(election: Election, groups: list[list[str]]) -> Election:
    """The election with exclusive groups."""
    index = {project.id: c for c, project in enumerate(election.projects)}
    named = [project for group in groups for project in group]
    if len(set(named)) < len(named) or not set(named) <= set(index):
        raise TallyError("the groups name a project twice or one that is not")
    if any(len(group) < 2 for group in groups):
        raise TallyError("a group has two or more projects")
    return dataclasses.replace(election, groups=[
        frozenset(index[project] for project in group) for group in groups])


def winners(election: Election, question: Question,
            order: list[int]) -> tuple[list[int], Fraction | None]:
    """Who wins by a rule, in order, and the final endowment."""
    rule, min_score = question.rule, question.min_score
    if rule == "greedy-threshold" and min_score is None:
        min_score = election.threshold
        if min_score is None:
            raise TallyError("greedy-threshold needs a minimum score")
    if rule in GREEDY:
        return greedy(election, rule, order, min_score or 0), None
    if rule == "phragmen":
        return phragmen(election, order), None
    return equal_shares(election, rule, order,
                        question.increment or Fraction(1))


def compare(election: Election, won: list[int],
            plain: list[int]) -> dict[str, int]:
    """How many voters support more of the one outcome or of the other."""
    counts: Counter[str] = Counter()
    for ballot in election.ballots:
        ours = sum(c in ballot for c in won)
        theirs = sum(c in ballot for c in plain)
        counts["rule" if ours > theirs else
               "greedy" if theirs > ours else "equal"] += 1
    return {name: counts[name] for name in ("equal", "greedy", "rule")}


def tally(election: Election, question: Question) -> dict[str, object]:
    """The outcome by a rule, as the JSON object of section 7."""
    check(question, election)
    election = with_groups(election, question.groups)
    order = tie_order(election, question.lot)
    won, endowment = winners(election, question, order)
    comparison: dict[str, int | str] = {}
    if question.compare:
        plain = greedy(election, "greedy-votes", order, 0)
        counts = compare(election, won, plain)
        worse = counts["greedy"] > counts["rule"]
        if worse:
            won, endowment = plain, None
        comparison = {**counts,
                      "winner": "greedy-votes" if worse else question.rule}
    ids = [election.projects[c].id for c in won]
    final: int | str | None = None
    if endowment is not None:
        final = int(endowment) if endowment.denominator == 1 \
            else str(endowment)
    outcome: dict[str, object] = {
        "rule": question.rule, "selected": sorted(ids, key=str.encode),
        "order": ids, "cost": str(election.cost(won)),
        "final_endowment": final}
    if comparison:
        outcome["comparison"] = comparison
    return outcome


def parse_option(parse: Callable[[str], object], text: str) -> object:
    """An argument's value, or the error that argparse understands."""
    if (value := parse(text)) is None:
        raise argparse.ArgumentTypeError(f"not '{text}'")
    return value


def main() -> int:
    """Count a .pb file by a rule."""
    parser = argparse.ArgumentParser(description="Count a .pb file.")
    parser.add_argument("file", help="the .pb file, - is standard input")
    parser.add_argument("--rule", required=True)
    parser.add_argument("--tie", help="the lot: ids, parted by commas")
    parser.add_argument("--min-score",
                        type=functools.partial(parse_option, whole))
    parser.add_argument("--increment", type=functools.partial(
        parse_option, functools.partial(amount, comma=False)))
    parser.add_argument("--compare", choices=["greedy-votes"])
    parser.add_argument("--exclusive",
                        help="groups of ids: ids parted by commas, "
                             "groups by semicolons")
    parser.add_argument("--json", action="store_true", help="the only form")
    args = parser.parse_args()
    try:
        if args.file == "-":
            data = sys.stdin.buffer.read()
        else:
            with open(args.file, "rb") as file:
                data = file.read()
        election, warnings = read_pb(data, args.file)
        for warning in warnings:
            print(warning, file=sys.stderr)
        lot = [] if args.tie is None else args.tie.split(",")
        groups = [] if args.exclusive is None else [
            group.split(",") for group in args.exclusive.split(";")]
        outcome = tally(election, Question(
            args.rule, lot, args.min_score, args.increment, groups,
            args.compare is not None))
    except (OSError, TallyError) as e:
        print(e, file=sys.stderr)
        return 2
    print(json.dumps(outcome, ensure_ascii=False, separators=(",", ":")))
    return 0


if __name__ == "__main__":
    sys.exit(main())
