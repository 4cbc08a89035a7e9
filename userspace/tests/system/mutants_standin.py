# SPDX-License-Identifier: GPL-2.0-only
"""Choosing and judging mutants, with a stand-in for the kernel's build and for the lab.

usage: mutants_standin.py TOP C-FILE FOLDER
"""
import fcntl
import importlib.util
import json
import os
import subprocess
import sys

TOP, TEXT, FOLDER = sys.argv[1:]
sys.path.insert(0, TOP + "/scripts/dev/mutants")

# pylint: disable=wrong-import-position
import judge
import kernel as kernel_module

from choose import choose
from coverage import MODULES, Trace
from operators import NAMES, mutants_of
from source import read_text

spec = importlib.util.spec_from_file_location("program", TOP + "/scripts/dev/mutants/__main__.py")
program = importlib.util.module_from_spec(spec)
spec.loader.exec_module(program)


def check(good, what):
    """Ends the test when it is not so."""
    if not good:
        sys.exit(f"not so: {what}")


def names(mutants):
    """Of mutants."""
    return [mutant.name for mutant in mutants]


source = read_text(TEXT)
MUTANTS = mutants_of(source, source.functions["small"])

# ---- the choice ----

check(names(choose(MUTANTS, 9, 1)) == names(choose(list(reversed(MUTANTS)), 9, 1)),
      "the same seed chooses the same, in whatever order they come")
check(names(choose(MUTANTS, 20, 1))[:9] == names(choose(MUTANTS, 9, 1)), "more begin with the same")
check(any(names(choose(MUTANTS, 9, 1)) != names(choose(MUTANTS, 9, seed)) for seed in (2, 3)),
      "another seed chooses others")
check(sorted({mutant.operator for mutant in choose(MUTANTS, len(NAMES), 1)}) == sorted(NAMES),
      "each operator has one before one has two")
check(len(choose(MUTANTS, 1000, 1)) == len(MUTANTS), "there are no more than there are")
check(len(set(names(MUTANTS))) == len(MUTANTS), "names are unique")

# ---- coverage ----

def block(address, *instructions):
    """A block as QEMU writes it down when it is translated, and then executed."""
    at = "\n".join(f"0x{one:016x}:  90    nop" for one in (address,) + instructions)
    return f"----------------\nIN: \n{at}\n\n{executed(address)}"


def executed(address):
    """It is executed once more."""
    return f"Trace 0: 0x7f00 [00000000/{address:016x}/0000c2b0/ff022200] \n"


ASKS, PROBE, OTHER = MODULES + 0x10, MODULES + 0x40, MODULES + 0x80
trace = Trace([(0x10, 0x10)], [(0x40, 0x10)])
trace.read("".join([
    block(0x1000),                              # somebody else's
    block(ASKS), block(0x2000, 0x2004),         # a request
    block(PROBE), executed(OTHER),              # it is probed
    block(0x3000),                              # and goes on
    block(OTHER), executed(0x1000),             # no longer a request
    executed(PROBE), block(0x4000),             # probed, for somebody else
    executed(ASKS), executed(0x2000)]).splitlines(True))
check(trace.addresses() == [0x2000, 0x2004, 0x3000], "what a request executes is known from all else")

# ---- the stand-ins ----

class Options:
    """As the command line gives them."""
    out = FOLDER
    scenarios = "smoke orders"
    library = "fast"
    seeds = 2
    run_seed = 1


class Kernel:
    """Builds nothing; a mutant's build id is its name."""

    def __init__(self):
        self.pristine = self.build = "pristine"
        self.log = "log"
        self.built = []

    def prepare(self):
        """There is nothing to copy."""

    @staticmethod
    def compiles_to_same(mutant):
        """By the operator, so that all three cases come."""
        return {"constant": True, "drop-jump": None}.get(mutant.operator, False)

    def make(self, mutant):
        """Seconds."""
        self.built.append(mutant.name)
        self.build = mutant.operator
        return 1.0


def verdicts(*failed):
    """Results of a run in which these failed."""
    return {"kernel": {"build_id": ""},
            "verdicts": [{"kind": kind, "name": name, "verdict": "fail", "found": found}
                         for kind, name, found in failed]}


LEAK = verdicts(("oracle", "leak", "3 pages are gone"), ("expectation", "x", "y"))
NOT_BOOTED = verdicts(("ending", "ending", "the kernel did not boot: it reset the machine"))
GOOD = verdicts()
ASKED = []


