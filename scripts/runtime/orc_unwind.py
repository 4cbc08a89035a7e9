# SPDX-License-Identifier: GPL-2.0-only
"""Frames of an x86-64 kernel in gdb, without debug information.

The kernel has tables of its own from which it unwinds its stack (ORC:
arch/x86/include/asm/orc_types.h), and they are in its memory. gdb asks this for frames
of the kernel itself; for modules it has their debug information, or guesses.

LABYRINTH_RELEASE, a global variable, is the kernel's release.
"""
import struct

import gdb
from gdb.unwinder import Unwinder

RELEASE = tuple(int(n) for n in LABYRINTH_RELEASE.split("-")[0].split(".")[:2])  # noqa: F821
NAMES = {2: "rdx", 3: "rdi", 4: "rbp", 5: "rsp", 6: "r10", 7: "r13"}
UNDEFINED, PREVIOUS_SP, BP, BP_INDIRECT, SP_INDIRECT = 0, 1, 4, 8, 9
UNDEFINED_FRAME, END, CALL, REGS, PARTIAL = range(5)
MASK = (1 << 64) - 1


def number(expression):
    return int(gdb.parse_and_eval("(unsigned long)&" + expression)) & MASK


def read(address, form):
    size = struct.calcsize(form)
    return struct.unpack(form, gdb.selected_inferior().read_memory(address & MASK, size).tobytes())


def kind_of(flags):
    """Kind of frame: the bits have moved (6.3: signal; 6.4: END is a type)."""
    if RELEASE >= (6, 4):
        return flags & 7
    if flags >> (3 if RELEASE >= (6, 3) else 2) & 1:
        return END
    return CALL + (flags & 3)


class Frame:
    def __init__(self, sp, pc):
        self.sp, self.pc = gdb.Value(sp), gdb.Value(pc)


class OrcUnwinder(Unwinder):
    def __init__(self):
        super().__init__("labyrinth-orc")
        self.begin, self.end = number("__start_orc_unwind_ip"), number("__stop_orc_unwind_ip")
        self.entries = number("__start_orc_unwind")
        self.text = number("_stext"), number("_etext")
        # Stack pointers of code that was interrupted: its address is no return address.
        self.interrupted = set()

    def find(self, pc):
        """The last entry that begins at pc or before it."""
        low, high = 0, (self.end - self.begin) // 4
        while high - low > 1:
            middle = (low + high) // 2
            at = self.begin + 4 * middle
            if (at + read(at, "<i")[0]) & MASK <= pc:
                low = middle
            else:
                high = middle
        sp_offset, bp_offset, registers, flags = read(self.entries + 6 * low, "<hhBB")
        return sp_offset, bp_offset, registers & 15, registers >> 4, flags

    @staticmethod
    def stack(value, offset, register):
        """The stack pointer of the caller, or where registers were saved."""
        if register == SP_INDIRECT:
            return read(value("rsp"), "<Q")[0] + offset
        if register == BP_INDIRECT:
            return read(value("rbp") + offset, "<Q")[0]
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
        if not self.text[0] <= pc < self.text[1]:
            return None
        inner = pending.level() == 0 or sp in self.interrupted
        sp_offset, bp_offset, sp_register, bp_register, flags = self.find(pc if inner else pc - 1)
        kind = kind_of(flags)
        if sp_register == UNDEFINED or kind in (UNDEFINED_FRAME, END):
            return None
        previous = self.stack(value, sp_offset, sp_register)
        bp = value("rbp")
        if bp_register == PREVIOUS_SP:
            bp = read(previous + bp_offset, "<Q")[0]
        elif bp_register == BP:
            bp = read(bp + bp_offset, "<Q")[0]
        if kind == CALL:
            caller, caller_sp = read(previous - 8, "<Q")[0], previous
        elif kind == REGS:
            # struct pt_regs of arch/x86/include/asm/ptrace.h
            bp, caller, caller_sp = (read(previous + at, "<Q")[0] for at in (32, 128, 152))
        else:
            caller, caller_sp = (read(previous + at, "<Q")[0] for at in (0, 24))
        if kind != CALL:
            self.interrupted.add(caller_sp)
        return self.info(pending, Frame(previous, pc), caller, caller_sp, bp)

    @staticmethod
    def info(pending, frame, caller, caller_sp, bp):
        info = pending.create_unwind_info(frame)
        for name, saved in (("rip", caller), ("rsp", caller_sp), ("rbp", bp)):
            kind = pending.read_register(name).type
            info.add_saved_register(name, gdb.Value(saved).cast(kind))
        return info


gdb.unwinder.register_unwinder(None, OrcUnwinder(), True)
