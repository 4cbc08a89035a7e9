# SPDX-License-Identifier: GPL-2.0-only
"""Choosing and judging mutants, with a stand-in for the kernel's build and for the lab.

usage: mutants_standin.py TOP C-FILE FOLDER
"""
import fcntl
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time

TOP, TEXT, FOLDER = sys.argv[1:]
sys.path.insert(0, TOP + "/scripts/dev/mutants")

# pylint: disable=wrong-import-position
import campaign
import judge
import kernel as kernel_module
import lab as lab_module

from choose import choose
from cluster import Cluster, grids, shares
from coverage import MODULES, Trace
from errors import BadInput, Broke
from lab import Lab
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
    scenarios = "smoke orders"
    library = "fast"
    run_seed = 1

    def __init__(self, out, seeds=2):
        self.out, self.seeds = out, seeds


class Kernel:
    """Builds nothing; a mutant's build id is its operator."""

    def __init__(self, built):
        self.pristine = self.build = "pristine"
        self.log = TEXT
        self.built = built

    def prepare(self):
        """There is nothing to copy."""

    @staticmethod
    def compiles_to_same(mutant):
        """By the operator, so that all three cases come."""
        return {"constant": True, "drop-jump": None}.get(mutant.operator, False)

    def make(self, mutant):
        """Seconds, or None if it does not build."""
        self.built.append(mutant.name)
        self.build = mutant.operator
        return None if mutant.operator == "lost-counter" else 1.0


PROGRAM = os.path.join(FOLDER, "labyrinth")
ASKED = os.environ["LAB_STANDIN_ASKED"] = os.path.join(FOLDER, "asked")
os.makedirs(FOLDER)
with open(PROGRAM, "w", encoding="utf-8") as script:
    script.write(f'#!/bin/sh\nexec {sys.executable} -B {TOP}/userspace/tests/system/mutants_lab_standin.py "$@"\n')
os.chmod(PROGRAM, 0o755)


def asked():
    """The runs that were made: (kernel, scenario, seed) each."""
    with open(ASKED, encoding="utf-8") as file:
        return [(kernel, scenario, int(seed)) for kernel, scenario, seed in map(str.split, file)]


def identify(suite):
    """As if the program were this one."""
    campaign.suite_id = lambda top: suite


identify("the program")
campaign.build_id = judge.build_id = lab_module.build_id = kernel_module.build_id = \
    lambda path: os.path.dirname(path) or path


def run(chosen, equivalent, options, lab):
    """({name: result}, what was built)."""
    built = []
    kernels = [Kernel(built) for _ in range(lab.in_flight)]
    try:
        results = campaign.run_all(chosen, equivalent, kernels, options, lab, (options.scenarios.split(), []))
    finally:
        lab.close()
    check([result["name"] for result in results] == names(chosen), "results are in the order of the mutants")
    return {result["name"]: result for result in results}, built


def run_here(chosen, equivalent, options):
    """With runs on this machine."""
    return run(chosen, equivalent, options, Lab(PROGRAM, options.out))


def run_there(chosen, equivalent, options, nodes_max=None):
    """With runs on a cluster."""
    return run(chosen, equivalent, options, Cluster(PROGRAM, options.out, ["--partition", "p"], nodes_max))


def first(operator):
    """The first mutant of an operator."""
    return next(mutant for mutant in MUTANTS if mutant.operator == operator)


CHOSEN = [first(name) for name in ("negate", "flag", "step", "bitwise", "logical", "constant", "drop-jump",
                                   "arithmetic", "boundary", "lost-counter")]
EQUIVALENT = {first("boundary").name: "a person says so"}
HERE = Options(os.path.join(FOLDER, "here"))
results, built = run_here(CHOSEN, EQUIVALENT, HERE)


def of(operator):
    """The verdict, and by what."""
    result = results[first(operator).name]
    return result["verdict"], result.get("by"), result.get("how")


