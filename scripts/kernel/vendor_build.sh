# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Makes a build directory of a vendor's kernel as it is shipped. Its packages are
# unpacked, not installed: the headers, with the image where a build has it. To be sourced, after apt-root.sh.
#
#	vendor_closure IMAGE HEADERS VERSION	the packages to fetch, one a line
#	vendor_unpack DIR PACKAGE...		into DIR/vendor
#	vendor_strangers DIR			its tools that do not run on this machine
#	vendor_libraries PACKAGE VERSION	the libraries that they need
#	vendor_lend DIR PACKAGE...		gives them those, of their own release
#	vendor_assemble DIR			makes DIR a build directory of it
#	vendor_adopt DIR IMAGE HEADERS		the same of what lies elsewhere
#	vendor_link_modules DIR RELEASE FOLDER	and its modules
#	vendor_lacking DIR			what its headers refer to that is not there
#	vendor_release IMAGE			what uname -r says in it
#
# A directory so made:
#	vendor/					what was unpacked
#	Makefile, include, scripts ...		links to the headers
#	arch/x86/boot/bzImage			link to the image; another architecture's has its place
#	arch/x86/boot/compressed/vmlinux.bin	what is in it, as a build has it
#	modules					link to the modules, where there are

VENDOR_COMPILERS=$SCRIPTS/kernel/compiler.list

# ---- packages --------------------------------------------------------------

# Dependencies of a kernel's package that are parts of the kernel.
vendor_parts() {
	apt_root cache show "$1=$2" 2>/dev/null | sed -n 's/^Depends: //p' |
		tr ',' '\n' | awk '$1 ~ /^linux-(image|binary|modules|base|headers|kbuild)-[0-9]/ { print $1 }'
}

vendor_closure() {
	local queue=("$1" "$2") version=$3 package part seen=' '

	while ((${#queue[@]} > 0)); do
		package=${queue[0]}
		queue=("${queue[@]:1}")
		[[ $seen != *" $package "* ]] || continue
		seen+="$package "
		printf '%s\n' "$package"
		while read -r part; do
			queue+=("$part")
		done < <(vendor_parts "$package" "$version")
	done
}

# Documentation is not needed.
vendor_unpack_one() {
	case $2 in
	*.deb) dpkg-deb --fsys-tarfile "$2" | tar -x --no-same-owner --exclude=./usr/share -C "$1" ;;
	*) bsdtar -x --no-same-owner --exclude './usr/share' --exclude './.*' -C "$1" -f "$2" ;;
	esac
}

vendor_unpack() {
	local dir=$1/vendor package
	shift

	rm -rf "$dir"
	mkdir -p "$dir"
	for package; do
		vendor_unpack_one "$dir" "$package" || return
	done
	# Old packages have /lib/modules, newer ones /usr/lib/modules.
	[[ -e $dir/lib ]] || ln -s usr/lib "$dir/lib"
}

# ---- tools -----------------------------------------------------------------

# Tools from packages of a newer release may need a newer C library.
vendor_strangers() {
	local tool

	find "$1/vendor/usr/lib/" "$1/vendor/usr/src/" -type f -perm -u+x \
		\( -path '*/linux-kbuild-*' -o -path '*/scripts/*' -o -path '*/tools/objtool/*' \) 2>/dev/null |
		while read -r tool; do
			[[ $(head -c 4 "$tool" | tr -d '\0\177') == ELF ]] || continue
			[[ $(ldd "$tool" 2>&1) != *'not found'* ]] || printf '%s\n' "$tool"
		done
}

# Libraries that a package depends on, directly or not.
vendor_libraries() {
	local queue=("$1=$2") package library seen=' '

	while ((${#queue[@]} > 0)); do
		package=${queue[0]}
		queue=("${queue[@]:1}")
		while read -r library; do
			[[ $seen != *" $library "* ]] || continue
			seen+="$library "
			printf '%s\n' "$library"
			queue+=("$library")
		done < <(apt_root cache show "$package" | sed -n 's/^\(Pre-\)\?Depends: //p' |
			tr ',' '\n' | awk '$1 ~ /^(lib|zlib)/ { sub(/:.*/, "", $1); print $1 }')
	done
}

vendor_lend() {
	local dir=$1 libraries=$1/libraries package tool loader
	shift

	mkdir -p "$libraries"
	for package; do
		vendor_unpack_one "$libraries" "$package" || return
	done
	loader=$(find "$libraries" -name ld-linux-x86-64.so.2 -print -quit)
	vendor_strangers "$dir" | while read -r tool; do
		mv "$tool" "$tool.vendor"
		printf '#!/bin/sh\nexec %s --library-path %s %s "$@"\n' "$loader" \
			"$libraries/usr/lib/x86_64-linux-gnu:$libraries/lib/x86_64-linux-gnu" "$tool.vendor" >"$tool"
		chmod +x "$tool"
	done
}

# ---- images ----------------------------------------------------------------

# vendor_number IMAGE OFFSET BYTES, little endian
vendor_number() {
	od -A n -t "u$3" -j "$2" -N "$3" "$1" | tr -d ' '
}

vendor_is_image() {
	[[ $(dd if="$1" bs=1 skip=514 count=4 2>/dev/null | tr -d '\0') == HdrS ]]
}

# Offsets of the boot protocol: Documentation/arch/x86/boot.rst.
vendor_release() {
	local text=$(($(vendor_number "$1" 0x20e 2) + 0x200))

	dd if="$1" bs=1 skip="$text" count=128 status=none | tr '\0\n' '  ' | cut -d ' ' -f 1
}

# vendor_release_in IMAGE HEADERS: likewise, for an image without that field.
vendor_release_in() {
	if vendor_is_image "$1"; then
		vendor_release "$1"
	else
		cat "$2/include/config/kernel.release"
	fi
}

# The command that unpacks a payload, by its first bytes; nothing if there is
# none.
vendor_unpacker() {
	local magic command

	magic=$(od -A n -t x1 -N 6 "$1" | tr -d ' \n')
	case $magic in
	fd377a585a00) command='xz -dc' ;;
	28b52ffd*) command='zstd -dc' ;;
	1f8b*) command='gzip -dc' ;;
	02214c18*) command='lz4 -dc' ;;
	*) return 1 ;;
	esac
	command -v "${command%% *}" >/dev/null && printf '%s\n' "$command"
}

