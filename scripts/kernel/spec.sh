# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2153  # variables are shared with kernel.sh and its other parts
#
# The value of --kernel: SPEC, which may be of several kinds. To be sourced,
# after all the other parts of kernel.sh.
#
#	specs_as FORM	prints spec.list as text, markdown, man or c
#	resolve SPEC	sets KIND (source, tree, build, vendor), NAME and BUILD, and
#			if it is built here FRAGMENTS, VARIANT (-NAME of each), TREE and
#			SERIES; with patches
#			BASE_TREE and BASE_BUILD, which may not be there: without them

readonly SPECS=$SCRIPTS/kernel/spec.list

# "SPEC<tab>description", one on each line.
spec_rows() {
	sed -nE '/^#|^$/d; s/^(([^ ]| [^ ])+)  +/\1\t/p' "$SPECS"
}

# specs_as_text WIDTH: in two columns, the second one wrapped.
specs_as_text() {
	local spec words line

	while IFS=$'\t' read -r spec words; do
		while IFS= read -r line; do
			printf '%-19s %s\n' "$spec" "$line"
			spec=
		done < <(fold -s -w "$1" <<<"$words" | sed 's/ $//')
	done < <(spec_rows)
}

specs_as_markdown() {
	printf '%s\n' '| Kernel | What it is |' '|---|---|'
	# shellcheck disable=SC2016  # it is Markdown
	spec_rows | sed -E 's/^([^\t]+)\t(.*)/| `\1` | \2 |/'
}

specs_as() {
	case $1 in
	text) specs_as_text 58 ;;
	markdown) specs_as_markdown ;;
	man) spec_rows | sed -E 's/^([^\t]+)\t(.*)/.It Li \1\n\2/' ;;
	c) specs_as_text 54 | sed 's/.*/\t\t"    &\\n"/' ;;
	*) die 2 "'$1' is no form; there are text, markdown, man, c" ;;
	esac
}

is_tree() {
	[[ -e $1/Kbuild && -e $1/MAINTAINERS ]]
}

has_image() {
	(arch_of_build "$1")
}

refuse_spec() {
	die 2 "'$1' is $2; what can be given is $(spec_rows | cut -f 1 | awk '{ printf "%s%s", sep, $0; sep = "; " }')"
}

what_is_wrong() {
	case $1 in
	*:*) echo "of no kind that is known here" ;;
	*)
		if [[ -e $1/metadata.json && -e $1/bzImage ]]; then
			echo "what tuxmake left (bzImage, config), without what modules are built against (Module.symvers); run tuxmake with --build-dir, and give that folder"
		elif [[ -d $1 ]]; then
			echo "a directory with neither a source tree (Kbuild, MAINTAINERS) nor a built kernel"
		elif [[ -e $1 ]]; then
			echo "a file that is neither a package nor a bzImage"
		else
			echo "not there"
		fi
		;;
	esac
}

