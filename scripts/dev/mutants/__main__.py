# SPDX-License-Identifier: GPL-2.0-only
"""Mutation testing of the suite; ../mutants.sh calls it, and says how it is used."""
import argparse
import fcntl
import os
import re
import signal
import subprocess
import sys

from campaign import run_all, say
from choose import choose
from cluster import Cluster
from coverage import NotCovered, measure
from errors import BadInput, Broke
from kernel import Kernel, build_id
from lab import Lab
from operators import NAMES, OPERATORS, mutants_of
from source import FILES, NotParsed, compile_command, read_kernel
from table import markdown

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))

FUNCTIONS = os.path.join(HERE, "functions.list")
REASONS = os.path.join(TOP, "scenarios", "mutants.list")
# Scenarios of some seconds each that between them have every interface, context and
# oracle, sorted by the seconds that they take; the last three take longer.
FAST = ("ring-refill kswapd-wake mempool-reserve reserve-recovery nested-contexts inject-slab orders"
        " numa-thisnode page-frag-pinning smoke reserve-depth highatomic-use proof default")
# In them nothing is measured that the rest does not measure too, or they are slow.
NOT_OF_REST = re.compile(r"victim-|shapes-|soak")
# Mutants that are tried unless it is said how many.
COUNT = 60
PASS, FAIL, BAD_INPUT, BROKE = 0, 1, 2, 3


# ---- what is kept under version control -------------------------------------------

def rows(path, columns):
    """(number of the line, fields) of a list whose fields are separated by |."""
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            line = line.strip()
            if not line or line.startswith("#"):
                continue
            fields = [field.strip() for field in line.split(" | ")]
            if len(fields) != columns or not all(fields):
                raise BadInput(f"{path}:{number}: {len(fields)} fields; a line has {columns},"
                               " with ' | ' between them")
            yield number, fields


def covered_functions():
    """Names of the functions that are mutated."""
    return {fields[1] for _, fields in rows(FUNCTIONS, 2)}


def looked_at(mutants):
    """({name: reason} of equivalent mutants, {name: reason} of survivors) of the list,
    for those of MUTANTS. A row is of a change: where the kernel's text is another one
    now, it has to be looked at once more, and counts no longer."""
    known = {mutant.name: mutant for mutant in mutants}
    found = {"equivalent": {}, "survivor": {}}
    for number, (kind, name, change, reason) in rows(REASONS, 4):
        if kind not in found:
            raise BadInput(f"{REASONS}:{number}: '{kind}'; there are equivalent and survivor")
        mutant = known.get(name)
        if mutant and change != f"{mutant.before()} -> {mutant.after()}".replace(" | ", " |"):
            say(f"{REASONS}:{number}: {name} is now {mutant.before()} -> {mutant.after()}; the row is left out")
        elif mutant:
            found[kind][name] = reason
    return found["equivalent"], found["survivor"]


# ---- the kernel --------------------------------------------------------------------

def kernel_sh(command, spec):
    """What kernel.sh prints."""
    done = subprocess.run([f"{TOP}/scripts/runtime/kernel.sh", command, spec], stdout=subprocess.PIPE,
                          text=True, check=False)
    if done.returncode:
        raise BadInput(f"'{spec}' is no kernel that can be mutated: it has to be built from source here,"
                       " as source:6.12 is") if done.returncode == 2 else Broke(f"kernel.sh {command} {spec}")
    return done.stdout.strip()


def all_mutants(tree, pristine):
    """Those of the functions that requests execute, in the order of the files."""
    covered = covered_functions()
    if any("clang" in word for word in compile_command(pristine, FILES[0])[:2]):
        raise BadInput("a kernel that clang compiles is linked as a whole for each mutant: give one of gcc's")
    return [mutant for source in read_kernel(tree, pristine) for function in source.functions.values()
            if function.name in covered for mutant in mutants_of(source, function)]


def chosen_of(mutants, options):
    """Those that are named, or those of the seed."""
    if not options.only:
        return choose(mutants, options.count or COUNT, options.seed)
    known = {mutant.name: mutant for mutant in mutants}
    for name in options.only:
        if name not in known:
            raise BadInput(f"there is no mutant '{name}'; --list prints them")
    return [known[name] for name in dict.fromkeys(options.only)]


