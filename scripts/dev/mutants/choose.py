# SPDX-License-Identifier: GPL-2.0-only
"""Which mutants are tried: by a seed, evenly over operators and functions."""
import collections
import hashlib


def _rank(seed, name):
    """A number that seed and name decide, the same on every machine."""
    return hashlib.sha256(f"{seed}\n{name}".encode()).digest()


def choose(mutants, count, seed):
    """COUNT of MUTANTS, or all if there are fewer. Each next one is of the operator that
    has come least often so far, of those that are left; of the function that has come
    least often, of those in which that operator is left. What is equal, the seed
    decides. So the first ten of sixty are the ten that are chosen where ten are asked
    for."""
    left = collections.defaultdict(lambda: collections.defaultdict(list))
    for mutant in sorted(mutants, key=lambda mutant: _rank(seed, mutant.name), reverse=True):
        left[mutant.operator][f"{mutant.file}:{mutant.function}"].append(mutant)
    operators, functions = collections.Counter(), collections.Counter()
    chosen = []
    while left and len(chosen) < count:
        operator = min(left, key=lambda name: (operators[name], _rank(seed, name)))
        function = min(left[operator], key=lambda name: (functions[name], _rank(seed, name)))
        chosen.append(left[operator][function].pop())
        operators[operator] += 1
        functions[function] += 1
        if not left[operator][function]:
            del left[operator][function]
        if not left[operator]:
            del left[operator]
    return chosen
