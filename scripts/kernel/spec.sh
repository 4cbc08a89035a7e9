# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2153  # variables are shared with kernel.sh and its other parts
#
# What --kernel takes: SPEC, told apart by kind. To be sourced, after all the other
# parts of kernel.sh.
#
#	resolve SPEC	sets KIND (source, tree, build, vendor), NAME and BUILD, and of
#			what is built here FRAGMENT, TREE and SERIES

is_tree() {
	[[ -e $1/Kbuild && -e $1/MAINTAINERS ]]
}

has_image() {
	[[ -e $1/arch/x86/boot/bzImage ]]
}

refuse_spec() {
	die 2 "'$1' is $2; what can be given is source:X.Y or a kernel source tree, either with +NAME ($(fragments | paste -sd ' ')); stock:X.Y[-rt|-cloud], a kernel's .deb or .rpm, a bzImage; or a build directory (arch/x86/boot/bzImage and Module.symvers)"
}

what_is_wrong() {
	case $1 in
	*:*) echo "of no kind that is known here" ;;
	*)
		if [[ -d $1 ]]; then
			echo "a directory with neither a source tree (Kbuild, MAINTAINERS) nor a built kernel"
		elif [[ -e $1 ]]; then
			echo "a file that is neither a package nor a bzImage"
		else
			echo "not there"
		fi
		;;
	esac
}

# Splits SPEC+NAME: sets BASE, and FRAGMENT or ''. A directory may have a + in
# its name.
split_spec() {
	BASE=$1
	FRAGMENT=
	[[ $1 == *+* && ! -e $1 ]] || return 0
	BASE=${1%+*}
	FRAGMENT=${1##*+}
	fragments | grep -qxF -- "$FRAGMENT" ||
		refuse_spec "$1" "with '+$FRAGMENT', which is no configuration that can be added"
}

is_package() {
	[[ $1 == *.deb || $1 == *.rpm ]] && [[ -f $1 ]]
}

resolve() {
	local spec id

	split_spec "$1"
	spec=$BASE
	case $spec in
	source:*)
		KIND=source
		debian_source "${spec#source:}"
		NAME=source-${spec#source:}
		id=$(source_version "$TREE")
		;;
	stock:*)
		[[ -z $FRAGMENT ]] || refuse_spec "$1" "a vendor's kernel, to which no configuration can be added"
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
			[[ -z $FRAGMENT ]] || refuse_spec "$1" "a build directory, to which no configuration can be added"
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
	NAME+=${FRAGMENT:+-$FRAGMENT}
	BUILD=$CACHE/kernels/$NAME-$(key "$id")
}

resolve_build() {
	[[ -e $1/Module.symvers ]] ||
		die 2 "'$1' has a bzImage and no Module.symvers, which modules are built against; run 'make modules' there"
	KIND=build
	BUILD=$1
}

# Kbuild refuses to build elsewhere from a tree that was also built in.
check_tree_clean() {
	[[ $TREE != *[[:space:]:]* ]] ||
		die 2 "'$TREE' holds a space or a colon, which Kbuild cannot take; move the tree"
	[[ ! -e $TREE/.config && ! -d $TREE/include/config && ! -d $TREE/arch/x86/include/generated ]] ||
		die 2 "'$TREE' was configured in place; finish the build there (make bzImage modules) to have it used as it is, or run 'make mrproper' there to have it built with the lab's configuration"
}
