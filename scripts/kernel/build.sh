# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2153  # variables are shared with kernel.sh and its other parts
#
# Builds of kernels, kept in $CACHE/kernels/NAME-HASH, where HASH is computed
# from the inputs. The file .labyrinth-ready exists when the build is complete,
# and contains the version. To be sourced, after lib.sh, kbuild.sh, source.sh
# and config.sh.
#
#	key ID		prints HASH for a source that ID names
#	build		builds BUILD from TREE
#	is_built DIR	whether it contains a complete build
#	is_current	whether BUILD is what would be built now

# Lines that make prints for a build of 6.12: the basis of the progress shown until
# a kernel of the same series was built on this machine.
readonly USUAL_LINES=2260

# Measured: a build is 0.3 GB.
readonly BUILD_MB=800

# Not empty: the build began as a copy of another.
BEGUN=

need_clang() {
	local clang

	clang=$(newest_clang)
	clang=${clang:-0}
	((${clang#-} + 0 >= CLANG_MIN)) ||
		die 2 "'+${FRAGMENTS[*]}' is built by clang $CLANG_MIN or newer, with the lld and llvm of the same version, which are not here; scripts/setup.sh clang installs them"
}

need_tools() {
	local tool

	[[ $(uname -m) == x86_64 ]] ||
		die 2 "the lab builds x86-64 kernels on x86-64; this is $(uname -m): give a build directory made elsewhere"
	for tool in make gcc ld flex bison bc xz; do
		command -v "$tool" >/dev/null ||
			die 2 "'$tool' is missing, which building a kernel needs; run scripts/setup.sh"
	done
	! by_clang || need_clang
}

# A hash of everything that a build depends on.
key() {
	local configs
	mapfile -t configs < <(configs)

	{
		printf '%s\n' "$1"
		gcc --version | head -n 1
		ld --version | head -n 1
		! by_clang || newest_clang
		cat "${configs[@]}"
	} | sha256sum | cut -c 1-12
}

# Lines of the log of the last complete build of this series.
expected_lines() {
	local count

	count=$(cat "$CACHE/kernels/.lines-$SERIES$VARIANT" 2>/dev/null) || count=$USUAL_LINES
	printf '%s\n' "$count"
}

# A resumed build appends to the log, so its length measures all that was built.
estimate_build() {
	local percent=$(($(wc -l <"$1") * 100 / EXPECTED))

	printf '%s\n' $((percent < 99 ? percent : 99))
}

compile() {
	local log=$BUILD/build.log goes_on=

	[[ ! -s $log ]] || goes_on=1
	EXPECTED=$(expected_lines)
	run_long "building $NAME" "$log" estimate_build kernel_make -j"$(nproc)" bzImage modules || {
		show_failure "$log"
		die 1 "could not build $NAME; the whole log is $log; scripts/setup.sh --check tells of missing packages"
	}
	# A resumed build prints some lines twice, and one that began as a copy only
	# some: their length is not recorded.
	[[ -n $goes_on || -n $BEGUN ]] || wc -l <"$log" >"$CACHE/kernels/.lines-$SERIES$VARIANT"
}

is_built() {
	[[ -e $1/.labyrinth-ready && -e $1/Module.symvers ]] && (arch_of_build "$1")
}

# By ctime, which copying and unpacking cannot set to the past. .labyrinth-ready
# gets the time at which its build began, so that an edit during the build is
# noticed.
tree_changed() {
	[[ -n $(find "$TREE" -name .git -prune -o -cnewer "$BUILD/.labyrinth-ready" -print -quit) ]]
}

is_current() {
	is_built "$BUILD" && { [[ $KIND == source ]] || ! tree_changed; }
}

# A kernel with patches begins as a copy of the same one without, if that is built,
# so that make compiles what they change and what depends on it. Commands and
# dependencies in it name the tree, and the folder that tools are built in. Debug
# information names the tree as well, inside of objects: that is built anew. What
# patches changed is what has no other link, see patched.sh: it has to be newer than
# the objects, which may have been built after it was patched.
begin_from() {
	local base=$1 from=$2 part=$BUILD.part

	is_built "$base" && [[ -z $(ls -A "$BUILD") ]] || return 0
	! grep -q '^CONFIG_DEBUG_INFO=y' "$base/.config" || return 0
	say "$NAME begins as a copy of ${base##*/}"
	rm -rf "$part"
	cp -a --reflink=auto "$base" "$part"
	rm -f "$part"/.labyrinth-{ready,origin} "$part/build.log"
	find "$part" \( -name '*.cmd' -o -name '*.d' \) -type f -exec \
		sed -i "s|$from/|$TREE/|g; s|$base/|$BUILD/|g" {} +
	find "$TREE" -type f -links 1 -exec touch {} +
	rmdir "$BUILD"
	mv "$part" "$BUILD"
	BEGUN=1
}

build() {
	local version

	need_tools
	need_space "$CACHE" "$BUILD_MB" "building $NAME"
	[[ -z $BASE_BUILD ]] || begin_from "$BASE_BUILD" "$BASE_TREE"
	rm -f "$BUILD/.labyrinth-ready"
	version=$(describe_tree)
	printf '%s\n' "$version" >"$BUILD/.labyrinth-started"
	# An unfinished build goes on with its log; a new one begins an empty
	# log.
	[[ -e $BUILD/.labyrinth-unfinished ]] || : >"$BUILD/build.log"
	touch "$BUILD/.labyrinth-unfinished"
	configure
	compile
	rm "$BUILD/.labyrinth-unfinished"
	mv "$BUILD/.labyrinth-started" "$BUILD/.labyrinth-ready"
}

describe_tree() {
	if [[ $KIND == source ]]; then
		source_version "$TREE"
	else
		printf '%s\n' "$TREE"
	fi
}
