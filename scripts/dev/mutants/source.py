# SPDX-License-Identifier: GPL-2.0-only
"""A file of the kernel, parsed by clang as the kernel's build compiles it.

What the configuration leaves out is not in the syntax tree, so that no mutant of it
is made. What a macro expands to is in the tree, but not in the file: only what is
spelled in the file can be changed there.
"""
import ctypes
import os
import re
import shlex

import clang.cindex as cindex
from clang.cindex import CursorKind

FILES = ("mm/page_alloc.c", "mm/slub.c", "mm/mempool.c", "mm/page_frag_cache.c")

# Options that decide how code is made and which warnings there are, many of which clang
# does not know, and those that write files. What says how C is read is kept.
NOT_FOR_CLANG = re.compile(r"-(W|m(?!64$)|f(?!short-wchar|unsigned-char)|fmacro-prefix|O|pg$|g|c$)")


class NotParsed(Exception):
    """clang could not read the file; the text says why."""


def compile_command(build, file):
    """The words of the command that compiled FILE in the folder BUILD, as Kbuild
    keeps it: the compiler, with ccache before it or not, and its arguments."""
    folder, name = os.path.split(file)
    path = os.path.join(build, folder, "." + name[:-2] + ".o.cmd")
    try:
        with open(path, encoding="utf-8") as kept:
            first = kept.readline()
    except OSError as error:
        raise NotParsed(f"{path}: {error.strerror}: {file} was not compiled there") from error
    return shlex.split(first.split(":=", 1)[1])


def _clang_arguments(words):
    words = [word for word in words if word != "ccache"][1:-1]
    arguments = []
    skip = False
    for word in words:
        if skip or word == "-o":
            skip = not skip
        elif not NOT_FOR_CLANG.match(word):
            arguments.append(word)
    return arguments + ["-Wno-everything"]


def _offset(location, of):
    """The offset that libclang's function OF gives a location, and the file's name."""
    file = ctypes.c_void_p()
    line, column, offset = ctypes.c_uint(), ctypes.c_uint(), ctypes.c_uint()
    of(location, ctypes.byref(file), ctypes.byref(line), ctypes.byref(column), ctypes.byref(offset))
    return file.value, offset.value


def _spelled(extent):
    """(start, end) of what is spelled in the file itself; None of what a macro makes.
    An argument of a macro is spelled in the file."""
    lib = cindex.conf.lib
    ends = []
    for location in (extent.start, extent.end):
        placed = _offset(location, lib.clang_getFileLocation)
        if placed != _offset(location, lib.clang_getSpellingLocation):
            return None
        ends.append(placed)
    if ends[0][0] != ends[1][0] or ends[0][1] >= ends[1][1]:
        return None
    return ends[0][1], ends[1][1]


NO_CODE = re.compile(rb'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])+\'', re.S)


def _whole(text):
    """Whether it is an expression or a statement as it stands. Where a node ends in a
    macro that pastes names together, what libclang gives ends somewhere else."""
    depth = 0
    text = NO_CODE.sub(b"", text)
    for byte in text:
        depth += {ord("("): 1, ord(")"): -1}.get(byte, 0)
        if depth < 0:
            return False
    return not depth and not text.endswith((b"|", b"&", b"=", b"<", b">", b"*", b"/", b"%", b"?", b":", b","))


class Node:
    """A node of the tree that is spelled in the file: its kind, type, offsets in
    bytes, and its children, of which some may be None for being made by a macro."""

    def __init__(self, cursor, span):
        self.kind = cursor.kind
        self.type = cursor.type.get_canonical()
        self.name = cursor.spelling
        self.start, self.end = span
        self.children = []


class Function:
    """A function that FILE defines, with its nodes in the order of the file."""

    def __init__(self, file, text, cursor):
        self.file = file
        self.text = text
        self.name = cursor.spelling
        self.start = cursor.extent.start.offset
        self.end = cursor.extent.end.offset
        self.nodes = []
        self.body = None
        for child in cursor.get_children():
            if child.kind == CursorKind.COMPOUND_STMT:
                self.body = self._add(child)

    def _add(self, cursor):
        span = _spelled(cursor.extent)
        if span and not _whole(self.text[span[0]:span[1]]):
            span = None
        node = Node(cursor, span) if span else None
        if node:
            self.nodes.append(node)
        for child in cursor.get_children():
            below = self._add(child)
            if node:
                node.children.append(below)
        return node


class Source:
    """A parsed file: its text in bytes and its functions by name."""

    def __init__(self, file, path, arguments, folder):
        self.file = file
        with open(path, "rb") as source:
            self.text = source.read()
        before = os.getcwd()
        os.chdir(folder)
        try:
            unit = cindex.Index.create().parse(path, args=arguments)
        except cindex.TranslationUnitLoadError as error:
            raise NotParsed(f"{path}: clang cannot read it: {error}") from error
        finally:
            os.chdir(before)
        errors = [entry for entry in unit.diagnostics if entry.severity >= cindex.Diagnostic.Error]
        if errors:
            raise NotParsed(f"{path}: clang does not understand it: {errors[0]}")
        self.functions = {}
        for cursor in unit.cursor.get_children():
            if (cursor.kind == CursorKind.FUNCTION_DECL and cursor.is_definition()
                    and cursor.location.file and cursor.location.file.name == path):
                self.functions[cursor.spelling] = Function(file, self.text, cursor)
        self._lines = [0] + [match.end() for match in re.finditer(b"\n", self.text)]

    def slice(self, start, end):
        """The text between two offsets."""
        return self.text[start:end].decode("utf-8", "replace")

    def line(self, offset):
        """The number of the line that an offset is in, from 1."""
        low, high = 0, len(self._lines)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self._lines[middle] <= offset else (low, middle)
        return low + 1

    def line_text(self, number):
        """The line of that number, without blanks around it."""
        end = self._lines[number] if number < len(self._lines) else len(self.text)
        return self.slice(self._lines[number - 1], end).strip()


def read_kernel(tree, build):
    """The sources of FILES that TREE has, as they were compiled in BUILD."""
    sources = []
    for file in FILES:
        path = os.path.join(tree, file)
        if os.path.exists(path):
            sources.append(Source(file, path, _clang_arguments(compile_command(build, file)), build))
    if not sources:
        raise NotParsed(f"{tree} has none of {', '.join(FILES)}")
    return sources


def read_text(path):
    """A file of plain C, for tests of the operators."""
    return Source(os.path.basename(path), os.path.abspath(path), ["-std=gnu11", "-Wno-everything"],
                  os.path.dirname(os.path.abspath(path)))
