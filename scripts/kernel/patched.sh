# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2153  # variables are shared with kernel.sh and its other parts
#
# Source trees with patches applied, each a tree of its own in $CACHE/sources:
#	patched-HASH_VERSION/	HASH names the tree that it is of and the patches
# To be sourced, after lib.sh and source.sh.
#
#	patched_tree PATCH...	sets TREE to TREE with these applied, in this order

patches_key() {
	{ printf '%s\n' "$TREE"; cat "$@"; } | sha256sum | cut -c 1-12
}

# Files are hard links, because nobody writes to files of the cache: patch
# replaces the files that it changes. A patch that applies only with fuzz is
# refused.
make_patched() {
	local from=$1 part=$2 patch
	shift 2

	cp -al "$from" "$part"
	for patch; do
		echo "--- $patch"
		patch -p1 --fuzz=0 --batch --forward --no-backup-if-mismatch -d "$part" <"$patch" || return
	done
}

# what_does_not_apply LOG: patch, file and hunk of each that was refused, by what
# patch(1) says of it.
what_does_not_apply() {
	awk '/^--- / { patch = substr($0, 5); sub(/.*\//, "", patch) }
		/^patching file / { file = $3 }
		/^can.t find file to patch/ { lost = 1 }
		/^\|[+][+][+] / && lost { print patch ": " $2 ": is not there to be changed"; lost = 0 }
		/^patch: .*(malformed|unexpected)/ { sub(/^patch: [*]* */, ""); print patch ": " $0 }
		/^Hunk .* FAILED/ { sub(/[.]$/, ""); print patch ": " file ": " $0 }
		/^Reversed .*detected/ { print patch ": " file ": it is applied already, or the other way round" }
		/Only garbage was found/ { print patch ": it is no patch" }' "$1" | paste -sd ';' | sed 's/;/; /g'
}

patched_tree() {
	local dest part log patch key

	command -v patch >/dev/null || die 2 "'patch' is missing; run scripts/setup.sh"
	for patch; do
		[[ -f $patch && -r $patch ]] || die 2 "'$patch' is not there, or cannot be read"
	done
	key=$(patches_key "$@")
	dest=$CACHE/sources/patched-${key}_$(source_version "$TREE")
	part=$dest.part log=$CACHE/logs/patched-$key.log
	mkdir -p "$CACHE/logs"
	take_lock "$CACHE/locks/${dest##*/}" "patching ${TREE##*/}"
	if [[ ! -d $dest ]]; then
		rm -rf "$part"
		make_patched "$TREE" "$part" "$@" >"$log" 2>&1 || {
			rm -rf "$part"
			show_failure "$log"
			die 2 "what was given does not apply to ${TREE##*/}: $(what_does_not_apply "$log"); all that was said is in $log"
		}
		mv "$part" "$dest"
	fi
	drop_lock
	TREE=$dest
}
