# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# A private apt root: suites of Debian that this machine does not use, from the
# mirror that it does use, with the archive's signatures verified and without
# touching the machine's own apt configuration and package lists. Works without
# root. To be sourced, after lib.sh.
#
#	apt_root_init SUITE...		choose suites, refresh their lists when old
#	apt_root get|cache ARG...	apt-get or apt-cache in that root
#	apt_root_versions PACKAGE	what versions the suites have, newest first
#	apt_root_newest PACKAGE		the newest of them
#	apt_root_download PACKAGE VERSION DIR
#	apt_root_codename		of this machine
#	apt_root_own_suites		Debian's suites among the machine's sources
#
# Functions return 1 with APT_ROOT_ERROR set if something is not available,
# because callers usually have another suite to try.

APT_ROOT=
# The architecture of packages, as Debian names it; empty: that of this machine.
APT_ROOT_ARCH=
# shellcheck disable=SC2034  # read by scripts that source this
APT_ROOT_ERROR=
APT_ROOT_SITES=

# shellcheck disable=SC2034
apt_root_fail() {
	APT_ROOT_ERROR=$*
	return 1
}

apt_root_codename() {
	# shellcheck source=/dev/null  # the machine's, not ours
	(. /etc/os-release && printf '%s\n' "${VERSION_CODENAME:-}")
}

# "main|security URI SUITE" for each Debian source of this machine.
apt_root_scan() {
	# shellcheck disable=SC2016  # the format is apt's to expand
	apt-get indextargets --format '$(ORIGIN)|$(LABEL)|$(COMPONENT)|$(REPO_URI)|$(RELEASE)' \
		'Created-By: Packages' 2>/dev/null |
		awk -F'|' '$1 == "Debian" && $3 == "main" {
			if ($2 == "Debian") print "main", $4, $5
			else if ($2 == "Debian-Security") print "security", $4, $5
		}' | sort -u
}

# A new container has sources but no lists. apt-get indextargets prints nothing
# then, because origin and label are in the Release files. The addresses that
# "apt-get update" would fetch are printed even so, and the names of the suites
# tell which mirror is which.
apt_root_scan_fresh() {
	local codename
	codename=$(apt_root_codename)

	[[ -n $codename ]] && grep -qx 'ID=debian' /etc/os-release || return 0
	apt_root_empty_lists
	apt-get -o Dir::State::lists="$APT_ROOT_EMPTY" update --print-uris 2>/dev/null |
		sed -n "s|^'\(.*/\)dists/\(.*\)/InRelease'.*|\1 \2|p" |
		awk -v code="$codename" '
			$2 == code || $2 == code "-updates" { print "main", $1, $2 }
			$2 == code "-security" { print "security", $1, $2 }
		' | sort -u
}

# The machine's own list directory may be locked, or not writable.
apt_root_empty_lists() {
	APT_ROOT_EMPTY=$(cache_dir)/apt/empty
	mkdir -p "$APT_ROOT_EMPTY/partial"
}

apt_root_sites() {
	[[ -z $APT_ROOT_SITES ]] || return 0
	command -v apt-get >/dev/null ||
		apt_root_fail "there is no apt-get here, which is what fetches Debian's packages" || return
	APT_ROOT_SITES=$(apt_root_scan)
	[[ -n $APT_ROOT_SITES ]] || APT_ROOT_SITES=$(apt_root_scan_fresh)
	[[ -n $APT_ROOT_SITES ]] ||
		apt_root_fail "no Debian mirror among this machine's apt sources; add one" || return
}

apt_root_own_suites() {
	apt_root_sites && awk '{ print $3 }' <<<"$APT_ROOT_SITES"
}

# apt_root_site SUITE: the URI of the mirror that has it.
apt_root_site() {
	local kind=main

	[[ $1 != *-security ]] || kind=security
	awk -v kind="$kind" '$1 == kind { print $2; exit }' <<<"$APT_ROOT_SITES"
}

apt_root_keyring() {
	local file

	for file in /usr/share/keyrings/debian-archive-keyring.{gpg,pgp}; do
		[[ ! -r $file ]] || { printf '%s\n' "$file"; return; }
	done
	return 1
}