check(of("negate") == ("killed", "smoke", "oracle leak: 3 pages are gone"), "an oracle kills")
check(of("flag")[:2] == ("not booted", "smoke"), "a kernel that does not boot is no kill")
check(of("step")[0] == "undecided", "a harness that broke twice decides nothing")
check(asked().count(("step", "smoke", 1)) == 2, "it is asked once more")
check(of("bitwise")[:2] == ("killed", "orders"), "the second scenario kills")
check(of("logical") == ("killed", "compare", "smoke: plenty | success"), "a comparison kills")
check(of("constant")[0] == "equivalent", "the same code is equivalent")
check(of("drop-jump")[0] == "not built", "what the compiler refuses is not built")
check(of("lost-counter")[0] == "not built", "nor is what does not link")
check(of("arithmetic")[0] == "survived", "what nobody objects to survives")
check(of("boundary") == ("equivalent", None, "a person says so"), "the list of equivalents counts")
check(("negate", "orders", 1) not in asked(), "the first kill ends it")
check(("arithmetic", "smoke", 2) in asked(), "survivors run further seeds")
check(("arithmetic", "orders", 2) not in asked(), "what fails without a mutant is not asked")
check(len(built) == 7, "only what differs is built")

# ---- going on ----

check(run_here(CHOSEN, EQUIVALENT, HERE)[1] == [], "what was done is kept")
PATH = os.path.join(HERE.out, "results", campaign.file_name(first("negate")) + ".json")
with open(PATH + ".part", "w", encoding="utf-8") as part:
    part.write("{")
os.remove(PATH)
again, built = run_here(CHOSEN, EQUIVALENT, HERE)
check(built == [first("negate").name], "what is missing is done, and half of a result is none")
check({name: result["verdict"] for name, result in again.items()}
      == {name: result["verdict"] for name, result in results.items()}, "with the same verdicts")
identify("another program")
check(len(run_here(CHOSEN, EQUIVALENT, HERE)[1]) == 7, "another program is another result")
HERE.seeds = 1
check(len(run_here(CHOSEN, EQUIVALENT, HERE)[1]) == 7, "other options are another result")
identify("the program")

# ---- on a cluster ----

check(grids([("a", 1), ("b", 1), ("c", 2), ("a", 2), ("d", 1), ("d", 3)])
      == [(["a"], 1, 2), (["b", "d"], 1, 1), (["c"], 2, 1), (["d"], 3, 1)], "each run is of one plan")
for limit in range(1, 30):
    in_flight, each = shares(limit)
    check(in_flight >= 1 and each >= 1 and (in_flight == 1 or (in_flight + 1) * each <= limit) and each <= limit,
          "all plans together are on no more nodes than may be")


def told(result):
    """What a verdict says, without how long it took."""
    return {key: value for key, value in result.items() if not key.endswith("_seconds")}


def same(others):
    """Whether verdicts are those of runs on this machine."""
    return {name: told(result) for name, result in others.items()} == {name: told(result)
                                                                       for name, result in results.items()}


def plans(out):
    """What the folder has of plans, apart from what they printed."""
    return [path for path, folders, _ in os.walk(out) for name in folders if name.startswith(".plan")
            and not name.endswith(".broken")]


os.remove(ASKED)
THERE = Options(os.path.join(FOLDER, "there"))
check(same(run_there(CHOSEN, EQUIVALENT, THERE)[0]), "verdicts are those of runs on this machine")
check(("negate", "orders", 1) in asked(), "though others ended first")
check(("arithmetic", "orders", 2) not in asked(), "what fails without a mutant is not asked of a cluster either")
check(("negate", "smoke", 2) not in asked(), "a mutant that is killed has no further runs")
check(len(asked()) == len(set(asked())), "no run is made twice")
check(not plans(THERE.out), "nothing is left of plans")
check(run_there(CHOSEN, EQUIVALENT, THERE)[1] == [], "what was done is kept")
check(run_here(CHOSEN, EQUIVALENT, THERE)[1] == [], "for runs on this machine too")
for limit in (1, 3):
    out = os.path.join(FOLDER, f"few-{limit}")
    check(same(run_there(CHOSEN, EQUIVALENT, Options(out), limit)[0]), "verdicts on few nodes are the same")
