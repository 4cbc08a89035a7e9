# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2153  # variables are shared with kernel.sh and its other parts
#
# What the source of a kernel is, kept in BUILD/.labyrinth-origin: a line for
# each fact, "KEY VALUE". To be sourced, after lib.sh and spec.sh.
#
#	tree NAME	by which the sub-tree is known
#	package VERSION	of the distribution that it is from
#	commit HASH	of the git tree, all 40 digits
#	branch NAME	that was checked out; not there: none was
#	repository URL	that the branch is fetched from, without a password
#	uncommitted N	files that differ from the commit, if any
#	patch HASH NAME	SHA-256 of a patch, in the order in which they were applied
#	config NAME	of the configuration, as lab+debug
#	config-sha256 H	SHA-256 of the .config
#	compiler TEXT	as CONFIG_CC_VERSION_TEXT has it
#
#	keep_origin		writes it for BUILD, which is as TREE and KIND say
#	origin_of_build DIR	prints it, with what is read from the build itself

# The address that a branch is fetched from. A password in it is nobody's
# business, and an address without a scheme is a path of this machine or ssh's.
git_repository() {
	local remote url

	remote=$(git -C "$1" config --get "branch.$2.remote") || remote=origin
	url=$(git -C "$1" remote get-url "$remote" 2>/dev/null) || return 0
	[[ $url =~ ^(https?|git):// ]] || return 0
	sed -E 's|^([a-z]+://)[^/@]*@|\1|' <<<"$url"
}

# Changes that are not committed are a patch to what is. Files that git does not
# know are counted, as they are in no diff.
git_changes() {
	local count diff

	count=$(git --no-optional-locks -C "$1" status --porcelain | wc -l) || return 0
	((count > 0)) || return 0
	printf 'uncommitted %s\n' "$count"
	diff=$(git -C "$1" diff --binary --no-ext-diff --no-textconv HEAD | sha256sum)
	git -C "$1" diff --quiet HEAD || printf 'patch %s uncommitted.diff\n' "${diff%% *}"
}

# A tree that lies within another repository is not of that one's commits.
git_origin() {
	local top commit branch

	top=$(git -C "$1" rev-parse --show-toplevel 2>/dev/null) || return 0
	[[ $(readlink -f "$top") == "$(readlink -f "$1")" ]] || return 0
	commit=$(git -C "$1" rev-parse --verify --quiet 'HEAD^{commit}') || return 0
	printf 'commit %s\n' "$commit"
	branch=$(git -C "$1" symbolic-ref --quiet --short HEAD) || branch=
	[[ -z $branch ]] || printf 'branch %s\n' "$branch"
	git_repository "$1" "$branch" | sed 's/^/repository /'
	git_changes "$1"
}

# A build folder was made by somebody, some time ago: its tree may have moved on.
# The release is what the build has of its commit, if it is configured so.
release_origin() {
	local release short commit

	release=$(cat "$1/include/config/kernel.release" 2>/dev/null) || return 0
	[[ $release =~ -g([0-9a-f]{7,40})(-dirty)?$ ]] || return 0
	short=${BASH_REMATCH[1]}
	[[ -z ${BASH_REMATCH[2]} ]] || printf 'uncommitted 1\n'
	commit=$(git -C "$1/source" rev-parse --verify --quiet "$short^{commit}" 2>/dev/null) ||
		commit=$(git -C "$1" rev-parse --verify --quiet "$short^{commit}" 2>/dev/null) || return 0
	printf 'commit %s\n' "$commit"
}

patch_origins() {
	local patch hash

	for patch; do
		hash=$(sha256sum <"$patch")
		printf 'patch %s %s\n' "${hash%% *}" "$(tr -c '[:print:]\n' '?' <<<"${patch##*/}")"
	done
}

print_origin() {
	case $KIND in
	source) printf 'tree debian\npackage linux-source-%s %s\n' "$SERIES" "$(source_version "$TREE")" ;;
	tree) git_origin "$TREE" ;;
	vendor) [[ $NAME != stock-* ]] || printf 'tree debian\npackage linux %s\n' "$(<"$BUILD/.labyrinth-ready")" ;;
	esac
	((${#PATCHES[@]} == 0)) || patch_origins "${PATCHES[@]}"
	! is_ours || printf 'config lab%s\n' "${FRAGMENTS[*]:+ with ${FRAGMENTS[*]}}"
}

# Of a tree it is written again for each run: what is built is what is there, and
# it may have been committed meanwhile. A build folder of somebody else is not
# written to.
keep_origin() {
	local file=$BUILD/.labyrinth-origin

	[[ $KIND != build ]] || return 0
	if [[ $KIND == tree ]] && tree_changed; then
		say "$TREE changed while it was built: it is not known of which commit this kernel is"
		rm -f "$file"
		return
	fi
	print_origin >"$file.$$"
	mv "$file.$$" "$file"
}

# Kconfig has a backslash before each quotation mark of a text.
compiler_of_build() {
	sed -nE 's/^CONFIG_CC_VERSION_TEXT="(.*)"$/compiler \1/p' "$1/.config" | sed -E 's/\\(.)/\1/g; q'
}

origin_of_build() {
	local hash

	if [[ -e $1/.labyrinth-origin ]]; then
		cat "$1/.labyrinth-origin"
	else
		release_origin "$1"
	fi
	[[ -r $1/.config ]] || return 0
	hash=$(sha256sum <"$1/.config")
	printf 'config-sha256 %s\n' "${hash%% *}"
	compiler_of_build "$1"
}