def library():
    """The scenarios that "all" means, without FAST, those of fewest seconds first."""
    takes = {}
    folder = os.path.join(TOP, "scenarios")
    for name in sorted(os.listdir(folder)):
        if name.endswith(".ini") and not NOT_OF_REST.search(name):
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                text = file.read()
            seconds = re.search(r"^takes = (\d+)s$", text, re.M)
            if not re.search(r"^by-name = Y", text, re.M):
                takes[name[:-4]] = int(seconds[1]) if seconds else 60
    return sorted(takes, key=takes.get)


# ---- the page ----------------------------------------------------------------------

def about(options, kernel, command, chosen, mutants):
    """Lines of the table: of what, by which command, and how."""
    functions = len({(one.file, one.function) for one in mutants})
    by = "named one by one" if options.only else f"chosen by seed {options.seed}"
    release = subprocess.run(["make", "-s", "-C", kernel.tree, "kernelversion"], capture_output=True,
                             text=True, check=False).stdout.strip()
    seeds = f"seeds {options.run_seed} to {options.run_seed + options.seeds - 1}"
    return [f"- kernel: {options.kernel}, {release}, build id {build_id(os.path.join(kernel.pristine, 'vmlinux'))}",
            f"- mutants: {len(chosen)} of the {len(mutants)} that {functions} functions have, {by}",
            f"- command: `{command}`",
            f"- asked first, until one objects: {', '.join(options.scenarios.split())}, seed {options.run_seed}",
            "- survivors: " + ("the rest of the library too" if options.library == "all" else "the same scenarios")
            + f", {seeds}, and compared with the kernel without a mutant"]


# ---- the command -------------------------------------------------------------------

def number(low, high):
    """The type of an option that is a number in a range."""
    def parse(text):
        if not re.fullmatch(r"[0-9]{1,9}", text) or not low <= int(text) <= high:
            raise argparse.ArgumentTypeError(f"'{text}'; a number from {low} to {high} is allowed")
        return int(text)
    return parse


def slurm_name(text):
    """The type of an option that is a name of Slurm's, as the lab takes it."""
    if not text or text.startswith("-") or re.search(r"[\s'\"\\;|&$<>]", text):
        raise argparse.ArgumentTypeError(f"a name is allowed, not '{text}'")
    return text


def check_cluster(options, out_given):
    """That options of a cluster are with --on, and what that takes."""
    if options.on and not out_given:
        raise BadInput("--on takes --out: a folder that this machine and all nodes have by the same path")
    if not options.on and (options.partition or options.account or options.nodes_max):
        raise BadInput("--partition, --account and --nodes-max are for runs on a cluster: they take --on slurm")


def parse(arguments):
    """The options; exits 2 for what is wrong."""
    parser = argparse.ArgumentParser(
        prog="mutants.sh", add_help=False, allow_abbrev=False,
        usage="mutants.sh [OPTION...]; see --help")
    parser.add_argument("--count", type=number(1, 100000))
    parser.add_argument("--seed", type=number(0, 999999999), default=1)
    parser.add_argument("--kernel", default="source:6.12")
    parser.add_argument("--out")
    parser.add_argument("--only", action="append", default=[])
    parser.add_argument("--scenarios", default=FAST)
    parser.add_argument("--library", choices=("all", "fast"), default="all")
    parser.add_argument("--seeds", type=number(1, 100), default=3)
    parser.add_argument("--run-seed", type=number(1, 999999), default=1)
    parser.add_argument("--table")
    parser.add_argument("--on", choices=("slurm",))
    parser.add_argument("--partition", type=slurm_name)
    parser.add_argument("--account", type=slurm_name)
    parser.add_argument("--nodes-max", type=number(1, 100000))
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--operators", action="store_true")
    parser.add_argument("--cover", action="store_true")
    options = parser.parse_args(arguments)
    check_cluster(options, options.out)
    options.out = os.path.abspath(options.out or os.path.join(TOP, "build", "mutants"))
    known = {name[:-4] for name in os.listdir(os.path.join(TOP, "scenarios")) if name.endswith(".ini")}
    unknown = [name for name in options.scenarios.split() if name not in known]
    if unknown or not options.scenarios.split():
        raise BadInput(f"--scenarios: there is no scenario '{' '.join(unknown)}'; labyrinth list scenarios has them")
    return options


