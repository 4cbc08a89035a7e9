#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# system/kselftest.sh - the suite as a selftest of the kernel: built and installed
# by the kernel's own lib.mk, run by its own runner in a guest.
#
# shellcheck disable=SC2317  # functions are called through ok and exits

set -uo pipefail
# shellcheck source=userspace/tests/system/tap.bash
. "$(dirname "$0")/tap.bash"

TREE=$TMP/linux
SELFTESTS=$TREE/tools/testing/selftests
INSTALLED=$TMP/root/kselftest
APPLETS='basename cat chmod cut dirname env grep head id insmod ln ls mkdir mktemp mount readlink realpath rm
	rmmod sed sh sleep sort tail tr true uniq wc'

# make without the variables of a calling make, which has other goals and flags.
plain_make() {
	env -u MAKEFLAGS -u MFLAGS -u MAKEOVERRIDES -u MAKELEVEL make "$@"
}

# The part of a kernel tree that its selftests need: it is read, not built.
copy_tree() {
	mkdir "$TREE"
	cd "$SOURCE" || return
	cp -r --parents tools/scripts scripts/subarch.include \
		tools/testing/selftests/{Makefile,lib.mk,run_kselftest.sh,kselftest,kselftest.h,kselftest_harness.h} "$TREE"
}

selftests() {
	plain_make -C "$SELFTESTS" TARGETS=labyrinth "KDIR=$BUILD" "INSTALL_PATH=$INSTALLED" "$@"
}

# A shell, and timeout(1) with its libraries: the runner calls it by its
# absolute path.
make_root() {
	local root=$TMP/root lib

	mkdir -p "$root"/{bin,usr/bin} &&
		cp "$(command -v busybox)" "$root/bin/busybox" && cp /usr/bin/timeout "$root/usr/bin/" || return
	for applet in $APPLETS; do
		ln -s busybox "$root/bin/$applet"
	done
	while read -r lib; do
		mkdir -p "$root${lib%/*}" && cp "$lib" "$root$lib" || return
	done < <(ldd /usr/bin/timeout | grep -oE '/[^ ]+')
	printf '%s\n' '[scenario]' 'claim = c' '[phase a]' 'context = task' 'expect = each success == 100%' \
		>"$INSTALLED/labyrinth/scenarios/brief.ini"
	# A run that takes longer than the runner allows.
	printf '%s\n' '[scenario]' 'claim = c' '[phase a]' 'context = task' 'shots = 4000000000' 'min-free = 9M' \
		'expect = each held == 0' >"$INSTALLED/labyrinth/scenarios/endless.ini"
	# The lab executes its program under another name, and busybox chooses
	# by the name.
	printf '%s\n' '#include <unistd.h>' 'int main(int argc, char **argv) { argv[0] = "sh"; return execv("/bin/sh", argv); }' |
		gcc -static -x c -o "$TMP/shell" - || return
	(cd "$root" && find . | cpio --quiet -o -H newc) >"$TMP/root.cpio"
}

# The root made above is appended to the guest's initramfs: the kernel unpacks
# both.
write_qemu() {
	cat >"$TMP/qemu" <<-END
		#!/bin/bash
		args=("\$@")
		for i in "\${!args[@]}"; do
			[[ \${args[i]} != -initrd ]] || {
				cat "\${args[i + 1]}" "$TMP/root.cpio" >"$TMP/initramfs"
				args[i + 1]=$TMP/initramfs
			}
		done
		exec "${LABYRINTH_QEMU:-qemu-system-x86_64}" "\${args[@]}"
	END
	chmod +x "$TMP/qemu"
}

# in_guest COMMANDS: executes them with a shell in a guest.
in_guest() {
	LABYRINTH_QEMU=$TMP/qemu "$LABYRINTH" lab --mode fast --kernel "$KERNEL" --out "$TMP/results" \
		--exec "$TMP/shell" -- -c "unset LABYRINTH_CHANNEL; export PATH=/bin:/usr/bin; cd /kselftest
		ln -s /proc/self/fd /dev/fd; ln -s fd/1 /dev/stdout; rmmod labyrinth
		$1"
}

# parsed SED-SCRIPT: the result of the kernel's own parser for the edited
# output.
parsed() {
	of pass | sed "$1" >"$TMP/printed"
	python3 "$SOURCE/tools/testing/kunit/kunit.py" parse "$TMP/printed"
}

