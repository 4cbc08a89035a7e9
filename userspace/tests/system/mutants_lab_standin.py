# SPDX-License-Identifier: GPL-2.0-only
"""A stand-in for labyrinth lab and compare, for mutants_standin.py: what becomes of a
kernel is decided by its name. It boots nothing.

usage: mutants_lab_standin.py lab SCENARIO... --kernel K --seed N [--seeds N] --out DIR [--on slurm]
       mutants_lab_standin.py lab --attach DIR
       mutants_lab_standin.py compare BASE MUTANT --format markdown

LAB_STANDIN_ASKED: a file that gets a line for each run. LAB_STANDIN_CLUSTER: what becomes
of plans of a cluster: "refused"; "lost"; "slow", a minute after each run; "first", the
same from the first run to the last; otherwise their runs are made, the last one first.
"""
import json
import os
import signal
import sys
import time


def verdicts(*failed):
    """Results of a run in which these failed."""
    return {"kernel": {"build_id": ""},
            "verdicts": [{"kind": kind, "name": name, "verdict": "fail", "found": found}
                         for kind, name, found in failed]}


LEAK = verdicts(("oracle", "leak", "3 pages are gone"), ("expectation", "x", "y"))
NOT_BOOTED = verdicts(("ending", "ending", "the kernel did not boot: it reset the machine"))
GOOD = verdicts()
MODE = os.environ.get("LAB_STANDIN_CLUSTER")


def outcome(kernel, scenario, seed):
    """(exit code, results) of a run."""
    with open(os.environ["LAB_STANDIN_ASKED"], "a", encoding="utf-8") as asked:
        asked.write(f"{kernel} {scenario} {seed}\n")
    if kernel == "pristine":
        return (1, LEAK) if (scenario, seed) == ("orders", 2) else (0, GOOD)
    return {"negate": (1, LEAK), "flag": (1, NOT_BOOTED), "step": (3, None),
            "bitwise": (1, LEAK) if scenario == "orders" else (0, GOOD)}.get(kernel, (0, GOOD))


def write(path, value):
    """JSON, with the folders that it is in."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path + ".part", "w", encoding="utf-8") as out:
        json.dump(value, out)
    os.rename(path + ".part", path)


def run(kernel, scenario, seed, out):
    """(exit code, name of the folder in OUT)."""
    code, results = outcome(kernel, scenario, seed)
    name = f"{scenario}-{kernel}-s{seed}-det"
    if results:
        write(f"{out}/{name}/results.json", results)
    return code, name


def cancelled(*_):
    """What the lab does when it is interrupted."""
    print("labyrinth: interrupted", file=sys.stderr, flush=True)
    sys.exit(3)


def follow(out):
    """The plan of a folder, until all its runs are made or given up."""
    signal.signal(signal.SIGTERM, cancelled)
    with open(f"{out}/.cluster/plan.json", encoding="utf-8") as file:
        plan = json.load(file)
    write(f"{out}/.cluster/jobs", 1)
    if MODE == "lost":
        print("labyrinth: no node can run this plan:", file=sys.stderr)
        return 3
    steps = [(scenario["name"], plan["seed"] + seed) for scenario in plan["scenarios"] for seed in range(plan["seeds"])]
    gravest = 0
    for entry, (scenario, seed) in sorted(enumerate(steps), reverse=MODE != "first"):
        path = f"{out}/.cluster/results/{entry}.json"
        if os.path.exists(path):
            continue
        code, name = run(plan["kernel"], scenario, seed, out)
        gravest = max(gravest, code)
        if code == 3:
            write(f"{out}/.cluster/attempts/{entry}.7.0", {"node": "n1", "why": "the run broke"})
        else:
            write(path, {"entry": entry, "scenario": scenario, "seed": seed, "exit": code, "folder": name,
                         "seconds": 1.0})
        if MODE in ("slow", "first"):
            time.sleep(60)
    return gravest


def lab(words):
    """An exit code."""
    options = {word[2:]: words[i + 1] for i, word in enumerate(words) if word.startswith("--")}
    if "attach" in options:
        return follow(options["attach"])
    names = words[:next(i for i, word in enumerate(words) if word.startswith("--"))]
    kernel, seed, out = options["kernel"], int(options["seed"]), options["out"]
    if "on" not in options:
        return run(kernel, names[0], seed, out)[0]
    if MODE == "refused":
        print("labyrinth: --partition: there is no 'nowhere' with nodes", file=sys.stderr)
        return 2
    os.makedirs(f"{out}/.cluster/bundles/00", exist_ok=True)
    write(f"{out}/.cluster/plan.json", {"kernel": kernel, "seed": seed, "seeds": int(options["seeds"]),
                                        "options": words[words.index("--on"):],
                                        "scenarios": [{"name": name} for name in names]})
    return follow(out)


def compare(mutant):
    """Worse where the kernel's name says so."""
    worse = "logical" in mutant and mutant.endswith("smoke")
    print("### worse (1)\n| cell | metric |\n|---|---|\n| plenty | success |\n" if worse else "")
    return int(worse)


sys.exit(compare(sys.argv[3]) if sys.argv[1] == "compare" else lab(sys.argv[2:]))