# Splits SPEC[/ARCH][+NAME...][+PATCH...]: sets BASE, the lists FRAGMENTS and
# PATCHES, and ARCH. A directory, a file and a release may have a + in their names.
split_spec() {
	BASE=$1
	FRAGMENTS=()
	PATCHES=()
	while [[ $BASE == *+* && ! -e $BASE && $BASE =~ \.(patch|diff)$ ]]; do
		PATCHES=("$(readlink -m "${BASE##*+}")" "${PATCHES[@]}")
		BASE=${BASE%+*}
	done
	while [[ $BASE == *+* && ! -e $BASE && ! -e ${BASE%,*} && $BASE != installed:* ]]; do
		FRAGMENTS=("${BASE##*+}" "${FRAGMENTS[@]}")
		BASE=${BASE%+*}
		fragments | grep -qxF -- "${FRAGMENTS[0]}" ||
			refuse_spec "$1" "with '+${FRAGMENTS[0]}', which is no configuration that can be added"
	done
	arch_load x86_64
	[[ $BASE != source:*/* && $BASE != stock:*/* ]] || split_arch
}

split_arch() {
	arch_load "${BASE##*/}" ||
		die 2 "'$BASE' is for '${BASE##*/}'; the architectures are $(arch_names | paste -sd ' ')"
	BASE=${BASE%/*}
	[[ $BASE != source:* || $ARCH == x86_64 ]] ||
		die 2 "'$BASE/$ARCH': the lab's configuration is one for x86_64; the kernel of the distribution can be had, as stock:${BASE#source:}/$ARCH"
	arch_is_native || arch_need_compiler
}

# local_path SPEC: the path of a file:// URL.
local_path() {
	local path=$1

	if [[ $1 =~ ^file://(localhost)?/ ]]; then
		path=${1#file://}
		path=${path#localhost}
		# Decodes %20 and the like.
		path=${path//\\/\\\\}
		printf '%b\n' "${path//%/\\x}"
	else
		printf '%s\n' "$path"
	fi
}

resolve() {
	local spec id base='' base_id=''

	BASE_TREE='' BASE_BUILD=''
	split_spec "$(local_path "$1")"
	spec=$BASE
	[[ $spec == source:* ]] || ((${#PATCHES[@]} == 0)) ||
		refuse_spec "$1" "not fetched, so that it is patched by whoever has it"
	case $spec in
	installed | installed:*)
		spec=${spec#installed}
		resolve_installed "${spec#:}"
		return
		;;
	*://*) die 2 "'$1' is not fetched; fetch it, and give the file" ;;
	source:*)
		KIND=source
		debian_source "${spec#source:}"
		NAME=source-${spec#source:}
		id=$(source_version "$TREE")
		if ((${#PATCHES[@]})); then
			BASE_TREE=$TREE
			base=$NAME base_id=$id
			patched_tree "${PATCHES[@]}"
			NAME+=-patched
			id=$TREE
		fi
		;;
	stock:*)
		((${#FRAGMENTS[@]} == 0)) || refuse_spec "$1" "a vendor's kernel, to which no configuration can be added"
		resolve_stock "${spec#stock:}"
		return
		;;
	*)
		if is_package "$spec"; then
			resolve_packages "$spec"
			return
		elif [[ -f ${spec%,*} ]] && vendor_is_image "${spec%,*}"; then
			resolve_image "$spec"
			return
		fi
		[[ -d $spec ]] || refuse_spec "$spec" "$(what_is_wrong "$spec")"
		TREE=$(readlink -f "$spec")
		if has_image "$TREE"; then
			((${#FRAGMENTS[@]} == 0)) || refuse_spec "$1" "a build directory, to which no configuration can be added"
			resolve_build "$TREE"
			return
		fi
		is_tree "$TREE" || refuse_spec "$spec" "$(what_is_wrong "$spec")"
		check_tree_clean
		KIND=tree
		NAME=tree-$(basename "$TREE" | tr -c 'A-Za-z0-9.\n-' _)
		id=$TREE
		;;
	esac
	SERIES=$(tree_series "$TREE")
	VARIANT=$(printf '%s' "${FRAGMENTS[@]/#/-}")
	NAME+=$VARIANT
	BUILD=$CACHE/kernels/$NAME-$(key "$id")
	[[ -z $base ]] || BASE_BUILD=$CACHE/kernels/$base$VARIANT-$(key "$base_id")
}

resolve_build() {
	[[ $1 != *[[:space:]:]* ]] ||
		die 2 "'$1' holds a space or a colon, which Kbuild cannot take; move the build directory"
	arch_of_build "$1"
	[[ -e $1/Module.symvers ]] ||
		die 2 "'$1' has a bzImage and no Module.symvers, which modules are built against; run 'make modules' there"
	[[ ! -L $1/source || -e $1/source/Makefile ]] ||
		die 2 "'$1' was built from $(readlink "$1/source"), which is not there any more and modules are built with; put the tree back to where it was"
	KIND=build
	BUILD=$1
}

# Kbuild refuses O= builds from a tree that was built in place.
check_tree_clean() {
	[[ $TREE != *[[:space:]:]* ]] ||
		die 2 "'$TREE' holds a space or a colon, which Kbuild cannot take; move the tree"
	[[ ! -e $TREE/.config && ! -d $TREE/include/config && ! -d $TREE/arch/x86/include/generated ]] ||
		die 2 "'$TREE' was configured in place; finish the build there (make bzImage modules) to have it used as it is, or run 'make mrproper' there to have it built with the lab's configuration"
}
