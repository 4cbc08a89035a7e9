#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Mutation testing: kernels whose allocator differs in one place, each of which the
# scenarios should object to. See usage() below; the program is in mutants/.

set -euo pipefail

HERE=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
SCRIPTS=${HERE%/*}
# shellcheck source=../runtime/lib.sh
. "$SCRIPTS/runtime/lib.sh"

# The interpreter with Debian's packages: "python3" in PATH may be another one.
readonly PYTHON=/usr/bin/python3

usage() {
	cat <<-END
		usage: mutants.sh [--count N] [--seed N] [--kernel SPEC] [--out DIR] [--only MUTANT]...
		                  [--scenarios NAMES] [--library all|fast] [--seeds N] [--run-seed N]
		                  [--table FILE] [--on slurm [--partition P] [--account A] [--nodes-max N]]
		       mutants.sh --list | --operators | --cover
		builds kernels whose allocator differs in one place, a mutant each, runs scenarios on
		them, and says which mutants are killed: which scenarios object to.

		  --count N         so many mutants, evenly over operators and functions (60)
		  --seed N          decides which (1)
		  --only MUTANT     this one, as --list names it: FILE:FUNCTION:OPERATOR:N, the Nth
		                    place of the operator in the function. Repeatable
		  --kernel SPEC     a kernel that is built from source here (source:6.12)
		  --out DIR         results, runs and the folder that mutants are built in, 0.4 GB
		                    (build/mutants). The same command goes on with what is there
		  --scenarios NAMES are asked first, in this order, until one objects
		  --library all|fast
		                    what survivors of these run: the rest of the library too, or
		                    the same scenarios (all)
		  --seeds N         how many seeds survivors run, and are compared by (3)
		  --run-seed N      the first of them (1)
		  --table FILE      writes the table there too; it is always written to
		                    DIR/MUTANTS.md
		  --on slurm        scenarios are jobs of a cluster, which nodes run that have --out by
		                    the same path as this machine; takes --out. Mutants are built
		                    here, one at a time, while runs of up to four others are made,
		                    each in a folder of its own. Verdicts are those of runs here;
		                    runs that come after one that objected are cancelled
		  --partition P, --account A
		                    of it: not the cluster's default
		  --nodes-max N     of it: all runs are on not more than so many nodes
		  --list            the mutants of the kernel, and with --only or --count those
		                    alone; nothing is built
		  --operators       what a mutant can differ in
		  --cover           prints which functions a request executes, measured in a guest:
		                    scripts/dev/mutants/functions.list, the functions that are
		                    mutated

		Ctrl-C and SIGTERM have the jobs cancelled; what is done of them is kept.

		A scenario is asked only where it passes on the kernel without a mutant. Mutants that
		scenarios/mutants.list calls equivalent are neither built nor counted.

		Exits 0 when each mutant has a verdict, 1 when of one it is undecided, 2 for bad
		input, 3 when the harness broke.
	END
}

case ${1:-} in
-h | --help) usage; exit ;;
esac
"$PYTHON" -c 'import clang.cindex' 2>/dev/null ||
	die 2 "python3-clang is missing; run scripts/setup.sh"
exec "$PYTHON" -B "$HERE/mutants" "$@"
