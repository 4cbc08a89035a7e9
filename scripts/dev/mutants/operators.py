# SPDX-License-Identifier: GPL-2.0-only
"""What a mutant can differ in: operators, each of which finds the places in a function
that it can change.

An operator is a row of OPERATORS: its name, what it does in words, and a function that
takes (source, function) and yields (start, end, text): the bytes from start to end of
the file become text. A change leaves line breaks alone, so that numbers of lines, which
the kernel has in its objects, stay the same.
"""
import re

from clang.cindex import CursorKind, TypeKind

BINARY = (CursorKind.BINARY_OPERATOR, CursorKind.COMPOUND_ASSIGNMENT_OPERATOR)

COMPLEMENT = {"<": ">", ">": "<", "<=": ">", ">=": "<", "==": "!=", "!=": "=="}
BOUNDARY = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
ARITHMETIC = {"+": "-", "-": "+", "*": "+", "/": "*", "%": "/", "<<": ">>", ">>": "<<",
              "+=": "-=", "-=": "+=", "<<=": ">>=", ">>=": "<<=", "*=": "+=", "/=": "*="}
BITWISE = {"&": "|", "|": "&", "&=": "|=", "|=": "&="}
LOGICAL = {"&&": "||", "||": "&&"}
STEP = {"++": "--", "--": "++"}

# Calls that only look: no request goes another way without them.
ONLY_LOOKS = re.compile(
    r"^(VM_(BUG|WARN)|WARN|BUG|BUILD_BUG|lockdep_|might_|trace_|kasan_|kmsan_|debug_|dump_"
    r"|pr_|prefetch|cond_resched|fs_reclaim_|slab_err|slab_fix|printk|barrier)")
COUNTER = re.compile(
    r"^(__)?(count_|mod_|inc_|dec_|stat\b|stat_add|account_|unaccount_|add_.*state"
    r"|atomic_(long_)?(inc|dec|add|sub)|zone_statistics)")
COUNTED = re.compile(r"(\bnr_\w+|count|->inuse|nr_free|curr_nr|_bias)(\[[^]]*\])?$")
WAKES = re.compile(r"(wake|kswapd|complete|queue_work|schedule_work|irq_work_queue)")

NODE_NAMES = re.compile(r"^(nid|node|preferred_nid|searchnode|local_nid|numa_node)$")
NODE_CALLS = re.compile(r"^(\w*_to_nid|numa_node_id|numa_mem_id|zonelist_node_idx)$")

# Flags of a kind, in the order in which the kernel defines them: each is taken for the
# next of those that this kernel's functions use too.
FLAG_KINDS = [
    ("ALLOC_WMARK_MIN", "ALLOC_WMARK_LOW", "ALLOC_WMARK_HIGH", "ALLOC_NO_WATERMARKS"),
    ("WMARK_MIN", "WMARK_LOW", "WMARK_HIGH", "WMARK_PROMO"),
    ("ALLOC_OOM", "ALLOC_NON_BLOCK", "ALLOC_MIN_RESERVE", "ALLOC_CPUSET", "ALLOC_CMA",
     "ALLOC_NOFRAGMENT", "ALLOC_HIGHATOMIC", "ALLOC_KSWAPD"),
    ("__GFP_DMA", "__GFP_DMA32", "__GFP_MOVABLE"),
    ("__GFP_RECLAIMABLE", "__GFP_HIGH", "__GFP_IO", "__GFP_FS", "__GFP_ZERO",
     "__GFP_DIRECT_RECLAIM", "__GFP_KSWAPD_RECLAIM", "__GFP_WRITE", "__GFP_NOWARN",
     "__GFP_RETRY_MAYFAIL", "__GFP_NOFAIL", "__GFP_NORETRY", "__GFP_MEMALLOC", "__GFP_COMP",
     "__GFP_NOMEMALLOC", "__GFP_HARDWALL", "__GFP_THISNODE", "__GFP_ACCOUNT"),
    ("GFP_ATOMIC", "GFP_NOWAIT", "GFP_KERNEL", "GFP_NOIO", "GFP_NOFS"),
    ("MIGRATE_UNMOVABLE", "MIGRATE_MOVABLE", "MIGRATE_RECLAIMABLE", "MIGRATE_HIGHATOMIC"),
]


def _next_flags():
    following = {}
    for kind in FLAG_KINDS:
        for at, name in enumerate(kind):
            following[name] = kind[(at + 1) % len(kind)]
    return following


NEXT_FLAG = _next_flags()
FLAG = re.compile(r"\b(" + "|".join(sorted(NEXT_FLAG, key=len, reverse=True)) + r")\b")
COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.S)
STRING = re.compile(r'"(?:\\.|[^"\\\n])*"')


