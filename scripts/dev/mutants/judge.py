# SPDX-License-Identifier: GPL-2.0-only
"""Runs scenarios on a mutant until one objects, and says what it was that did.

A scenario is asked only where it passes on the kernel without a mutant, with the same
seed: those runs are kept, and made once.
"""
import glob
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time

from kernel import Broke, build_id

PASS, FAIL, SKIP = 0, 1, 4
NOT_BOOTED = "the kernel did not boot"


class Lab:
    """How a scenario is run: the program, the folder that runs go to, and a cache of its
    own, as each mutant leaves things in it that nobody else has a use for."""

    def __init__(self, program, out):
        self.program, self.out = program, out
        self.environment = {**os.environ, "XDG_CACHE_HOME": os.path.join(out, "cache")}
        os.makedirs(self.environment["XDG_CACHE_HOME"], exist_ok=True)

    def run(self, kernel, scenario, seed, folder):
        """(exit code, results or None) of one run, whose folder is put into FOLDER, beside
        those of other seeds; what the lab says goes to FOLDER-sSEED.log."""
        for old in _of_seed(folder, seed):
            shutil.rmtree(old)
        os.makedirs(folder, exist_ok=True)
        with open(f"{folder}-s{seed}.log", "wb") as log:
            done = subprocess.run(
                [self.program, "lab", scenario, "--kernel", kernel, "--seed", str(seed), "--out", folder],
                stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=self.environment, check=False,
                close_fds=False)
        found = _of_seed(folder, seed)
        if len(found) != 1:
            return done.returncode, None
        with open(os.path.join(found[0], "results.json"), encoding="utf-8") as results:
            return done.returncode, json.load(results)

    def compare(self, base, mutant):
        """(exit code, text) of a comparison of two folders of runs."""
        done = subprocess.run([self.program, "compare", base, mutant, "--format", "markdown"],
                              capture_output=True, text=True, env=self.environment, check=False)
        return done.returncode, done.stdout + done.stderr


def _of_seed(folder, seed):
    """The folders of runs of a seed in a folder of runs of one scenario."""
    return [os.path.dirname(path) for path in
            glob.glob(os.path.join(glob.escape(folder), f"*-s{seed}-*", "results.json"))]


def objections(results):
    """What failed in a run, in words: how it ended, expectations, oracles."""
    said = []
    for verdict in results["verdicts"]:
        if verdict["verdict"] == "fail":
            said.append(f"{verdict['kind']} {verdict['name']}: {verdict['found']}"
                        if verdict["kind"] != "ending" else f"ending: {verdict['found']}")
    return said


class Base:
    """What scenarios do on the kernel without a mutant, kept in a folder of its own for
    each kernel and SUITE, the hash of all that judges it."""

    def __init__(self, lab, kernel, suite):
        self.lab, self.kernel = lab, kernel
        self.folder = os.path.join(lab.out, "base", f"{build_id(os.path.join(kernel, 'vmlinux'))[:12]}-{suite[:12]}")

    def runs(self, scenario):
        """The folder of its runs, one for each seed."""
        return os.path.join(self.folder, scenario)

    def seconds(self, scenario, seed):
        """Wall time of a run that passed, or None if it did not, which is run if it was
        not yet."""
        kept = f"{self.runs(scenario)}-s{seed}.json"
        if not os.path.exists(kept):
            print(f"    {scenario}, seed {seed}, on the kernel without a mutant", file=sys.stderr, flush=True)
            start = time.monotonic()
            code, _ = self.lab.run(self.kernel, scenario, seed, self.runs(scenario))
            if code not in (PASS, FAIL, SKIP):
                raise Broke(f"{scenario} on the kernel without a mutant: {self.runs(scenario)}-s{seed}.log")
            write_whole(kept, {"code": code, "seconds": round(time.monotonic() - start, 1)})
        with open(kept, encoding="utf-8") as file:
            run = json.load(file)
        return run["seconds"] if run["code"] == PASS else None


def suite_id(top):
    """A hash of the program, the module and the scenarios, which verdicts depend on."""
    told = hashlib.sha256()
    paths = [os.path.join(top, "build", "labyrinth")]
    for pattern in ("module/**", "scenarios/**/*.ini", "scripts/runtime/*", "scripts/kernel/module*"):
        paths += sorted(glob.glob(os.path.join(glob.escape(top), pattern), recursive=True))
    for path in paths:
        if os.path.isfile(path):
            with open(path, "rb") as file:
                told.update(hashlib.file_digest(file, "sha256").digest())
    return told.hexdigest()


def write_whole(path, value):
    """JSON into a file that is there as a whole or not at all."""
    part = path + ".part"
    with open(part, "w", encoding="utf-8") as out:
        json.dump(value, out, indent=1)
        out.write("\n")
        out.flush()
        os.fsync(out.fileno())
    os.rename(part, path)


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
    """The verdict of the mutant in the folder KERNEL. PLAN: fast, rest: names of
    scenarios; seeds: of the rest, and of a comparison; folder: where its runs go. A run
    that passed on the kernel without a mutant is asked; the first objection ends it."""
    expected_id = build_id(os.path.join(kernel, "vmlinux"))
    tried = 0
    steps = [(scenario, plan.seed) for scenario in plan.fast]
    steps += [(scenario, seed) for seed in plan.seeds for scenario in plan.fast + plan.rest
              if (scenario, seed) not in steps]
    undecided = None
    for scenario, seed in steps:
        if base.seconds(scenario, seed) is None:
            continue
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
    if undecided:
        return {**undecided, "runs": tried}
    found = _by_comparison(lab, base, plan, steps)
    return {**(found or {"verdict": "survived"}), "runs": tried}


def _by_comparison(lab, base, plan, steps):
    """The kernel with the mutant against the one without, scenario by scenario."""
    for scenario in dict.fromkeys(scenario for scenario, _ in steps):
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
