# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# A Debian in a folder of its own, for what is to be tried on a machine that has
# nothing installed but what is named. To be sourced, after lib.sh and apt-root.sh.
# Root is needed for all of it.
#
#	own_debian SUITE FOLDER PACKAGE,...	makes it, from the mirror of this machine
#	in_debian FOLDER COMMAND...	runs there, with processes and mounts that end
#					with the command; DEBIAN_BINDS has folders
#					of this machine that are mounted at the same
#					place; DEBIAN_NETWORK=none leaves no network
DEBIAN_BINDS=()
DEBIAN_NETWORK=${DEBIAN_NETWORK:-}

# Prints sources.list: the suite, its updates and its security suite, of those
# that the machine's mirrors have.
own_debian_sources() {
	apt_root_sites && apt_root_sources "$1" "$1-updates" "$1-security"
}

own_debian() {
	local sources

	command -v mmdebstrap >/dev/null || die 2 "mmdebstrap is not there; apt-get install mmdebstrap"
	((EUID == 0)) || die 2 "a Debian of its own needs root"
	sources=$(own_debian_sources "$1") || die 2 "no Debian of its own: ${APT_ROOT_ERROR:-no mirror for $1}"
	mmdebstrap --quiet --variant=apt --include="$3" "$1" "$2" - <<<"$sources" || return
	# How apt reaches the mirror: proxies, certificates.
	apt-config dump Acquire 2>/dev/null | grep -iE '::(proxy|cainfo)' >"$2/etc/apt/apt.conf.d/90machine" || true
	cp -L /etc/resolv.conf "$2/etc/resolv.conf" 2>/dev/null || true
}

# shellcheck disable=SC2016  # the shell inside expands it
in_debian() {
	local root=$1 net=()
	shift

	[[ $DEBIAN_NETWORK != none ]] || net=(--net)
	unshare --mount --pid "${net[@]}" --fork --kill-child sh -ec '
		root=$1 binds=$2
		shift 2
		mount --bind "$root" "$root"
		mount -t proc proc "$root/proc"
		mount --bind /dev "$root/dev"
		mount -t devpts devpts "$root/dev/pts"
		mount -t tmpfs tmpfs "$root/tmp"
		printf "%s\n" "$binds" | while IFS= read -r bind; do
			[ "$bind" ] || continue
			mkdir -p "$root$bind"
			mount --bind "$bind" "$root$bind"
		done
		ip link set lo up 2>/dev/null || true
		exec chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 \
			DEBIAN_FRONTEND=noninteractive HOME=/root "$@"
	' sh "$root" "$( ((${#DEBIAN_BINDS[@]} == 0)) || printf '%s\n' "${DEBIAN_BINDS[@]}")" "$@"
}
