# SPDX-License-Identifier: GPL-2.0-only
#
# What lib.mk calls to build the module: against the kernel that this tree was
# built as, if it was, else against the one that runs. Without either there is
# no module, and labyrinth.sh is skipped.

TREE := $(abspath $(CURDIR)/../../../../..)
BUILT := $(firstword $(wildcard $(KBUILD_OUTPUT)/Module.symvers $(O)/Module.symvers $(TREE)/Module.symvers))
KDIR ?= $(if $(BUILT),$(patsubst %/,%,$(dir $(BUILT))),/lib/modules/$(shell uname -r)/build)

# The O= and the like of the selftests' make are not for the kernel's.
KERNEL_MAKE = env -u MAKEFLAGS -u MAKEOVERRIDES -u MAKELEVEL $(MAKE) -C $(KDIR) M=$(CURDIR) \
	      $(if $(LLVM),LLVM=$(LLVM)) $(if $(CROSS_COMPILE),CROSS_COMPILE=$(CROSS_COMPILE))

modules clean:
ifneq ($(wildcard $(KDIR)/Makefile),)
	$(KERNEL_MAKE) $@
endif

.PHONY: modules clean