def lab_of(options):
    """Where scenarios are run."""
    program = f"{TOP}/build/labyrinth"
    if not options.on:
        return Lab(program, options.out)
    # One that is told to end has its jobs cancelled too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    names = [("--partition", options.partition), ("--account", options.account)]
    return Cluster(program, options.out, [part for name in names if name[1] for part in name], options.nodes_max)


def cover(options, pristine):
    """Prints the list of functions."""
    guest = subprocess.run([f"{TOP}/scripts/runtime/guest.sh", pristine], stdout=subprocess.PIPE, text=True, check=False)
    if guest.returncode:
        raise Broke("guest.sh")
    print("# SPDX-License-Identifier: GPL-2.0-only\n#\n# Functions of the allocator that an atomic request"
          " executes, or giving back what it\n# got, those that the compiler puts into others too."
          " Made by\n#\tscripts/dev/mutants.sh --cover --kernel " + options.kernel + "\n")
    for file, name in measure(TOP, pristine, guest.stdout.strip(), os.path.join(HERE, "coverage.ini")):
        print(f"{file} | {name}")


def lock(folder):
    """Keeps others out of the folder until this process ends, and what it has started:
    where it is killed, a build or a guest may go on."""
    os.makedirs(folder, exist_ok=True)
    held = open(os.path.join(folder, ".lock"), "w", encoding="ascii")  # pylint: disable=consider-using-with
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        say(f"waiting for another mutants.sh that is at work in {folder}, or for what one has left running")
        fcntl.flock(held, fcntl.LOCK_EX)
    os.set_inheritable(held.fileno(), True)
    return held


def write_tables(options, text):
    """To OUT/MUTANTS.md, and where --table says."""
    for path in filter(None, (os.path.join(options.out, "MUTANTS.md"), options.table)):
        with open(path + ".part", "w", encoding="utf-8") as page:
            page.write(text)
        os.rename(path + ".part", path)
        say(f"written: {path}")


def main(arguments):
    """Does what the options say; returns the exit code."""
    options = parse(arguments)
    if options.operators:
        for name, what, _ in OPERATORS:
            print(f"{name:<14} {what}")
        return PASS
    pristine, tree = kernel_sh("path", options.kernel), kernel_sh("source", options.kernel)
    if options.cover:
        cover(options, pristine)
        return PASS
    mutants = all_mutants(tree, pristine)
    if options.list:
        for mutant in sorted(chosen_of(mutants, options) if options.only or options.count else mutants,
                             key=lambda mutant: (mutant.file, mutant.start, NAMES.index(mutant.operator))):
            print(f"{mutant.name} | {mutant.line} | {mutant.before()} -> {mutant.after()}")
        return PASS
    chosen = chosen_of(mutants, options)
    equivalent, survivors = looked_at(mutants)
    held = lock(options.out)
    say(f"{len(chosen)} of {len(mutants)} mutants of {len({(one.file, one.function) for one in mutants})} functions")
    lab = lab_of(options)
    kernels = [Kernel(tree, pristine, os.path.join(options.out, "kernel" + (f"-{place}" if place > 1 else "")))
               for place in range(1, max(1, min(lab.in_flight, len(chosen))) + 1)]
    fast = options.scenarios.split()
    rest = [name for name in library() if name not in fast] if options.library == "all" else []
    try:
        results = run_all(chosen, equivalent, kernels, options, lab, (fast, rest))
    finally:
        lab.close()
    command = " ".join(["scripts/dev/mutants.sh"] + [f"'{word}'" if " " in word else word for word in arguments])
    write_tables(options, markdown(results, about(options, kernels[0], command, chosen, mutants), survivors))
    held.close()
    return FAIL if any(result["verdict"] == "undecided" for result in results) else PASS


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except BadInput as bad:
        say(f"mutants.sh: {bad}")
        sys.exit(BAD_INPUT)
    except (Broke, NotParsed, NotCovered, OSError) as broke:
        say(f"mutants.sh: {broke}")
        sys.exit(BROKE)
    except KeyboardInterrupt:
        say("mutants.sh: interrupted; what was done is kept, the same command goes on")
        sys.exit(130)
