#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Mutants: what each operator finds in a small C text, which mutants a seed chooses, and
# what becomes of them, with a stand-in for building and running. mutants_kernels.sh
# builds real ones.

. "$(dirname "$0")/tap.bash"
MUTANTS=$TOP/scripts/dev/mutants.sh
# The interpreter with Debian's packages: "python3" in PATH may be another one.
PYTHON=(/usr/bin/python3 -B)

exits 0 "--help" "$MUTANTS" --help
says "names the options" '--only MUTANT'
exits 2 "a count of 0" "$MUTANTS" --count 0
says "is refused with what is allowed" "'0'; a number from 1 to 100000 is allowed"
exits 2 "a seed that is no number" "$MUTANTS" --seed one
exits 2 "an option that is none" "$MUTANTS" --coun 3
exits 2 "a scenario that is none" "$MUTANTS" --scenarios "smoke nosuch"
says "is named" "there is no scenario 'nosuch'"
exits 2 "a library that is none" "$MUTANTS" --library some
exits 2 "a kernel that was built elsewhere" "$MUTANTS" --kernel stock:6.12 --list
says "is refused with the reason" 'has to be built from source here'
exits 2 "a partition without a cluster" "$MUTANTS" --partition p --list
says "is refused with what it takes" 'they take --on slurm'
exits 2 "a cluster without a folder" "$MUTANTS" --on slurm --list
says "says which it has to be" 'a folder that this machine and all nodes have by the same path'
exits 2 "a cluster that is none" "$MUTANTS" --on pbs --out "$TMP/none" --list
exits 2 "a name that a shell takes apart" "$MUTANTS" --on slurm --out "$TMP/none" --account 'a;b' --list
says "is refused" "a name is allowed, not 'a;b'"
exits 2 "no nodes" "$MUTANTS" --on slurm --out "$TMP/none" --nodes-max 0 --list

# ---- operators ---------------------------------------------------------------

cat >"$TMP/small.c" <<'END'
#define ALLOC_CPUSET 1
#define ALLOC_HIGHATOMIC 2
#define WARN_ON(x) ((void)(x))
#define unlikely(x) __builtin_expect(!!(x), 0)
struct zone { long nr_free; int boost; };
int zone_idx(struct zone *);
void wake_up(int *);
void use(struct zone *zone, int nid);
void note(void);
#ifdef NOT_CONFIGURED
int left_out(int a) { return a < 1; }
#endif
int small(struct zone *zone, int *queue, int a, int nid)
{
	int flags = ALLOC_CPUSET;
	/* a < b in a comment, "a < b" in a string: */
	const char *text = "a < b ALLOC_CPUSET";

	if (unlikely(a < 7))
		flags |= ALLOC_HIGHATOMIC;
	WARN_ON(a);
	use(zone, nid);
	zone->nr_free++;
	wake_up(queue);
	while (a && text) {
		if (a == nid)
			break;
		a = a - nid;
		note();
	}
#ifdef NOT_CONFIGURED
	note();
	flags = ALLOC_CPUSET;
#endif
	return flags;
}
END
cat >"$TMP/all.py" <<'END'
import subprocess, sys
sys.path.insert(0, sys.argv[1] + "/scripts/dev/mutants")
from operators import mutants_of
from source import read_text
source = read_text(sys.argv[2])
for function in source.functions.values():
    for mutant in mutants_of(source, function):
        built = subprocess.run(["gcc", "-fsyntax-only", "-w", "-x", "c", "-"], input=mutant.changed())
        print(f"{mutant.name} {mutant.line}: {mutant.before()} -> {mutant.after()}"
              + (" REFUSED" if built.returncode else ""))
END
ok "a C text has mutants" "${PYTHON[@]}" "$TMP/all.py" "$TOP" "$TMP/small.c"
cp "$OUT" "$TMP/all"

# finds OPERATOR LINES: exactly these, "LINE: BEFORE -> AFTER" each.
finds() {
	sed -n "s/^small.c:small:$1:[0-9]* //p" "$TMP/all" >"$TMP/found"
	printf '%s\n' "${@:2}" >"$TMP/wanted"
	ok "operator $1" diff "$TMP/wanted" "$TMP/found"
}

finds relational '19: < -> >' '26: == -> !='
finds boundary '19: < -> <='
finds constant '19: 7 -> 8'
finds negate '19: unlikely(a < 7) -> !(unlikely(a < 7))' '26: a == nid -> !(a == nid)'
finds logical '25: && -> ||'
finds arithmetic '28: - -> +'
finds bitwise '20: |= -> &='
finds step '23: ++ -> --'
finds drop-call '22: use(zone, nid); -> ;' '29: note(); -> ;'
finds drop-statement '20: flags |= ALLOC_HIGHATOMIC; -> ;' '28: a = a - nid; -> ;'
finds drop-jump '27: break; -> ;'
finds flag '15: ALLOC_CPUSET -> ALLOC_HIGHATOMIC' '20: ALLOC_HIGHATOMIC -> ALLOC_CPUSET'
finds off-by-one '28: a - nid -> (a - nid) + 1'
finds zone-node '22: zone -> (zone_idx(zone) ? zone - 1 : zone + 1)' '22: nid -> (nid ? 0 : 1)'
finds lost-counter '23: zone->nr_free++; -> ;'
finds lost-wake-up '24: wake_up(queue); -> ;'
ok "there is no operator that is not tried here" \
	diff <("$MUTANTS" --operators | cut -d ' ' -f 1 | sort) <(cut -d : -f 3 "$TMP/all" | sort -u)
ok "what the configuration leaves out has none" eval "! grep -qE ' (3[2-4]|11):' '$TMP/all'"
ok "each compiles" eval "! grep REFUSED '$TMP/all'"

# ---- what is chosen, and what becomes of it -----------------------------------

ok "choice, verdicts, going on, and the table" "${PYTHON[@]}" "$TOP/userspace/tests/system/mutants_standin.py" \
	"$TOP" "$TMP/small.c" "$TMP/work"

done_testing
