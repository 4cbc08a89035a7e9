# SPDX-License-Identifier: GPL-2.0-only
"""Scenarios that a cluster runs: labyrinth lab --on slurm.

Runs that are needed together are a plan of the lab, in a folder of its own beside
those of their scenarios. While a process of the lab follows a plan, others are followed
and the next mutant is built. What came of a plan is copied to where a run on this
machine would be, and the plan is removed. When a run objects and all those that are
asked before it are over, the others are cancelled. A plan that is found when nobody
follows it, as the one who did was killed, is taken up again.
"""
import collections
import glob
import json
import os
import shutil
import signal
import subprocess
import sys
import time

from errors import BadInput, Broke
from lab import BAD_INPUT, BROKE, FAIL, PASS, SKIP, Lab, of_seed, results_of, write_whole

# Mutants that are judged at a time, each with a copy of the kernel's build folder.
IN_FLIGHT = 4
# Within these the lab cancels its jobs.
CANCEL_SECONDS = 60
# Between looks at whether a plan was submitted.
LOOK_SECONDS = 0.2

Follower = collections.namedtuple("Follower", "process steps")


def shares(nodes_max):
    """(mutants that are judged at a time, --nodes-max of each plan or None) so that all
    plans together are on no more nodes than that: one is of the kernel without a mutant."""
    if not nodes_max:
        return IN_FLIGHT, None
    in_flight = max(1, min(IN_FLIGHT, nodes_max - 1))
    # The only mutant waits for the kernel without it.
    return in_flight, nodes_max if in_flight == 1 else nodes_max // (in_flight + 1)


def grids(steps):
    """[(scenarios, first seed, number of seeds)] that between them have each of STEPS once
    and no other: what one plan of the lab can have."""
    seeds = {}
    for scenario, seed in steps:
        seeds.setdefault(scenario, set()).add(seed)
    found = {}
    for scenario, of_scenario in seeds.items():
        for first in sorted(seed for seed in of_scenario if seed - 1 not in of_scenario):
            count = 1
            while first + count in of_scenario:
                count += 1
            found.setdefault((first, count), []).append(scenario)
    return [(scenarios, first, count) for (first, count), scenarios in found.items()]


def _inside(plan, *names):
    """A path of what the lab keeps of a plan: userspace/cluster/cluster_plan.h."""
    return os.path.join(plan, ".cluster", *names)