def _operator_between(source, left, right):
    """(start, end, operator) of what stands between two operands. Of operands in
    parentheses the nodes end with them, so that nothing else is there but comments."""
    between = source.slice(left.end, right.start)
    plain = COMMENT.sub(lambda match: " " * len(match.group()), between)
    operator = plain.strip()
    start = left.end + plain.find(operator)
    return start, start + len(operator), operator


def _replaced(table):
    def find(source, function):
        for node in function.nodes:
            if node.kind not in BINARY or len(node.children) != 2 or None in node.children:
                continue
            start, end, operator = _operator_between(source, *node.children)
            if operator in table and not _moves_pointer(node, operator):
                yield start, end, table[operator]
    return find


def _moves_pointer(node, operator):
    """What can only be added to or subtracted is not multiplied or shifted."""
    pointers = [child for child in node.children if child.type.kind == TypeKind.POINTER]
    return bool(pointers) and operator in "*/%<<>>&|" and operator not in ("<", ">")


def _steps(source, function):
    for node in function.nodes:
        if node.kind != CursorKind.UNARY_OPERATOR:
            continue
        text = source.slice(node.start, node.end)
        for start, step in ((node.start, text[:2]), (node.end - 2, text[-2:])):
            if step in STEP:
                yield start, start + 2, STEP[step]
                break


def _constants(source, function):
    for node in function.nodes:
        if node.kind != CursorKind.INTEGER_LITERAL:
            continue
        text = source.slice(node.start, node.end)
        number = re.fullmatch(r"(0[xX][0-9a-fA-F]+|0|[1-9][0-9]*)([uUlL]*)", text)
        if number:
            yield node.start, node.end, f"{int(number[1], 0) + 1}{number[2]}"


def _negated(source, function):
    """The conditions of if and ?:, where they are spelled as a whole; a loop whose
    condition is negated is mostly one without an end."""
    for node in function.nodes:
        if node.kind in (CursorKind.IF_STMT, CursorKind.CONDITIONAL_OPERATOR) and node.children:
            condition = node.children[0]
            if condition:
                yield (condition.start, condition.end,
                       f"!({source.slice(condition.start, condition.end)})")


def _statements(source, function):
    """(node, end) of each expression that is a statement, its semicolon included."""
    blocks = (CursorKind.COMPOUND_STMT, CursorKind.IF_STMT, CursorKind.FOR_STMT,
              CursorKind.WHILE_STMT, CursorKind.DO_STMT, CursorKind.CASE_STMT,
              CursorKind.LABEL_STMT)
    for node in function.nodes:
        if node.kind not in blocks:
            continue
        for child in node.children:
            if child and source.text[child.end:child.end + 1] == b";":
                # The parts of a for's head are no statements of their own.
                if node.kind != CursorKind.FOR_STMT or child is node.children[-1]:
                    yield child, child.end + 1


def _without(source, start, end):
    """Nothing, with as many line breaks."""
    return ";" + "\n" * source.slice(start, end).count("\n")


def _what(source, node, end):
    """What a statement is of: counter, wake-up, call, statement or jump; None is nothing
    that a request would miss."""
    if node.kind == CursorKind.CALL_EXPR:
        if ONLY_LOOKS.match(node.name):
            return None
        if WAKES.search(node.name):
            return "wake-up"
        return "counter" if COUNTER.match(node.name) else "call"
    if node.kind in (CursorKind.GOTO_STMT, CursorKind.CONTINUE_STMT, CursorKind.BREAK_STMT):
        return "jump"
    text = source.slice(node.start, end)
    if node.kind == CursorKind.UNARY_OPERATOR or node.kind in BINARY:
        left = re.split(r"[-+]?=|\+\+|--", text.lstrip("+-"))[0].strip().rstrip(";")
        changes = node.kind != CursorKind.BINARY_OPERATOR or re.search(r"[^=!<>]=[^=]", text)
        if not changes:
            return None
        steps = not re.search(r"[^-+=!<>]=[^=]", text)
        return "counter" if steps and COUNTED.search(left) else "statement"
    return None


def _dropped(kind):
    def find(source, function):
        for node, end in _statements(source, function):
            if _what(source, node, end) == kind:
                yield node.start, end, _without(source, node.start, end)
    return find


