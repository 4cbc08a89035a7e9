# SPDX-License-Identifier: GPL-2.0-only
"""Which functions of the kernel an atomic request executes.

A guest runs coverage.ini, and QEMU writes down each block of code of the allocator and of
the module that its CPU executes. What is executed between a function of the module that
asks for or frees a block (module/apis/) and the next function of the module that does
not, is of a request. Addresses become functions, inlined ones too, by debug information
of the same objects, which are compiled once more with -g.
"""
import os
import re
import subprocess
import tempfile
import threading

from source import FILES, compile_command

# arch/x86/include/asm/pgtable_64_types.h, MODULES_VADDR, of a kernel that does not move
# itself. The lab loads one module, so that its text begins there.
MODULES = 0xffffffffa0000000
MODULES_SIZE = 1 << 20
# Functions of module/apis/ that call the allocator.
ASKS = re.compile(r"^lab_\w+_(alloc|free)$")
NOT_OF_APIS = re.compile(r"^lab_held_")
# Functions that the allocator calls, of requests and of others: what they return to is of
# whatever it was of before.
PROBES = re.compile(r"^lab_probe_")

INSTRUCTION = re.compile(r"^0x([0-9a-f]{16}): ")
EXECUTED = re.compile(r"^Trace \d+: \S+ \[[0-9a-f]+/([0-9a-f]{16})/")


class NotCovered(Exception):
    """Coverage could not be measured; the text says why."""


def _output(command, **options):
    done = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    if done.returncode:
        raise NotCovered(f"{' '.join(command[:3])}: {done.stderr.strip()[-300:]}")
    return done.stdout


def _functions(object_file):
    """{name: (offset, size)} of the functions in .text of an object; of several of one
    name none."""
    found, twice = {}, set()
    for line in _output(["objdump", "-t", object_file]).splitlines():
        words = line.split()
        if " F .text\t" in line:
            name = words[-1]
            twice |= {name} & found.keys()
            found[name] = (int(words[0], 16), int(words[-2], 16))
    return {name: place for name, place in found.items() if name not in twice}


class Object:
    """The object of one file: where its text is in the kernel, and its debug
    information."""

    def __init__(self, build, file, folder):
        self.file = file
        built = os.path.join(build, file[:-2] + ".o")
        functions = _functions(built)
        self.size = max(offset + size for offset, size in functions.values())
        self.base = self._base(build, functions)
        self.with_lines = os.path.join(folder, os.path.basename(built))
        command = [word for word in compile_command(build, file) if word != "ccache"]
        command = [word for word in command if not word.startswith("-Wp,")]
        command[command.index("-o") + 1] = self.with_lines
        _output(command[:1] + ["-g"] + command[1:], cwd=build)
        if _functions(self.with_lines) != functions:
            raise NotCovered(f"{file}: compiled with -g it is not the same code")

    @staticmethod
    def _base(build, functions):
        bases = {}
        with open(os.path.join(build, "System.map"), encoding="ascii") as symbols:
            for line in symbols:
                address, _, name = line.split()
                if name in functions:
                    base = int(address, 16) - functions[name][0]
                    bases[base] = bases.get(base, 0) + 1
        return max(bases, key=bases.get)

    def executed(self, addresses):
        """Names of the functions of the file that have one of the addresses."""
        offsets = [hex(address - self.base) for address in addresses
                   if self.base <= address < self.base + self.size]
        lines = _output(["addr2line", "-i", "-f", "-j", ".text", "-e", self.with_lines],
                        input="\n".join(offsets)).splitlines()
        return {name for name, place in zip(lines[::2], lines[1::2])
                if f"/{self.file}:" in place}