SOURCE=$("$TOP/scripts/runtime/kernel.sh" source "$KERNEL")
BUILD=$("$TOP/scripts/runtime/kernel.sh" path "$KERNEL")

exits 2 "no tree" plain_make -C "$TOP" kselftest
exits 2 "a folder that is no tree" "$TOP/scripts/packaging/kselftest/into-tree.sh" "$TMP" 0 "" ""
says "says why" "is no kernel source tree"
ok "a copy of a kernel's tree" copy_tree
exits 0 "make kselftest" plain_make -C "$TOP" kselftest "KSRC=$TREE"
exits 0 "a second time" plain_make -C "$TOP" kselftest "KSRC=$TREE"
ok "one target, in its place" test "$(sed -n '/labyrinth/,+1p' "$SELFTESTS/Makefile" | paste -sd ' ')" = \
	"TARGETS += labyrinth TARGETS += landlock"

exits 0 "install" selftests install
for file in labyrinth labyrinth.sh settings config module/labyrinth.ko scenarios/smoke.ini; do
	ok "has installed $file" test -e "$INSTALLED/labyrinth/$file"
done
ok "lists the test" grep -qx labyrinth:labyrinth.sh "$INSTALLED/kselftest-list.txt"

ok "what the guest needs" make_root
write_qemu
# In one guest, because each guest takes a boot.
exits 0 "run_kselftest.sh in a guest" in_guest '
	export KSELFTEST_LABYRINTH_SH_ARGS="--memory-floor=64M smoke"
	echo == pass; ./run_kselftest.sh -c labyrinth
	export KSELFTEST_LABYRINTH_SH_ARGS="brief"
	echo == refused; ./run_kselftest.sh -c labyrinth
	export KSELFTEST_LABYRINTH_SH_ARGS="--memory-floor=64M brief nowhere"
	echo == wrong; ./run_kselftest.sh -c labyrinth
	export KSELFTEST_LABYRINTH_SH_ARGS="--memory-floor=64M endless"
	cat /proc/sys/vm/min_free_kbytes
	echo == long; ./run_kselftest.sh -c labyrinth -o 5
	cat /proc/sys/vm/min_free_kbytes
	rm labyrinth/module/labyrinth.ko
	echo == missing; ./run_kselftest.sh -c labyrinth
	true'
cp "$OUT" "$TMP/all"

# of NAME: the output after "== NAME".
of() {
	sed -n "/^== $1$/,/^== /p" "$TMP/all" | sed '1d; /^== /d'
}

ok "a pass" of pass
says "is one of the runner" '^ok 1 selftests: labyrinth: labyrinth.sh$'
says "has the scenario below it" '^# ok 1 smoke$'
says "and its verdicts below that" '^#   ok [0-9]+ plenty: each success == 100%$'
says "ends with the module unloaded" '^# ok 2 unload$'
exits 0 "the kernel's own parser takes it" parsed ''
says "as one test that passed" 'Ran 1 tests: passed: 1$'
exits 0 "and the test's own KTAP inside" parsed '/^# KTAP/,/^[^#]/!d; /^[^#]/d; s/^# //'
says "with all verdicts of the scenario" '\[PASSED\] plenty: each success'

ok "a machine below the floor" of refused
says "is skipped by the runner" '^ok 1 selftests: labyrinth: labyrinth.sh # SKIP'
says "with the reason" '^# ok 1 brief # SKIP .*MiB is too little'

ok "a scenario that is not there" of wrong
says "fails for the runner" '^not ok 1 selftests: labyrinth: labyrinth.sh # exit=1'
says "by name" '^# not ok 2 nowhere # exit=2'
says "and nothing else does" '^# ok 1 brief$'

ok "one that takes too long" of long
says "is timed out by the runner" '^not ok 1 selftests: labyrinth: labyrinth.sh # TIMEOUT 5 seconds'
ok "and has put back what it changed" test "$(grep -cE '^[0-9]+$' "$TMP/all")" = 2
ok "to what it was" test "$(grep -E '^[0-9]+$' "$TMP/all" | uniq | wc -l)" = 1

ok "without the module" of missing
says "is skipped by the runner" '^ok 1 selftests: labyrinth: labyrinth.sh # SKIP'
says "with the reason" '^# 1..0 # SKIP the module was not built'

done_testing