LOG = os.path.join(THERE.out, "runs", campaign.file_name(first("step")), "smoke-s1.log")
with open(LOG, encoding="utf-8") as file:
    check("n1: the run broke" in file.read(), "what broke says on which nodes")

SOON = os.path.join(FOLDER, "soon")
os.remove(ASKED)
shutil.copytree(os.path.join(THERE.out, "base"), os.path.join(SOON, "base"))
os.environ["LAB_STANDIN_CLUSTER"] = "first"
began = time.monotonic()
objected = run_there([first("negate"), first("flag")], {}, Options(SOON))[0]
del os.environ["LAB_STANDIN_CLUSTER"]
check(all(told(result) == {**told(results[name]), "number": result["number"]} for name, result in objected.items()),
      "what the first run says is enough")
check(sorted(asked()) == [("flag", "smoke", 1), ("negate", "smoke", 1)] and time.monotonic() - began < 50,
      "and the others are cancelled")
check(not plans(SOON), "with their plans")

# ---- a cluster that does not do it ----


def raises(kind, mode, text):
    """What a campaign ends with."""
    os.environ["LAB_STANDIN_CLUSTER"] = mode
    out = os.path.join(FOLDER, mode)
    built = []
    lab = Cluster(PROGRAM, out, [], None)
    try:
        campaign.run_all([first("negate")], {}, [Kernel(built)], Options(out), lab, (["smoke"], []))
        return False
    except kind as error:
        return text in str(error) and not built
    finally:
        lab.close()
        del os.environ["LAB_STANDIN_CLUSTER"]


check(raises(BadInput, "refused", "there is no 'nowhere' with nodes"), "what the lab refuses is bad input, at once")
check(raises(Broke, "lost", "no node can run this plan"), "what was not begun says nothing of a mutant")
check(not os.path.exists(os.path.join(FOLDER, "lost", "results", campaign.file_name(first("negate")) + ".json")),
      "and has no result")


def interrupted(lab):
    """It is told to end, when the runs of all mutants of a time are on their way."""
    def wait():
        end = time.monotonic() + 60
        while sum("pristine" != kernel for kernel, _, _ in asked()) < lab.in_flight and time.monotonic() < end:
            time.sleep(0.1)
        os.kill(os.getpid(), signal.SIGTERM)

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    threading.Thread(target=wait).start()
    try:
        run(CHOSEN, EQUIVALENT, Options(lab.out), lab)
        return False
    except KeyboardInterrupt:
        return True


CUT = os.path.join(FOLDER, "cut")
os.remove(ASKED)
shutil.copytree(os.path.join(THERE.out, "base"), os.path.join(CUT, "base"))
os.environ["LAB_STANDIN_CLUSTER"] = "slow"
with open(ASKED, "w", encoding="utf-8"):
    pass
lab = Cluster(PROGRAM, CUT, [], None)
check(interrupted(lab), "it is interrupted")
check(all(follower.process.returncode == 3 for follower in lab.followers.values())
      and len(lab.followers) == lab.in_flight,
      "and has the lab cancel its jobs")
check(len(plans(CUT)) == lab.in_flight, "what is done of plans stays")
del os.environ["LAB_STANDIN_CLUSTER"]
before = asked()
check(same(run_there(CHOSEN, EQUIVALENT, Options(CUT))[0]), "the same command goes on to the same verdicts")
# A run that the harness broke is asked for again.
check(all(asked().count(run) == 1 for run in before if run[0] != "step"), "and has no run made again")
check(not plans(CUT), "until nothing is left of plans")

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
check("**Score: 75 %**: of 10 mutants 3 killed, 1 survived (of all mutants between 19 and"
      " 100 %, with 95 % confidence); 2 equivalent, 2 not built, 1 undecided,"
      " 1 not booted." in page, "the score is of what was killed and what survived")
check(f"- `{first('arithmetic').name}`: because" in page, "a survivor has its reason")
check(page.count("\n| `small.c:") == 10, "each mutant has a row")
json.dumps(results)