class Lab:
    """Runs nothing: what becomes of a kernel is decided by its name."""

    def __init__(self, _, out):
        self.out = out

    def run(self, kernel, scenario, seed, folder):
        """(exit code, results)."""
        os.makedirs(folder, exist_ok=True)
        ASKED.append((kernel, scenario, seed))
        if kernel == "pristine":
            return (1, LEAK) if (scenario, seed) == ("orders", 2) else (0, GOOD)
        return {"negate": (1, LEAK), "flag": (1, NOT_BOOTED), "step": (3, None),
                "bitwise": (1, LEAK) if scenario == "orders" else (0, GOOD)}.get(kernel, (0, GOOD))

    def compare(self, _, mutant):
        """Worse where the kernel says so."""
        worse = "logical" in mutant and mutant.endswith("smoke")
        return (1, "### worse (1)\n| cell | metric |\n|---|---|\n| plenty | success |\n") if worse else (0, "")


program.Lab = Lab
program.suite_id = lambda top: "the program"
program.build_id = judge.build_id = kernel_module.build_id = lambda path: os.path.dirname(path) or path


def run(chosen, equivalent=None):
    """({name: result}, what was built)."""
    kernel = Kernel()
    return {result["name"]: result
            for result in program.run_all(chosen, equivalent or {}, kernel, Options)}, kernel.built


def first(operator):
    """The first mutant of an operator."""
    return next(mutant for mutant in MUTANTS if mutant.operator == operator)


CHOSEN = [first(name) for name in ("negate", "flag", "step", "bitwise", "logical", "constant", "drop-jump",
                                   "arithmetic", "boundary")]
EQUIVALENT = {first("boundary").name: "a person says so"}
results, built = run(CHOSEN, EQUIVALENT)


def of(operator):
    """The verdict, and by what."""
    result = results[first(operator).name]
    return result["verdict"], result.get("by"), result.get("how")


check(of("negate") == ("killed", "smoke", "oracle leak: 3 pages are gone"), "an oracle kills")
check(of("flag")[:2] == ("not booted", "smoke"), "a kernel that does not boot is no kill")
check(of("step")[0] == "undecided", "a harness that broke twice decides nothing")
check(ASKED.count(("step", "smoke", 1)) == 2, "it is asked once more")
check(of("bitwise")[:2] == ("killed", "orders"), "the second scenario kills")
check(of("logical") == ("killed", "compare", "smoke: plenty | success"), "a comparison kills")
check(of("constant")[0] == "equivalent", "the same code is equivalent")
check(of("drop-jump")[0] == "not built", "what the compiler refuses is not built")
check(of("arithmetic")[0] == "survived", "what nobody objects to survives")
check(of("boundary") == ("equivalent", None, "a person says so"), "the list of equivalents counts")
check(("negate", "orders", 1) not in ASKED, "the first kill ends it")
check(("arithmetic", "smoke", 2) in ASKED, "survivors run further seeds")
check(("arithmetic", "orders", 2) not in ASKED, "what fails without a mutant is not asked")
check(len(built) == 6, "only what differs is built")

# ---- going on ----

check(run(CHOSEN, EQUIVALENT)[1] == [], "what was done is kept")
PATH = os.path.join(FOLDER, "results", first("negate").name.replace(":", "-") + ".json")
with open(PATH + ".part", "w", encoding="utf-8") as part:
    part.write("{")
os.remove(PATH)
again, built = run(CHOSEN, EQUIVALENT)
check(built == [first("negate").name], "what is missing is done, and half of a result is none")
check({name: result["verdict"] for name, result in again.items()}
      == {name: result["verdict"] for name, result in results.items()}, "with the same verdicts")
program.suite_id = lambda top: "another program"
check(len(run(CHOSEN, EQUIVALENT)[1]) == 6, "another program is another result")
Options.seeds = 1
check(len(run(CHOSEN, EQUIVALENT)[1]) == 6, "other options are another result")

# ---- what is killed ----

held = program.lock(FOLDER)
with subprocess.Popen(["sleep", "60"], close_fds=False) as left:
    held.close()
    with open(os.path.join(FOLDER, ".lock"), "w", encoding="ascii") as other:
        try:
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
            free = True
        except BlockingIOError:
            free = False
    left.kill()
check(not free, "what a killed one has left running keeps the folder locked")

# ---- the table ----

page = program.markdown(list(results.values()), ["- kernel: x"], {first("arithmetic").name: "because"})
check("**Score: 75 %**: of 9 mutants 3 killed, 1 survived (of all mutants between 19 and"
      " 100 %, with 95 % confidence); 2 equivalent, 1 not built, 1 undecided,"
      " 1 not booted." in page, "the score is of what was killed and what survived")
check(f"- `{first('arithmetic').name}`: because" in page, "a survivor has its reason")
check(page.count("\n| `small.c:") == 9, "each mutant has a row")
json.dumps(results)
