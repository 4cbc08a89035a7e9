# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# How labyrinth.ko is built for a kernel: with the kernel's own compiler, and
# signed if the kernel loads only signed modules. To be sourced, after lib.sh.
#
#	module_tools KERNEL	arguments of make, one a line: the compiler and its tools
#	module_key KERNEL	the key to sign with, or nothing where none is needed
#	module_sign KERNEL MODULE
#
# KERNEL is the folder that the kernel was built in. LABYRINTH_MODULE_KEY names
# a key to use instead of the one in that folder: a PEM file with key and
# certificate, or KEY,CERT.

# is_set KERNEL OPTION
is_set() {
	grep -qs "^$2=y" "$1/include/config/auto.conf"
}

# An older clang, or gcc, does not know all flags of a kernel that was built
# with clang.
clang_of() {
	local version major own

	version=$(sed -n 's/^CONFIG_CLANG_VERSION=//p' "$1/include/config/auto.conf")
	major=$((${version:-0} / 10000))
	if command -v "clang-$major" >/dev/null; then
		printf -- '-%s\n' "$major"
		return
	fi
	own=$(clang -dumpversion 2>/dev/null) || own=0
	((${own%%.*} >= major && ${own%%.*} > 0)) ||
		die 2 "'$1' was built by clang $major, and there is none here that is as new; install clang-$major, lld-$major and llvm-$major"
	printf '\n'
}

module_tools() {
	local suffix tool assembler=0

	is_set "$1" CONFIG_CC_IS_CLANG || return 0
	suffix=$(clang_of "$1") || exit
	! is_set "$1" CONFIG_AS_IS_LLVM || assembler=1
	printf '%s\n' "CC=clang$suffix" "LLVM_IAS=$assembler"
	is_set "$1" CONFIG_LD_IS_LLD || return 0
	for tool in LD=ld.lld AR=llvm-ar NM=llvm-nm STRIP=llvm-strip OBJCOPY=llvm-objcopy OBJDUMP=llvm-objdump READELF=llvm-readelf; do
		command -v "${tool#*=}$suffix" >/dev/null ||
			die 2 "'$1' was linked by lld, and '${tool#*=}$suffix' is missing; install lld$suffix and llvm$suffix"
		printf '%s\n' "$tool$suffix"
	done
}

# Whether it loads only modules that are signed with a key it knows.
takes_signed_only() {
	is_set "$1" CONFIG_MODULE_SIG_FORCE || is_set "$1" CONFIG_LOCK_DOWN_KERNEL_FORCE_INTEGRITY ||
		is_set "$1" CONFIG_LOCK_DOWN_KERNEL_FORCE_CONFIDENTIALITY
}

module_key() {
	local own=$1/certs/signing_key.pem

	if [[ -n ${LABYRINTH_MODULE_KEY:-} ]]; then
		[[ -r ${LABYRINTH_MODULE_KEY%,*} && -r ${LABYRINTH_MODULE_KEY##*,} ]] ||
			die 2 "the key '$LABYRINTH_MODULE_KEY' cannot be read; give a PEM file with key and certificate, or KEY,CERTIFICATE"
		printf '%s\n' "$LABYRINTH_MODULE_KEY"
	elif takes_signed_only "$1"; then
		[[ -r $own ]] ||
			die 2 "'$1' is a kernel that loads signed modules only (MODULE_SIG_FORCE or lockdown), and the key that it was built with is not there (certs/signing_key.pem); give one that it knows with --module-key"
		printf '%s\n' "$own"
	fi
}

module_sign() {
	local key hash
	key=$(module_key "$1") || exit

	[[ -n $key ]] || return 0
	[[ -x $1/scripts/sign-file ]] ||
		die 2 "'$1' has no scripts/sign-file, which signs modules; run 'make modules' there, or install what its headers depend on"
	hash=$(sed -n 's/^CONFIG_MODULE_SIG_HASH="\(.*\)"/\1/p' "$1/include/config/auto.conf")
	"$1/scripts/sign-file" "${hash:-sha256}" "${key%,*}" "${key##*,}" "$2" ||
		die 2 "cannot sign with '$key'; a key is a PEM file with key and certificate, without a password, or KEY,CERTIFICATE"
}