# vendor_extract IMAGE FILE: the kernel that the image would decompress when it
# is booted. A packed kernel is followed by its length, which unpackers report as
# trailing garbage: so the result is checked instead of the exit code.
vendor_extract() {
	local start length unpack

	start=$((($(vendor_number "$1" 0x1f1 1) + 1) * 512 + $(vendor_number "$1" 0x248 4)))
	length=$(vendor_number "$1" 0x24c 4)
	dd if="$1" of="$2.packed" iflag=skip_bytes,count_bytes skip="$start" count="$length" bs=1M status=none
	if unpack=$(vendor_unpacker "$2.packed"); then
		$unpack <"$2.packed" >"$2.part" 2>/dev/null || true
		[[ $(head -c 4 "$2.part" | tr -d '\177') != ELF ]] || mv "$2.part" "$2"
	fi
	rm -f "$2.packed" "$2.part"
}

# ---- directories -----------------------------------------------------------

# The folder below DIR that modules are built against.
vendor_headers() {
	find "$1/vendor/usr/src" "$1/vendor/lib/modules/" -name Module.symvers -printf '%h\n' 2>/dev/null | sort | sed -n 1p
}

# Some packages have a link in /boot to the image in /lib/modules, and some of
# these links are broken.
vendor_image() {
	local file

	find "$1/vendor/boot" "$1/vendor/lib/modules/" \( -name 'vmlinuz*' -o -name 'bzImage*' \) 2>/dev/null | sort |
		while read -r file; do
			[[ ! -e $file ]] || { printf '%s\n' "$file"; break; }
		done
}