def _read(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def _steps_of(plan):
    """The runs that a plan has, by their number in it; None if it is not whole."""
    try:
        json_plan = _read(_inside(plan, "plan.json"))
    except FileNotFoundError:
        return None
    seeds = range(json_plan["seed"], json_plan["seed"] + json_plan["seeds"])
    return [(scenario["name"], seed) for scenario in json_plan["scenarios"] for seed in seeds]


def _whose(folder):
    """What runs of a folder are of, in words."""
    kind, name = folder.split(os.sep)[-2:]
    return "the kernel without a mutant" if kind == "base" else name


def _said(log, lines):
    """The last lines of what the lab printed."""
    with open(log, encoding="utf-8", errors="replace") as file:
        return "\n".join(line.rstrip("\n") for line in collections.deque(file, lines))


class Cluster(Lab):
    """As Lab, but prepare() has a cluster make the runs that run() is then asked for.
    OPTIONS: how jobs are submitted, as the lab takes it; NODES_MAX: see shares()."""

    ahead = True

    def __init__(self, program, out, options, nodes_max):
        super().__init__(program, out)
        self.in_flight, each = shares(nodes_max)
        self.options = ["--on", "slurm", *options] + (["--nodes-max", str(each)] if each else [])
        self.followers = {}
        # Plans whose other runs are not needed any more.
        self.cut = set()
        # (step, exit code) of each result that was read while others were waited for.
        self.codes = {}
        # Runs that the harness broke as often as the lab tries: (folder, scenario, seed).
        self.broken = set()

    # ---- plans ----

    def _follow(self, plan, arguments, steps):
        with open(plan + ".log", "ab") as log:
            # Not in the group of this process: what a terminal interrupts is told once.
            process = subprocess.Popen(  # pylint: disable=consider-using-with
                [self.program, "lab", *arguments], stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                env=self.environment, close_fds=False, process_group=0)
        self.followers[plan] = Follower(process, steps)
        return plan

    def _submit(self, kernel, grid, folder):
        scenarios, seed, seeds = grid
        number = 1
        while os.path.exists(os.path.join(folder, f".plan-{number}.log")):
            number += 1
        print(f"    {_whose(folder)}: jobs for {' '.join(scenarios)}, " + (
            f"seeds {seed} to {seed + seeds - 1}" if seeds > 1 else f"seed {seed}"), file=sys.stderr, flush=True)
        plan = os.path.join(folder, f".plan-{number}")
        return self._follow(plan, [*scenarios, "--kernel", kernel, "--seed", str(seed), "--seeds", str(seeds),
                                   "--out", plan, *self.options],
                            [(scenario, one) for scenario in scenarios for one in range(seed, seed + seeds)])

    def _begun(self, folder):
        """Plans of a folder that are followed, those that were left behind among them."""
        found = []
        for plan in sorted(glob.glob(os.path.join(glob.escape(folder), ".plan-*[0-9]"))):
            steps = None if plan in self.followers else _steps_of(plan)
            if plan not in self.followers and not steps:
                # Its command was killed before it was a plan: nothing was submitted.
                shutil.rmtree(plan)
                continue
            found.append(plan if plan in self.followers else self._follow(plan, ["--attach", plan], steps))
        return found + [plan for plan in self.followers
                        if os.path.dirname(plan) == folder and plan not in found]

    def _begin(self, kernel, steps, folder):
        """Plans that have those of STEPS which are not there."""
        os.makedirs(folder, exist_ok=True)
        plans = self._begun(folder)
        has = {step for plan in plans for step in self.followers[plan].steps}
        missing = [step for step in steps if step not in has and not self._is_known(folder, *step)]
        return plans + [self._submit(kernel, grid, folder) for grid in grids(missing)]

    # ---- what came of them ----

    @staticmethod
    def _record(folder, scenario, seed):
        """As a base keeps it."""
        return os.path.join(folder, f"{scenario}-s{seed}.json")

    def _is_known(self, folder, scenario, seed):
        return (folder, scenario, seed) in self.broken or os.path.exists(self._record(folder, scenario, seed))

    def _copy_run(self, plan, result):
        """To where a run on this machine would be."""
        folder = os.path.join(os.path.dirname(plan), result["scenario"])
        os.makedirs(folder, exist_ok=True)
        for old in of_seed(folder, result["seed"]):
            shutil.rmtree(old)
        to = os.path.join(folder, result["folder"])
        shutil.rmtree(to + ".part", ignore_errors=True)
        shutil.copytree(os.path.join(plan, result["folder"]), to + ".part", symlinks=True)
        os.rename(to + ".part", to)
        write_whole(self._record(os.path.dirname(plan), result["scenario"], result["seed"]),
                    {"code": result["exit"], "seconds": result["seconds"]})

    def _check_end(self, plan, code, without):
        """Raises what ended a plan before its runs were over. WITHOUT: numbers of runs that
        have no result."""
        begun = {int(os.path.basename(path).split(".")[0]) for path in glob.glob(_inside(glob.escape(plan), "attempts", "*"))}
        log = plan + ".log"
        if code == BAD_INPUT:
            raise BadInput(_said(log, 5))
        if code != BROKE or not without <= begun:
            raise Broke(f"runs on the cluster did not come to an end (exit code {code}): {_said(log, 5)}")

    def _tell_broken(self, plan, entry, step):
        folder = os.path.dirname(plan)
        self.broken.add((folder, *step))
        with open(os.path.join(folder, f"{step[0]}-s{step[1]}.log"), "w", encoding="utf-8") as log:
            log.write(f"given up by the cluster; {plan}.broken/.cluster/log has what its tasks printed\n")
            for path in sorted(glob.glob(_inside(glob.escape(plan), "attempts", f"{entry}.*"))):
                attempt = _read(path)
                log.write(f"{attempt['node']}: {attempt['why'] or 'killed'}\n")

    def _gather(self, plan):
        """Takes what came of a plan whose process ended."""
        follower = self.followers.pop(plan, None)
        if not follower:
            return
        code = follower.process.returncode
        results = {result["entry"]: result for result in
                   map(_read, glob.glob(_inside(glob.escape(plan), "results", "*.json")))}
        entries = dict(enumerate(_steps_of(plan) or follower.steps))
        if plan in self.cut:
            entries = {entry: entries[entry] for entry in results}
        without = set(entries) - set(results)
        if without:
            self._check_end(plan, code, without)
        for entry, step in entries.items():
            if entry in results and results[entry]["exit"] in (PASS, FAIL, SKIP):
                self._copy_run(plan, results[entry])
            else:
                without.add(entry)
                self._tell_broken(plan, entry, step)
        if without:
            shutil.rmtree(_inside(plan, "bundles"))
            shutil.rmtree(plan + ".broken", ignore_errors=True)
            os.rename(plan, plan + ".broken")
        else:
            # Tasks that were cancelled may still be about to end there.
            os.rename(plan, plan + ".done")
            shutil.rmtree(plan + ".done", ignore_errors=plan in self.cut)
        self.cut.discard(plan)
        self.codes = {path: code for path, code in self.codes.items() if not path.startswith(plan + os.sep)}

    def _objects(self, plans, steps, folder):
        """Whether a run of STEPS failed, and all before it are over: nothing that comes
        after it is asked."""
        codes = {}
        for plan in plans:
            for path in glob.glob(_inside(glob.escape(plan), "results", "*.json")):
                if path not in self.codes:
                    result = _read(path)
                    self.codes[path] = (result["scenario"], result["seed"]), result["exit"]
                step, code = self.codes[path]
                codes[step] = code
        for step in steps:
            record = self._record(folder, *step)
            code = codes.get(step) if step in codes or not os.path.exists(record) else _read(record)["code"]
            if code not in (PASS, SKIP):
                return code == FAIL
        return False

    def _have(self, kernel, steps, folder, until_objection=False):
        plans = self._begin(kernel, steps, folder)
        for plan in plans:
            while plan in self.followers and self.followers[plan].process.poll() is None:
                if until_objection and plan not in self.cut and self._objects(plans, steps, folder):
                    self._cut(plans)
                yield
            self._gather(plan)

    def _cut(self, plans):
        for plan in plans:
            if plan in self.followers and self.followers[plan].process.poll() is None:
                self.cut.add(plan)
                self.followers[plan].process.send_signal(signal.SIGTERM)

    # ---- as Lab ----

    def begin(self, base, steps):
        """Runs of the kernel without a mutant are made while the first one is built. What
        the lab refuses it refuses before that."""
        for plan in self._begin(base.kernel, [step for step in steps if not base.has(*step)], base.folder):
            process = self.followers[plan].process
            while process.poll() is None and not os.path.exists(_inside(plan, "jobs")):
                time.sleep(LOOK_SECONDS)
            if process.returncode:
                self._gather(plan)

    def prepare(self, base, kernel, steps, folder):
        yield from self._have(base.kernel, [step for step in steps if not base.has(*step)], base.folder)
        yield from self._have(kernel, [step for step in steps if base.passes(*step)], folder, True)

    def run(self, kernel, scenario, seed, folder):
        """What came of one that was prepared."""
        record = self._record(os.path.dirname(folder), scenario, seed)
        if not os.path.exists(record):
            return BROKE, None
        return _read(record)["code"], results_of(folder, seed)

    def close(self):
        """Has the jobs of all plans cancelled; what is done of them is kept."""
        running = [follower.process for follower in self.followers.values() if follower.process.poll() is None]
        for process in running:
            # Not SIGINT, which what is started in the background ignores.
            process.send_signal(signal.SIGTERM)
        end = time.monotonic() + CANCEL_SECONDS
        for process in running:
            try:
                process.wait(max(0, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                print("mutants.sh: a process of the lab has not cancelled its jobs yet; it goes on to do so",
                      file=sys.stderr, flush=True)