class Trace:
    """Reads what QEMU writes down, and keeps the blocks that a request executed. ASKING
    and PROBES are (offset, size) of functions in the text of the module."""

    def __init__(self, asking, probes):
        self.asking, self.probes = asking, {start for start, _ in probes}
        self.blocks = {}
        self.entered = set()
        self.asked = 0

    def read(self, log):
        """To the end of LOG, lines of in_asm and exec."""
        block, inside, probed = None, False, False
        for line in log:
            if line.startswith("Trace"):
                match = EXECUTED.match(line)
                if not match:
                    continue
                address = int(match[1], 16)
                if MODULES <= address < MODULES + MODULES_SIZE:
                    offset = address - MODULES
                    probed = offset in self.probes or probed and not self._begins(offset)
                    if not probed:
                        inside = self._asks(offset)
                        self.asked += inside
                else:
                    probed = False
                    if inside:
                        self.entered.add(address)
            elif line.startswith("0x"):
                match = INSTRUCTION.match(line)
                if match and block is not None:
                    address = int(match[1], 16)
                    if not block:
                        self.blocks[address] = block
                    block.append(address)
            elif line.startswith("IN:"):
                block = []

    def _begins(self, offset):
        return any(start == offset for start, _ in self.asking)

    def _asks(self, offset):
        return any(start <= offset < start + size for start, size in self.asking)

    def addresses(self):
        """Of all instructions in blocks that a request entered."""
        return sorted({address for entered in self.entered
                       for address in self.blocks.get(entered, [])})


def _wrapper(folder, objects, qemu):
    """A QEMU that writes down what it executes, for LABYRINTH_QEMU."""
    ranges = [f"{MODULES:#x}+{MODULES_SIZE:#x}"] + [f"{one.base:#x}+{one.size:#x}" for one in objects]
    path = os.path.join(folder, "qemu")
    with open(path, "w", encoding="ascii") as script:
        script.write(f"""#!/bin/sh
case "$*" in
*-kernel*) exec {qemu} "$@" -d in_asm,exec,nochain -dfilter {','.join(ranges)} -D {folder}/log ;;
*) exec {qemu} "$@" ;;
esac
""")
    os.chmod(path, 0o755)
    return path


def measure(top, build, guest, scenario):
    """The functions, as sorted (file, name), that requests of SCENARIO execute in the
    kernel that was built in BUILD; GUEST is the folder that guest.sh made of it."""
    with tempfile.TemporaryDirectory() as folder:
        objects = [Object(build, file, folder) for file in FILES
                   if os.path.exists(os.path.join(build, file[:-2] + ".o"))]
        of_module = _functions(os.path.join(guest, "labyrinth.ko"))
        trace = Trace([place for name, place in of_module.items()
                       if ASKS.match(name) and not PROBES.match(name) and not NOT_OF_APIS.match(name)],
                      [place for name, place in of_module.items() if PROBES.match(name)])
        os.mkfifo(f"{folder}/log")
        qemu = _wrapper(folder, objects, os.environ.get("LABYRINTH_QEMU", "qemu-system-x86_64"))
        # Opened by both sides, so that it does not end before QEMU has begun.
        held = os.open(f"{folder}/log", os.O_RDWR)
        with open(f"{folder}/log", encoding="latin-1") as log:
            reader = threading.Thread(target=trace.read, args=(log,))
            reader.start()
            try:
                done = subprocess.run(
                    [f"{top}/build/labyrinth", "lab", scenario, "--kernel", build, "--out", f"{folder}/out"],
                    env={**os.environ, "LABYRINTH_QEMU": qemu, "LABYRINTH_BOOT_ALWAYS": "1"},
                    capture_output=True, text=True, check=False)
            finally:
                os.close(held)
                reader.join()
        if done.returncode:
            raise NotCovered(f"{scenario} did not pass:\n{done.stdout[-1500:]}{done.stderr[-500:]}")
        if not trace.asked:
            raise NotCovered("no function of the module that makes requests was seen: the module is not"
                             f" at {MODULES:#x}, or the kernel moves itself (CONFIG_RANDOMIZE_BASE)")
        addresses = trace.addresses()
        return sorted((one.file, name) for one in objects for name in one.executed(addresses))