# The first file that the headers refer to and no package has. The headers of a
# flavour may be links to, or include, those that all flavours share.
vendor_lacking() {
	local headers include
	headers=$(vendor_headers "$1")

	if [[ -L $headers/Makefile && ! -e $headers/Makefile ]]; then
		readlink "$headers/Makefile"
		return
	fi
	include=$(sed -nE 's/^include +([^$ ]+) *$/\1/p' "$headers/Makefile" | sed -n 1p)
	case $include in
	'') ;;
	/*) [[ -e $1/vendor$include ]] || printf '%s\n' "$include" ;;
	*) [[ -e $headers/$include ]] || printf '%s\n' "$include" ;;
	esac
}

# Modules are built with this machine's compiler. Options that only the vendor's
# compiler has are disabled: see compiler.list.
vendor_fit_compiler() {
	local option flag variables=$1/.kernelvariables compiler
	compiler=$(arch_cross)gcc

	while read -r option flag; do
		[[ $option == CONFIG_* ]] || continue
		grep -qs "^$option=" "$1/include/config/auto.conf" || continue
		! "$compiler" -Werror "$flag" -x c -S -o /dev/null /dev/null 2>/dev/null || continue
		sed -i "/^$option=/d" "$1/include/config/auto.conf"
	done <"$VENDOR_COMPILERS"
	[[ ! -e $variables ]] || sed -i "s/^CC = .*/CC = $compiler/" "$variables"
}

# vendor_copy FOLDER TO: copies; relative links still point to the same files.
vendor_copy() {
	local copy=$2/${1##*/} from=$1 link

	cp -a "$from" "$2/"
	find "$copy" -type l | while read -r link; do
		[[ -e $link || ! -e $from${link#"$copy"} ]] ||
			ln -sfn "$(readlink -f "$from${link#"$copy"}")" "$link"
	done
}

# Links to the files in HEADERS; copies of those that have to be changed.
vendor_link_headers() {
	local dir=$1 headers=$2 file

	for file in "$headers"/* "$headers"/.[a-zA-Z]*; do
		[[ -e $file ]] || continue
		case ${file##*/} in
		arch | vmlinux | .labyrinth*) ;;
		Makefile | .kernelvariables) cp -pL "$file" "$dir/" ;;
		include) vendor_copy "$file" "$dir/" ;;
		*) ln -sfn "$(readlink -f "$file")" "$dir/${file##*/}" ;;
		esac
	done
	vendor_copy "$headers/arch" "$dir/"
	sed -i -E "s,^include +\.\./,include $headers/../,; s,-C +\.\./,-C $headers/../," "$dir/Makefile"
	chmod -R u+w "$dir/arch" "$dir/include"
}

vendor_adopt() {
	local dir=$1 image=$2 headers=$3

	vendor_link_headers "$dir" "$headers"
	sed -i "s|^KBUILD_OUTPUT=.*|KBUILD_OUTPUT=$dir|" "$dir/Makefile"
	vendor_fit_compiler "$dir"
	mkdir -p "$dir/${ARCH_IMAGE%/*}"
	ln -sfn "$image" "$dir/$ARCH_IMAGE"
	vendor_is_image "$image" || return 0
	mkdir -p "$dir/arch/x86/boot/compressed"
	vendor_extract "$image" "$dir/arch/x86/boot/compressed/vmlinux.bin"
}

# vendor_link_modules DIR RELEASE FOLDER: the modules that belong to it.
vendor_link_modules() {
	[[ -d $3/kernel && -e $3/modules.dep ]] || return 0
	mkdir -p "$1/vendor/lib/modules"
	ln -sfn "$3" "$1/vendor/lib/modules/$2"
	ln -sfn "vendor/lib/modules/$2" "$1/modules"
}

vendor_assemble() {
	local dir=$1 headers image release

	headers=$(vendor_headers "$dir")
	image=$(vendor_image "$dir")
	[[ -n $headers ]] || { say "no headers (Module.symvers) in these packages"; return 1; }
	[[ -n $image ]] || { say "no kernel image in these packages"; return 1; }
	# Makefiles contain the path where the package would have been installed.
	find "$dir/vendor/usr/src" -maxdepth 4 -name Makefile -type f \
		-exec sed -i "s|\([ =]\)/usr/src/|\1$dir/vendor/usr/src/|" {} +
	vendor_adopt "$dir" "$image" "$headers"
	release=$(vendor_release_in "$image" "$headers")
	[[ ! -d $dir/vendor/lib/modules/$release/kernel ]] || {
		depmod -b "$dir/vendor" "$release" &&
			ln -sfn "vendor/lib/modules/$release" "$dir/modules"
	}
}
