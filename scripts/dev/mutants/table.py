# SPDX-License-Identifier: GPL-2.0-only
"""results/MUTANTS.md: what became of the mutants, and the score by function and by
operator."""
import collections
import math

from operators import OPERATORS

# Of these nothing is known of the suite: they are counted apart.
NO_SCORE = ("equivalent", "not built", "undecided", "not booted")


def score(results):
    """(killed, survived) of a list of results."""
    counts = collections.Counter(result["verdict"] for result in results)
    return counts["killed"], counts["survived"]


def percent(killed, survived):
    """The score in percent, in words where there is none."""
    return f"{100 * killed // (killed + survived)} %" if killed + survived else "-"


def _at_most(killed, total, rate):
    """How probable it is that so few of TOTAL are killed where RATE of all would be."""
    return sum(math.comb(total, k) * rate ** k * (1 - rate) ** (total - k) for k in range(killed + 1))


def bounds(killed, survived):
    """(low, high): the score of all mutants with 95 % confidence, in percent, by the exact
    test (Clopper and Pearson) of those that were tried."""
    total = killed + survived
    low = high = None
    for percents in range(101):
        rate = percents / 100
        if _at_most(killed, total, rate) >= 0.025:
            high = percents
        if low is None and (not killed or 1 - _at_most(killed - 1, total, rate) >= 0.025):
            low = percents
    # Outwards to whole percents.
    return max(0, low - 1), min(100, high + 1)


def _cell(text):
    return " ".join(str(text).split()).replace("|", "\\|")


def _by(results, key, names):
    rows = [f"| {key} | mutants | killed | survived | score | not booted | equivalent | other |",
            "|---|---|---|---|---|---|---|---|"]
    for name in names:
        own = [result for result in results if name in (result["function"], result["operator"])]
        counts = collections.Counter(result["verdict"] for result in own)
        killed, survived = score(own)
        rows.append(f"| `{name}` | {len(own)} | {killed} | {survived} | {percent(killed, survived)} |"
                    f" {counts['not booted']} | {counts['equivalent']} |"
                    f" {counts['not built'] + counts['undecided']} |")
    return rows


def _killers(results):
    counts = collections.Counter(f"`{result['by']}`" for result in results if result["verdict"] == "killed")
    return ", ".join(f"{name} {number}" for name, number in counts.most_common()) or "nothing"


def markdown(results, about, reasons):
    """The page. ABOUT: lines that say of what and by which command; REASONS: why a mutant
    survives, by its name."""
    killed, survived = score(results)
    counts = collections.Counter(result["verdict"] for result in results)
    lines = ["<!-- SPDX-License-Identifier: GPL-2.0-only -->", "# Mutants of the allocator", ""]
    lines += ["Made by `make mutants`: kernels whose allocator differs in one place each, and what the",
              "scenarios say of them. The score is killed / (killed + survived). Mutants that do not",
              "boot, that are equivalent or that do not build are in neither.", ""]
    lines += about
    lines += ["", f"**Score: {percent(killed, survived)}**: of {len(results)} mutants {killed} killed,"
              f" {survived} survived (of all mutants between {bounds(killed, survived)[0]} and"
              f" {bounds(killed, survived)[1]} %, with 95 % confidence); " + ", ".join(f"{counts[name]} {name}" for name in NO_SCORE) + ".",
              f"Killed by: {_killers(results)}.", "", "## By operator", ""]
    used = {result["operator"] for result in results}
    lines += _by(results, "operator", [name for name, _, _ in OPERATORS if name in used])
    lines += ["", "What an operator does:", ""]
    lines += [f"- `{name}`: {what}" for name, what, _ in OPERATORS if name in used]
    lines += ["", "## By function", ""]
    lines += _by(results, "function", sorted({result["function"] for result in results}))
    lines += ["", "## Each mutant", "",
              "A mutant is named FILE:FUNCTION:OPERATOR:N, the Nth place of the operator in the function.",
              "Seconds are of building, and of running until the verdict.", "",
              "| mutant | line | what | becomes | verdict | by | seconds |", "|---|---|---|---|---|---|---|"]
    for result in results:
        by = ": ".join(filter(None, (result.get("by"), result.get("how"))))
        lines.append(f"| `{result['name']}` | {result['line']} | `{_cell(result['before'])[:80]}` |"
                     f" `{_cell(result['after'])[:80]}` | {result['verdict']} | {_cell(by)[:160]} |"
                     f" {result.get('build_seconds') or 0:.0f} + {result.get('run_seconds') or 0:.0f} |")
    left = [result for result in results if result["verdict"] in ("survived", "undecided")]
    if left:
        lines += ["", "## Survivors, and why", ""]
        lines += [f"- `{result['name']}`: {reasons.get(result['name'], 'not looked at yet')}" for result in left]
    return "\n".join(lines) + "\n"
