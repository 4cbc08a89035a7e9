#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# system/decode.sh - frames of a log get the place in the source that they
# belong to.
set -uo pipefail
# shellcheck source=userspace/tests/system/tap.bash
. "$(dirname "$0")/tap.bash"

# Two functions with the same name, of which a kernel has many.
cat >"$TMP/a.c" <<'END'
int deep;
int lost(int way);
static int twin(int way)
{
	return lost(way) + 1;
}
int enter(int way)
{
	deep = twin(way);
	return deep;
}
END
cat >"$TMP/b.c" <<'END'
extern int deep;
int enter(int way);
static int twin(int way)
{
	return enter(way) + 1;
}
int lost(int way)
{
	deep += way;
	__builtin_trap();
	return twin(way);
}
END
for file in a b; do
	(cd "$TMP" && gcc -g -O0 -c "$file.c")
done
ld -r -o "$TMP/vmlinux" "$TMP/a.o" "$TMP/b.o"
# A module's sections all begin at 0.
cat >"$TMP/m.c" <<'END'
__attribute__((section(".init.text"))) int begin(int way)
{
	return way * way + 7;
}
int go_on(int way)
{
	__builtin_trap();
	return way + 7;
}
END
(cd "$TMP" && gcc -g -O0 -c -o labyrinth.ko m.c)

# at FUNCTION INSTRUCTION [BYTES [OBJECT]]: "FUNCTION+0xOFFSET/0xSIZE" of the
# first such instruction in the function, plus BYTES.
at() {
	local size start where object=${4:-vmlinux}

	read -r start size < <(nm -S "$TMP/$object" | awk -v name="$1" '$4 == name { print $1, $2; exit }')
	where=$(objdump -d "$TMP/$object" | awk -v name="<$1>:" -v what="$2" '
		$2 == name { in_it = 1 } in_it && $0 ~ what { sub(":", "", $1); print $1; exit }')
	printf '%s+0x%x/0x%x' "$1" $((16#$where - 16#$start + ${3:-0})) $((16#$size))
}

# A call takes five bytes: its return address is behind it.
cat >"$TMP/log" <<END
kernel BUG at an invented place!
WARNING: CPU: 0 PID: 1 at b.c:10 $(at lost ud2)
RIP: 0010:$(at lost ud2)
Call Trace:
 ? $(at enter call 5)
 $(at twin call 5)
 none+0x10/0x20
 $(at enter call 5) [other]
RIP: 0010:$(at go_on ud2 0 labyrinth.ko) [labyrinth]
 $(at begin imul 4 labyrinth.ko) [labyrinth]
END
ok "a log is decoded" "$TOP/scripts/runtime/decode.sh" "$TMP/vmlinux" "$TMP/labyrinth.ko" <"$TMP/log"
says "where it died" '^RIP: 0010:lost.* \(b\.c:10\)$'
says "where it warned" '^WARNING: .* \(b\.c:10\)$'
says "where the module died" '^RIP: 0010:go_on.* \[labyrinth\] \(m\.c:7\)$'
says "the module's other sections are left alone" '^ begin.* \[labyrinth\]$'
says "where the caller was" '^ \? enter.* \(a\.c:9\)$'
says "two that cannot be told apart are left alone" '^ twin\+0x[0-9a-f/x]*$'
says "and what is not there" '^ none\+0x10/0x20$'
says "and what is another module's" '\[other\]$'
says "and what is no frame" '^kernel BUG at an invented place!$'
"$TOP/scripts/runtime/decode.sh" /dev/null <"$TMP/log" >"$TMP/same"
ok "without debug information nothing is changed" cmp "$TMP/log" "$TMP/same"
# A shell on a terminal sets variables such as LINES.
script -qec "'$TOP/scripts/runtime/decode.sh' /dev/null <'$TMP/log' >'$TMP/same'" /dev/null >/dev/null
ok "on a terminal neither" cmp "$TMP/log" "$TMP/same"
exits 2 "no kernel at all" "$TOP/scripts/runtime/decode.sh"
done_testing
