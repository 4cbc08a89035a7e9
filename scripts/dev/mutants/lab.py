# SPDX-License-Identifier: GPL-2.0-only
"""How scenarios are run, here one after the other, and what the kernel without a mutant
does in them. cluster.py has a cluster run them."""
import glob
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time

from errors import Broke
from kernel import build_id

PASS, FAIL, BAD_INPUT, BROKE, SKIP = 0, 1, 2, 3, 4


class Lab:
    """How a scenario is run: the program, the folder that runs go to, and a cache of its
    own, as each mutant leaves things in it that nobody else has a use for."""

    # How many mutants are judged at a time, and whether their runs are made before they
    # are asked for.
    in_flight = 1
    ahead = False

    def __init__(self, program, out):
        self.program, self.out = program, out
        self.environment = {**os.environ, "XDG_CACHE_HOME": os.path.join(out, "cache")}
        os.makedirs(self.environment["XDG_CACHE_HOME"], exist_ok=True)

    def begin(self, base, steps):
        """Is told which (scenario, seed) of the kernel without a mutant are needed soon."""

    def prepare(self, base, kernel, steps, folder):  # pylint: disable=unused-argument
        """A generator that ends when run() can be asked for STEPS, (scenario, seed) each,
        of a kernel: at once, as run() runs them. FOLDER has a folder of each scenario."""
        yield from ()

    def run(self, kernel, scenario, seed, folder):
        """(exit code, results or None) of one run, whose folder is put into FOLDER, beside
        those of other seeds; what the lab says goes to FOLDER-sSEED.log."""
        for old in of_seed(folder, seed):
            shutil.rmtree(old)
        os.makedirs(folder, exist_ok=True)
        with open(f"{folder}-s{seed}.log", "wb") as log:
            done = subprocess.run(
                [self.program, "lab", scenario, "--kernel", kernel, "--seed", str(seed), "--out", folder],
                stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=self.environment, check=False,
                close_fds=False)
        return done.returncode, results_of(folder, seed)

    def compare(self, base, mutant):
        """(exit code, text) of a comparison of two folders of runs."""
        done = subprocess.run([self.program, "compare", base, mutant, "--format", "markdown"],
                              capture_output=True, text=True, env=self.environment, check=False)
        return done.returncode, done.stdout + done.stderr

    def close(self):
        """Ends what still runs."""


def of_seed(folder, seed):
    """The folders of runs of a seed in a folder of runs of one scenario."""
    return [os.path.dirname(path) for path in
            glob.glob(os.path.join(glob.escape(folder), f"*-s{seed}-*", "results.json"))]


def results_of(folder, seed):
    """The results of the run of a seed, or None if there is not one such run."""
    found = of_seed(folder, seed)
    if len(found) != 1:
        return None
    with open(os.path.join(found[0], "results.json"), encoding="utf-8") as results:
        return json.load(results)


class Base:
    """What scenarios do on the kernel without a mutant, kept in a folder of its own for
    each kernel and SUITE, the hash of all that judges it."""

    def __init__(self, lab, kernel, suite):
        self.lab, self.kernel = lab, kernel
        self.folder = os.path.join(lab.out, "base", f"{build_id(os.path.join(kernel, 'vmlinux'))[:12]}-{suite[:12]}")

    def runs(self, scenario):
        """The folder of its runs, one for each seed."""
        return os.path.join(self.folder, scenario)

    def _kept(self, scenario, seed):
        return f"{self.runs(scenario)}-s{seed}.json"

    def has(self, scenario, seed):
        """Whether it is known what comes of it."""
        return os.path.exists(self._kept(scenario, seed))

    def passes(self, scenario, seed):
        """Whether it passes, which is run if it was not yet."""
        if not self.has(scenario, seed):
            if not self.lab.ahead:
                print(f"    {scenario}, seed {seed}, on the kernel without a mutant", file=sys.stderr, flush=True)
            start = time.monotonic()
            code, _ = self.lab.run(self.kernel, scenario, seed, self.runs(scenario))
            if code not in (PASS, FAIL, SKIP):
                raise Broke(f"{scenario} on the kernel without a mutant: {self.runs(scenario)}-s{seed}.log")
            write_whole(self._kept(scenario, seed), {"code": code, "seconds": round(time.monotonic() - start, 1)})
        with open(self._kept(scenario, seed), encoding="utf-8") as file:
            return json.load(file)["code"] == PASS


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
