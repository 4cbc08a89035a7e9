# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Packages of a kernel that are given as files: which of those in the same folder
# are parts of it, by the names that distributions give them. To be sourced, after
# lib.sh.
#
#	is_package FILE		of a kind that can be unpacked
#	package_name FILE	FILE without folder and ending
#	package_version FILE	of the package
#	packages_beside FILE	the file, and its parts in the same folder, one a line
#	packages_wanted FILE	words for the packages that belong beside it

is_package() {
	[[ $1 == *.deb || $1 == *.rpm || $1 == *.pkg.tar.* ]] && [[ -f $1 ]]
}

package_name() {
	local name=${1##*/}

	name=${name%.deb}
	name=${name%.rpm}
	printf '%s\n' "${name%.pkg.tar.*}"
}

# split_name NAME: sets P_NAME, P_VERSION (with the release) and P_ARCH, of a name
# NAME-VERSION-RELEASE.ARCH (.rpm) or NAME-VERSION-RELEASE-ARCH (.pkg.tar).
split_name() {
	local rest=$1 release

	P_ARCH=
	if [[ $rest =~ [.-](x86_64|noarch|any)$ ]]; then
		P_ARCH=${BASH_REMATCH[1]}
		rest=${rest%?"$P_ARCH"}
	fi
	release=${rest##*-}
	rest=${rest%-*}
	P_VERSION=${rest##*-}-$release
	P_NAME=${rest%-*}
}

deb_field() {
	dpkg-deb -f "$1" "$2" 2>/dev/null
}

# As "uname -r" prints it; Ubuntu calls an image without signature
# linux-image-unsigned-R.
deb_release() {
	local name
	name=$(deb_field "$1" Package)

	name=${name#linux-image-}
	printf '%s\n' "${name#unsigned-}"
}

# Names of the packages that a package depends on.
deb_depends() {
	deb_field "$1" Depends | tr '|' ',' | tr ',' '\n' | awk '{ sub(/:.*/, "", $1); print $1 }'
}

# is_deb_part NAME RELEASE: modules and headers of that release, and the part of
# Debian's headers that all flavours share.
is_deb_part() {
	[[ $1 == linux-*-"$2" || $1 == linux-headers-*-common || $1 == linux-kbuild-* ]]
}

# Ubuntu's headers depend on a package that all flavours share.
beside_deb() {
	local file=$1 release version other name i
	local -a others=() names=() needed=()

	release=$(deb_release "$file")
	version=$(deb_field "$file" Version)
	for other in "${file%/*}"/linux-*.deb; do
		# Only one image: another one would replace it.
		[[ $other != "$file" && -e $other && ${other##*/} != linux-image-* ]] || continue
		[[ $(deb_field "$other" Version) == "$version" ]] || continue
		name=$(deb_field "$other" Package)
		others+=("$other")
		names+=("$name")
		! is_deb_part "$name" "$release" || mapfile -t -O "${#needed[@]}" needed < <(printf '%s\n' "$name"; deb_depends "$other")
	done
	for i in "${!others[@]}"; do
		[[ " ${needed[*]} " != *" ${names[i]} "* ]] || printf '%s\n' "${others[i]}"
	done
}

# Fedora has kernel-core, kernel-modules*, kernel-devel; SUSE kernel-default,
# kernel-default-devel, and kernel-devel for any architecture. Others, such as
# kernel-debug-core and kernel-doc, are not of the same kernel.
beside_rpm() {
	local file=$1 stem version other
	local parts='|core|modules|modules-core|modules-extra|modules-internal|modules-partner|extra|optional|devel'

	split_name "$(package_name "$file")"
	stem=${P_NAME%-core} version=$P_VERSION
	for other in "${file%/*}"/kernel*.rpm; do
		[[ $other != "$file" && -e $other ]] || continue
		split_name "$(package_name "$other")"
		[[ $P_VERSION == "$version" ]] || continue
		if [[ $P_NAME =~ ^"$stem"-?($parts)$ || ($P_NAME == kernel-devel && $P_ARCH == noarch) ]]; then
			printf '%s\n' "$other"
		fi
	done
}

# Arch: linux-headers-V belongs to linux-V; likewise linux-lts and others.
beside_pacman() {
	local file=$1 other

	split_name "$(package_name "$file")"
	for other in "${file%/*}/$P_NAME-headers-$P_VERSION${P_ARCH:+-$P_ARCH}".pkg.tar.*; do
		[[ $other == *.sig || ! -e $other ]] || printf '%s\n' "$other"
	done
}

packages_beside() {
	printf '%s\n' "$1"
	case $1 in
	*.deb) beside_deb "$1" ;;
	*.rpm) beside_rpm "$1" ;;
	*) beside_pacman "$1" ;;
	esac
}

packages_wanted() {
	case $1 in
	*.deb) printf 'linux-headers-%s, and what that depends on' "$(deb_release "$1")" ;;
	*.rpm)
		split_name "$(package_name "$1")"
		printf '%s-devel-%s%s' "${P_NAME%-core}" "$P_VERSION" \
			"$([[ $P_NAME != kernel-*[a-z] || $P_NAME == *-core ]] || printf ', and on SUSE kernel-devel-%s.noarch' "$P_VERSION")"
		;;
	*)
		split_name "$(package_name "$1")"
		printf '%s-headers-%s' "$P_NAME" "$P_VERSION"
		;;
	esac
}

package_version() {
	case $1 in
	*.deb) deb_field "$1" Version ;;
	*)
		split_name "$(package_name "$1")"
		printf '%s\n' "$P_VERSION"
		;;
	esac
}
