# SPDX-License-Identifier: GPL-2.0-only
"""Frames of an x86-64 kernel in gdb, without debug information.

The kernel has tables of its own from which it unwinds its stack (ORC:
arch/x86/include/asm/orc_types.h), and they are in its memory. gdb asks this for frames
of the kernel. Frames of the module it unwinds by the debug information of that, which
knows more registers; but not where an interrupt came, as it takes the address of such
a frame for a return address.

To be set before by whoever loads this:
LABYRINTH_RELEASE   the kernel's release
LABYRINTH_SECTIONS  "NAME 0xADDRESS" of each section of the module in memory, a line each
LABYRINTH_MODULE    the file of the module
"""
import struct

import gdb
from gdb.unwinder import Unwinder

# pylint: disable=undefined-variable
RELEASE = tuple(int(n) for n in LABYRINTH_RELEASE.split("-")[0].split(".")[:2])  # noqa: F821
SECTIONS = {name: int(at, 16) for name, at in (line.split() for line in LABYRINTH_SECTIONS.split("\n") if line)}  # noqa: F821

NAMES = {2: "rdx", 3: "rdi", 4: "rbp", 5: "rsp", 6: "r10", 7: "r13"}
UNDEFINED, PREVIOUS_SP, BP, BP_INDIRECT, SP_INDIRECT = 0, 1, 4, 8, 9
UNDEFINED_FRAME, END, CALL, REGS, PARTIAL = range(5)
# struct pt_regs of arch/x86/include/asm/ptrace.h; "" is not a register.
PT_REGS = "r15 r14 r13 r12 rbp rbx r11 r10 r9 r8 rax rcx rdx rsi rdi".split() + ["", "rip", "", "", "rsp"]
MASK = (1 << 64) - 1
# More than stacks are apart.
APART = 1 << 42


def symbol(name):
    return int(gdb.parse_and_eval("(unsigned long)&" + name)) & MASK


def read(address, form):
    size = struct.calcsize(form)
    return struct.unpack(form, gdb.selected_inferior().read_memory(address & MASK, size).tobytes())


def word(address):
    return read(address, "<Q")[0]


def section_sizes(path):
    """Bytes of each section of an ELF file."""
    with open(path, "rb") as file:
        data = file.read()
    first, = struct.unpack_from("<Q", data, 40)
    size, count, names = struct.unpack_from("<HHH", data, 58)
    rows = [struct.unpack_from("<IIQQQQ", data, first + i * size) for i in range(count)]
    strings = rows[names][4]
    return {data[strings + row[0]:data.index(b"\0", strings + row[0])].decode(): row[5] for row in rows}


def kind_of(flags):
    """Kind of a frame: the bits have moved (6.3: signal; 6.4: END is a kind)."""
    if RELEASE >= (6, 4):
        return flags & 7
    if flags >> (3 if RELEASE >= (6, 3) else 2) & 1:
        return END
    return CALL + (flags & 3)


class Table:
    """Entries of the code from begin to end, sorted by its addresses."""

    def __init__(self, code, addresses, count, entries):
        self.begin, self.end = code
        self.addresses, self.count, self.entries = addresses, count, entries

    def find(self, pc):
        """The last entry that begins at pc or before it."""
        low, high = 0, self.count
        while high - low > 1:
            middle = (low + high) // 2
            at = self.addresses + 4 * middle
            if (at + read(at, "<i")[0]) & MASK <= pc:
                low = middle
            else:
                high = middle
        return read(self.entries + 6 * low, "<hhBB")


def kernel_table():
    addresses = symbol("__start_orc_unwind_ip")
    return Table((symbol("_stext"), symbol("_etext")), addresses,
                 (symbol("__stop_orc_unwind_ip") - addresses) // 4, symbol("__start_orc_unwind"))


def module_table():
    text, entries = SECTIONS[".text"], SECTIONS[".orc_unwind"]
    sizes = section_sizes(LABYRINTH_MODULE)  # noqa: F821
    return Table((text, text + sizes[".text"]), SECTIONS[".orc_unwind_ip"], sizes[".orc_unwind"] // 6, entries)


class Frame:
    """What gdb knows a frame by."""

    def __init__(self, sp, pc):
        self.sp, self.pc = gdb.Value(sp), gdb.Value(pc)


class OrcUnwinder(Unwinder):
    """Unwinds by the kernel's tables."""

    def __init__(self):
        super().__init__("labyrinth-orc")
        self.kernel, self.module = kernel_table(), module_table()
        # Stack pointers of code that was interrupted: its address is no return address.
        self.interrupted = set()
        # By stack pointers: what is added to those that gdb is told. It takes a frame
        # for wrong that is below the one that it called, as it may be on another stack.
        self.added = {}

    def table(self, pc, wanted):
        if self.kernel.begin <= pc < self.kernel.end:
            return self.kernel
        return self.module if wanted and self.module.begin <= pc < self.module.end else None

    @staticmethod
    def stack(value, offset, register):
        """The stack pointer of the caller, or where registers were saved."""
        if register == SP_INDIRECT:
            return word(value("rsp")) + offset
        if register == BP_INDIRECT:
            return word(value("rbp") + offset)
        return value(NAMES[register]) + offset

    def __call__(self, pending):
        def value(name):
            return int(pending.read_register(name)) & MASK

        try:
            return self.unwind(pending, value)
        except (gdb.error, KeyError, struct.error):
            return None

    def unwind(self, pending, value):
        pc, sp = value("rip"), value("rsp")
        interrupted, added = sp in self.interrupted, self.added.get(sp, 0)
        table = self.table(pc, interrupted or added)
        if not table:
            return None
        exact = interrupted or pending.level() == 0
        sp_offset, bp_offset, registers, flags = table.find(pc if exact else pc - 1)
        kind = kind_of(flags)
        if registers & 15 == UNDEFINED or kind in (UNDEFINED_FRAME, END):
            return None
        previous = self.stack(value, sp_offset, registers & 15) & MASK
        saved = {"rbp": value("rbp")}
        if registers >> 4 in (PREVIOUS_SP, BP):
            base = previous if registers >> 4 == PREVIOUS_SP else saved["rbp"]
            saved["rbp"] = word(base + bp_offset)
        if kind == CALL:
            saved.update(rip=word(previous - 8), rsp=previous)
        elif kind == REGS:
            saved = {name: word(previous + 8 * i) for i, name in enumerate(PT_REGS) if name}
        else:
            saved.update(rip=word(previous), rsp=word(previous + 24))
        if kind != CALL:
            self.interrupted.add(saved["rsp"])
        # The stack that it was called on, and the one that it interrupted.
        added += APART * (previous < sp)
        self.added[saved["rsp"]] = added + APART * (saved["rsp"] < previous)
        info = pending.create_unwind_info(Frame(previous + added, pc))
        for name, number in saved.items():
            info.add_saved_register(name, gdb.Value(number).cast(pending.read_register(name).type))
        return info


gdb.unwinder.register_unwinder(None, OrcUnwinder(), True)
