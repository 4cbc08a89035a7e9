# SPDX-License-Identifier: GPL-2.0-only
"""Asks scenarios what they say of a mutant until one objects, and says what it was that
did.

A scenario is asked only where it passes on the kernel without a mutant, with the same
seed. The first objection in the order of the steps is the verdict, whichever run ended
first: it is the same with runs that are made one after the other and with those that
several machines make at a time.
"""
import collections
import os

from errors import Broke
from kernel import build_id
from lab import FAIL, PASS, SKIP

NOT_BOOTED = "the kernel did not boot"


class Plan(collections.namedtuple("Plan", "fast rest seed seeds folder")):
    """What a mutant is asked. fast, rest: names of scenarios; seed: of the former; seeds:
    of the rest, and of a comparison; folder: where its runs go."""

    def waves(self):
        """Lists of (scenario, seed): of each, all are asked before any of the next."""
        first = [(scenario, self.seed) for scenario in self.fast]
        return [first, [(scenario, seed) for seed in self.seeds for scenario in self.fast + self.rest
                        if (scenario, seed) not in first]]


def objections(results):
    """What failed in a run, in words: how it ended, expectations, oracles."""
    said = []
    for verdict in results["verdicts"]:
        if verdict["verdict"] == "fail":
            said.append(f"{verdict['kind']} {verdict['name']}: {verdict['found']}"
                        if verdict["kind"] != "ending" else f"ending: {verdict['found']}")
    return said


def _killed(by, how, **more):
    return {"verdict": "killed", "by": by, "how": how, **more}


def try_scenario(lab, kernel, expected_id, run):
    """None if SCENARIO does not object with SEED, else the verdict. RUN is (scenario,
    seed, folder)."""
    scenario, seed, folder = run
    # A harness that breaks, as one whose host is short of time, is asked once more.
    for _ in range(2):
        code, results = lab.run(kernel, scenario, seed, folder)
        if code in (PASS, SKIP):
            return None if results else {"verdict": "undecided", "by": scenario, "how": "no results"}
        if code == FAIL and results:
            if results["kernel"] and results["kernel"].get("build_id") not in (None, "", expected_id):
                raise Broke(f"{folder}: it booted another kernel than the mutant's")
            said = objections(results)
            if any(NOT_BOOTED in text for text in said):
                return {"verdict": "not booted", "by": scenario, "how": said[0]}
            return _killed(scenario, said[0] if said else "its verdict", seed=seed, objections=len(said))
    return {"verdict": "undecided", "by": scenario,
            "how": f"the harness broke (exit code {code}); see {os.path.basename(folder)}-s{seed}.log"}


def judge(lab, base, kernel, plan, progress):
    """A generator that returns the verdict of the mutant in the folder KERNEL, and yields
    while others make its runs."""
    expected_id = build_id(os.path.join(kernel, "vmlinux"))
    tried = 0
    undecided = None
    for wave in plan.waves():
        yield from lab.prepare(base, kernel, wave, plan.folder)
        for scenario, seed in wave:
            if not base.passes(scenario, seed):
                continue
            if not lab.ahead:
                progress(f"{scenario}, seed {seed}")
            tried += 1
            verdict = try_scenario(lab, kernel, expected_id,
                                   (scenario, seed, os.path.join(plan.folder, scenario)))
            if verdict and verdict["verdict"] == "undecided":
                undecided = undecided or verdict
            elif verdict:
                return {**verdict, "runs": tried}
    if not tried:
        raise Broke("no scenario passes on the kernel without a mutant")
    found = undecided or _by_comparison(lab, base, plan) or {"verdict": "survived"}
    return {**found, "runs": tried}


def _by_comparison(lab, base, plan):
    """The kernel with the mutant against the one without, scenario by scenario."""
    for scenario in dict.fromkeys(scenario for wave in plan.waves() for scenario, _ in wave):
        runs = os.path.join(plan.folder, scenario)
        if not os.path.isdir(runs):
            continue
        code, text = lab.compare(base.runs(scenario), runs)
        with open(runs + ".md", "w", encoding="utf-8") as out:
            out.write(text)
        if code == FAIL:
            return _killed("compare", f"{scenario}: {_first_worse(text)}")
    return None


def _first_worse(text):
    """The first row of the table of what is worse."""
    section = ""
    for line in text.splitlines():
        if line.startswith("### "):
            section = line[4:].split()[0]
        elif section == "worse" and line.startswith("| ") and "---" not in line and "metric" not in line:
            return " ".join(line.strip("| ").split())
    return "worse"
