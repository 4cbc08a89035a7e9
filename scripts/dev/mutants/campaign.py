# SPDX-License-Identifier: GPL-2.0-only
"""Builds and judges mutants: one after the other, or several at a time while a cluster
makes their runs. Mutants are built here, one at a time, each in a folder that is its own
until it is judged."""
import collections
import hashlib
import json
import os
import re
import shutil
import sys
import time

from judge import Plan, judge
from kernel import build_id
from lab import Base, suite_id, write_whole
from table import percent, score

# Between looks at what a cluster has done.
POLL_SECONDS = 0.5

Asked = collections.namedtuple("Asked", "options fast rest pristine_id suite lab base")


def say(text):
    """A line to the terminal, at once."""
    print(text, file=sys.stderr, flush=True)


def key_of(mutant, asked):
    """What a result depends on: another of these makes it a result of something else."""
    options = asked.options
    parts = [mutant.name, mutant.before(), mutant.after(), asked.pristine_id, asked.suite, options.scenarios,
             options.library, str(options.seeds), str(options.run_seed)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def file_name(mutant):
    """Its name, for files."""
    return re.sub(r"[^A-Za-z0-9_.-]", "-", mutant.name)


def described(mutant, verdict):
    """A result: what the mutant is, and the verdict."""
    return {"name": mutant.name, "file": mutant.file, "function": mutant.function,
            "operator": mutant.operator, "line": mutant.line, "before": mutant.before(),
            "after": mutant.after(), **verdict}


def read_result(path, key):
    """A result that is kept, if it is of the same."""
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            result = json.load(file)
        if result["key"] == key:
            return result
    return None


def make_folder(folder, mark):
    """The folder of a mutant's runs, with those of an earlier call if they are of the same
    kernel and suite, of which MARK tells."""
    path = os.path.join(folder, ".of")
    if os.path.exists(path):
        with open(path, encoding="utf-8") as kept:
            if kept.read() == mark:
                return
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    with open(path, "w", encoding="utf-8") as kept:
        kept.write(mark)


def try_mutant(mutant, kernel, asked, progress):
    """A generator that builds it and returns what is said of it, and yields while others
    make its runs."""
    options = asked.options
    kernel.prepare()
    same = kernel.compiles_to_same(mutant)
    if same is None:
        return {"verdict": "not built", "how": "the compiler refuses it"}
    if same:
        return {"verdict": "equivalent", "how": "the compiler makes the same code of it"}
    plan = Plan(asked.fast, asked.rest, options.run_seed,
                range(options.run_seed, options.run_seed + options.seeds),
                os.path.join(options.out, "runs", file_name(mutant)))
    asked.lab.begin(asked.base, plan.waves()[0])
    progress("building")
    seconds = kernel.make(mutant)
    if seconds is None:
        log = os.path.join(options.out, "runs", file_name(mutant) + ".build.log")
        os.makedirs(os.path.dirname(log), exist_ok=True)
        shutil.copyfile(kernel.log, log)
        return {"verdict": "not built", "how": f"see {os.path.basename(log)}"}
    make_folder(plan.folder, f"{key_of(mutant, asked)} {build_id(os.path.join(kernel.build, 'vmlinux'))}\n")
    start = time.monotonic()
    verdict = yield from judge(asked.lab, asked.base, kernel.build, plan, progress)
    return {**verdict, "build_seconds": round(seconds, 1), "run_seconds": round(time.monotonic() - start, 1)}


def side_by_side(begin, count, places):
    """Advances generators, of which BEGIN(number, place) makes one for each number up to
    COUNT; a place is one generator's at a time. Yields (number, what it returned) as they
    end. One that begins is advanced until it waits, so that what it does before is done
    by one at a time."""
    waiting = collections.deque(range(count))
    free = collections.deque(places)
    active = {}
    while waiting or active:
        began = waiting and free
        if began:
            number, place = waiting.popleft(), free.popleft()
            active[number] = (begin(number, place), place)
        ended = []
        for number, (generator, place) in active.items():
            try:
                next(generator)
            except StopIteration as end:
                ended.append((number, place, end.value))
        for number, place, value in ended:
            del active[number]
            free.appendleft(place)
            yield number, value
        if not began and not ended:
            time.sleep(POLL_SECONDS)


def run_all(mutants, equivalent, kernels, options, lab, lists):
    """Results of all in the order of MUTANTS, those that are kept from an earlier call
    among them. KERNELS: in which they are built, one for each that is judged at a time;
    LISTS: names of scenarios that are asked first, and of those that survivors run too."""
    pristine = kernels[0].pristine
    suite = suite_id(os.path.dirname(os.path.dirname(lab.program)))
    asked = Asked(options, *lists, build_id(os.path.join(pristine, "vmlinux")), suite, lab,
                  Base(lab, pristine, suite))
    results = {}
    os.makedirs(os.path.join(options.out, "results"), exist_ok=True)

    def one(index, kernel):
        mutant = mutants[index]
        path = os.path.join(options.out, "results", file_name(mutant) + ".json")
        key = key_of(mutant, asked)
        result = read_result(path, key)
        head = f"{index + 1}/{len(mutants)}"
        if mutant.name in equivalent:
            return described(mutant, {"verdict": "equivalent", "how": equivalent[mutant.name]})
        if not result:
            say(f"{head} {mutant.name}: line {mutant.line}: {mutant.before()} -> {mutant.after()}")
            verdict = yield from try_mutant(mutant, kernel, asked, lambda text: say(f"    {head}: {text}"))
            result = {**described(mutant, verdict), "key": key, "number": index + 1}
            write_whole(path, result)
        return result

    for index, result in side_by_side(one, len(mutants), kernels):
        results[index] = result
        say(f"{index + 1}/{len(mutants)} {result['name']}: {result['verdict']}"
            + "".join(f": {result[part]}" for part in ("by", "how") if result.get(part)))
        killed, survived = score(list(results.values()))
        say(f"  so far {killed} killed, {survived} survived: {percent(killed, survived)}")
    return [results[index] for index in sorted(results)]