# Prints sources.list for the suites; suites without a mirror are left out.
apt_root_sources() {
	local keyring suite site

	keyring=$(apt_root_keyring) || return
	for suite; do
		site=$(apt_root_site "$suite")
		[[ -z $site ]] ||
			printf 'deb [signed-by=%s] %s %s main\n' "$keyring" "$site" "$suite"
	done
}

# Hooks of the machine (package kits, cache cleaners) have no business with
# lists that are not the machine's; translations and the like are not read.
apt_root_conf() {
	cat <<-END
		#clear APT::Update::Pre-Invoke;
		#clear APT::Update::Post-Invoke;
		#clear APT::Update::Post-Invoke-Success;
		Dir::Etc::SourceList "$APT_ROOT/sources.list";
		Dir::Etc::SourceParts "/dev/null";
		Dir::State::Lists "$APT_ROOT/lists";
		Dir::Cache::pkgcache "";
		Dir::Cache::srcpkgcache "";
		Acquire::Languages "none";
		Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
		Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled "false";
		APT::Update::Error-Mode "any";
		// The cache may lie where apt's unprivileged user cannot go.
		APT::Sandbox::User "";
	END
	[[ -z $APT_ROOT_ARCH ]] || cat <<-END
		APT::Architecture "$APT_ROOT_ARCH";
		APT::Architectures { "$APT_ROOT_ARCH"; };
		// What this machine has installed is of another architecture.
		Dir::State::Status "$APT_ROOT/status";
	END
}

# Others read it at any time, without the lock: it is replaced by renaming, and
# only if its content changes.
apt_root_write_conf() {
	apt_root_conf >"$APT_ROOT/apt.conf.new"
	if cmp -s "$APT_ROOT/apt.conf.new" "$APT_ROOT/apt.conf"; then
		rm "$APT_ROOT/apt.conf.new"
	else
		mv "$APT_ROOT/apt.conf.new" "$APT_ROOT/apt.conf"
	fi
}

# apt_root get|cache ARG...
apt_root() {
	local tool=$1
	shift
	LC_ALL=C "apt-$tool" -c "$APT_ROOT/apt.conf" "$@"
}

apt_root_refresh() {
	local log=$APT_ROOT/update.log

	[[ -z $(find "$APT_ROOT/refreshed" -mmin -1440 2>/dev/null) ]] || return 0
	if apt_root get -q -o Dir::Cache="$APT_ROOT/cache" update >"$log" 2>&1; then
		touch "$APT_ROOT/refreshed"
	elif [[ -e $APT_ROOT/refreshed ]]; then
		say "cannot refresh the package lists of $*; going on with those of $(date -r "$APT_ROOT/refreshed" +%F)"
	else
		apt_root_fail "cannot get the package lists of $*: $(grep -m 1 '^E:' "$log" || echo "see $log")"
	fi
}

apt_root_init() {
	local sources lock

	apt_root_sites || return
	apt_root_keyring >/dev/null ||
		apt_root_fail "no archive keyring to verify packages with; install debian-archive-keyring" || return
	sources=$(apt_root_sources "$@")
	[[ -n $sources ]] || apt_root_fail "no mirror for $*" || return

	# One root for each set of suites, so that refreshing one set does not
	# invalidate the lists of another.
	APT_ROOT=$(cache_dir)/apt/$(IFS=+; printf '%s' "$*")${APT_ROOT_ARCH:+@$APT_ROOT_ARCH}
	mkdir -p "$APT_ROOT"/{lists/partial,cache/archives/partial}
	[[ -z $APT_ROOT_ARCH ]] || : >"$APT_ROOT/status"
	exec {lock}>"$APT_ROOT/lock"
	flock "$lock"
	if [[ $sources != "$(cat "$APT_ROOT/sources.list" 2>/dev/null)" ]]; then
		rm -f "$APT_ROOT/refreshed"
		printf '%s\n' "$sources" >"$APT_ROOT/sources.list"
	fi
	apt_root_write_conf
	apt_root_refresh "$@" || { exec {lock}>&-; return 1; }
	exec {lock}>&-
}

apt_root_versions() {
	apt_root cache madison "$1" 2>/dev/null | awk -F' *[|] *' '{ print $2 }'
}

apt_root_newest() {
	apt_root_versions "$1" | sed -n 1p
}

# apt-get download can only download to the current directory.
apt_root_download() {
	(cd "$3" && apt_root get -q download "$1=$2")
}
