"""The table of a bench, and the targets below it."""

from dataclasses import dataclass

HEAD = ("", "req/s", "p50 ms", "p99 ms", "all", "postgres", "assay", "nginx", "errors")
LAYOUT = "{:<34} {:>9} {:>8} {:>8}   {:>7} {:>8} {:>6} {:>6}  {:>7}"


@dataclass
class Row:
    """One round of a row: CPU is in seconds per 1,000 requests."""

    name: str
    rate: float
    p50: float
    p99: float
    postgres: float
    assay: float
    nginx: float
    errors: float

    @property
    def cpu(self):
        """The CPU of all processes."""
        return self.postgres + self.assay + self.nginx


class Table:
    """All rounds of all rows, in the order in which the rows were first measured."""

    def __init__(self):
        self.rounds = {}

    def add(self, row):
        """Adds a round."""
        self.rounds.setdefault(row.name, []).append(row)

    def median(self, name):
        """The round with the median rate, with the errors of all rounds; None without rounds."""
        rounds = sorted(self.rounds.get(name, []), key=lambda row: row.rate)
        if not rounds:
            return None
        middle = rounds[len(rounds) // 2]
        errors = sum(row.errors for row in rounds)
        return Row(*(getattr(middle, field) for field in list(Row.__annotations__)[:-1]), errors)

    def lines(self):
        """The lines of the table."""
        yield f"{'':<34} {'':>9} {'':>8} {'':>8}   CPU s per 1,000"
        yield LAYOUT.format(*HEAD)
        for name in self.rounds:
            row = self.median(name)
            yield LAYOUT.format(
                name, f"{row.rate:.0f}", f"{row.p50:.2f}", f"{row.p99:.2f}", f"{row.cpu:.3f}",
                f"{row.postgres:.3f}", f"{row.assay:.3f}", f"{row.nginx:.3f}",
                f"{row.errors:.0f}")

    def errors(self):
        """The errors of all rows."""
        return sum(row.errors for rounds in self.rounds.values() for row in rounds)

    def value(self, name, field="rate"):
        """A field of a row's median; None when it was not measured."""
        row = self.median(name)
        return None if row is None else getattr(row, field)

    def ratio(self, name, other, field="rate"):
        """The ratio of two rows; None when one was not measured."""
        above, below = self.value(name, field), self.value(other, field)
        return above / below if above is not None and below else None


def target(what, value, relation, limit):
    """Prints a figure beside its target; nothing when it was not measured."""
    if value is None:
        return
    is_met = value >= limit if relation == ">=" else value <= limit
    print(f"{what:<44} {value:7.2f}  {relation} {limit!s:<5} {'ok' if is_met else 'MISSED'}")


def figure(what, value, digits=2):
    """Prints a figure that has no target; nothing when it was not measured."""
    if value is not None:
        print(f"{what:<44} {value:7.{digits}f}")