def _flags(source, function):
    text = source.slice(function.body.start, function.body.end)
    blank = STRING.sub(lambda match: " " * len(match.group()),
                       COMMENT.sub(lambda match: " " * len(match.group()), text))
    lines = {source.line(node.start) for node in function.nodes}
    used = getattr(source, "flags_used", None)
    if used is None:
        used = source.flags_used = set(FLAG.findall(source.text.decode("utf-8", "replace")))
    for match in FLAG.finditer(blank):
        start = function.body.start + match.start()
        name = NEXT_FLAG[match.group()]
        while name not in used:
            name = NEXT_FLAG[name]
        # A line without a node is one that the configuration leaves out.
        if name != match.group() and source.line(start) in lines:
            yield start, start + len(match.group()), name


INTEGERS = (TypeKind.INT, TypeKind.UINT, TypeKind.LONG, TypeKind.ULONG, TypeKind.LONGLONG,
            TypeKind.ULONGLONG, TypeKind.SHORT, TypeKind.USHORT)


def _off_by_one(source, function):
    """Integers that are assigned or returned, one more than they should be."""
    for node in function.nodes:
        value = None
        if node.kind in BINARY and len(node.children) == 2 and None not in node.children:
            if _operator_between(source, *node.children)[2] in ("=", "+=", "-="):
                value = node.children[1]
        elif node.kind == CursorKind.RETURN_STMT and node.children:
            value = node.children[0]
        if value and value.type.kind in INTEGERS:
            text = source.slice(value.start, value.end)
            # A constant is the operator "constant"'s, and flags are no numbers.
            if not re.fullmatch(r"\w*[0-9]|.*(flags|gfp).*", text, re.S):
                yield value.start, value.end, f"({text}) + 1"


def _elsewhere(source, function):
    """Another node of two, another zone of the same node."""
    for call in function.nodes:
        if call.kind != CursorKind.CALL_EXPR or ONLY_LOOKS.match(call.name):
            continue
        for node in call.children[1:]:
            if not node:
                continue
            text = source.slice(node.start, node.end)
            if NODE_NAMES.match(text) or (node.kind == CursorKind.CALL_EXPR and NODE_CALLS.match(node.name)):
                yield node.start, node.end, f"({text} ? 0 : 1)"
            elif node.type.spelling == "struct zone *" and re.fullmatch(r"\w+", text):
                yield node.start, node.end, f"(zone_idx({text}) ? {text} - 1 : {text} + 1)"


OPERATORS = [
    ("relational", "a comparison becomes its opposite", _replaced(COMPLEMENT)),
    ("boundary", "a comparison takes in its limit, or leaves it out", _replaced(BOUNDARY)),
    ("constant", "a number is one more", _constants),
    ("negate", "a condition is negated", _negated),
    ("logical", "and becomes or, or becomes and", _replaced(LOGICAL)),
    ("arithmetic", "plus becomes minus, a shift goes the other way", _replaced(ARITHMETIC)),
    ("bitwise", "bits are joined where they were cut out, and the other way", _replaced(BITWISE)),
    ("step", "++ becomes --, and the other way", _steps),
    ("drop-call", "a call is left out", _dropped("call")),
    ("drop-statement", "an assignment is left out", _dropped("statement")),
    ("drop-jump", "a goto, break or continue is left out", _dropped("jump")),
    ("flag", "a gfp or alloc flag, watermark or migratetype is taken for another", _flags),
    ("off-by-one", "a value that is assigned or returned is one more", _off_by_one),
    ("zone-node", "another node, or another zone of the node, is given to a function", _elsewhere),
    ("lost-counter", "a counter is not counted", _dropped("counter")),
    ("lost-wake-up", "somebody is not woken", _dropped("wake-up")),
]
NAMES = [row[0] for row in OPERATORS]


class Mutant:
    """A change of one place. Its name is FILE:FUNCTION:OPERATOR:N, the Nth place of that
    operator in the function, which stays the same when lines above it are added."""

    def __init__(self, source, function, operator, number, change):
        self.source = source
        self.file, self.function, self.operator = source.file, function.name, operator
        self.start, self.end, self.text = change
        self.name = f"{source.file}:{function.name}:{operator}:{number}"
        self.line = source.line(self.start)

    def changed(self):
        """The whole text of the file with the change, in bytes."""
        text = self.source.text
        return text[:self.start] + self.text.encode() + text[self.end:]

    def before(self):
        """What stands there, in one line."""
        return " ".join(self.source.slice(self.start, self.end).split())

    def after(self):
        """What comes there, in one line."""
        return " ".join(self.text.split())


def mutants_of(source, function):
    """All mutants of a function, by operator, in the order of the file."""
    found = []
    for operator, _, find in OPERATORS:
        changes = sorted(set(find(source, function)))
        found += [Mutant(source, function, operator, number, change)
                  for number, change in enumerate(changes, 1)]
    return found
