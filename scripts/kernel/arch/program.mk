# SPDX-License-Identifier: GPL-2.0-only
#
# The program for guests of another architecture, and the tests that run in them:
# make ARCH=arm64 build/arm64/labyrinth. scripts/runtime/guest.sh asks for it.

# Not from the environment, where people who build kernels have one.
ifeq ($(origin ARCH),command line)
ARCH_SAYS := $(shell scripts/runtime/kernel.sh arch $(ARCH))
ARCH_CC := $(word 1,$(ARCH_SAYS))
ARCH_ROOT := $(word 2,$(ARCH_SAYS))
ARCH_TRIPLET := $(word 3,$(ARCH_SAYS))
ARCH_FLAGS := -isystem $(ARCH_ROOT)/usr/include -isystem $(ARCH_ROOT)/usr/include/$(ARCH_TRIPLET) \
	      -L$(ARCH_ROOT)/usr/lib/$(ARCH_TRIPLET)
ARCH_OBJECTS := $(SOURCES:%.c=build/$(ARCH)/%.o)

build/$(ARCH)/labyrinth: $(ARCH_OBJECTS)
	$(call say,LD,$@)
	$(Q)$(ARCH_CC) $(CFLAGS) $(LAB_LDFLAGS) -o $@ $^ $(ARCH_FLAGS) $(LAB_LIBS)

ARCH_TESTS := $(patsubst build/%,build/$(ARCH)/%,$(GUEST_TESTS))
.PHONY: arch-tests
arch-tests: $(ARCH_TESTS)
build/$(ARCH)/userspace/tests/%: ARCH_FLAGS += $(HARNESS_CFLAGS) -Iuserspace/tests

$(ARCH_TESTS): build/$(ARCH)/tests/%: build/$(ARCH)/userspace/tests/guest/%.o \
		$(filter-out %/main.o,$(ARCH_OBJECTS))
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(ARCH_CC) $(CFLAGS) $(LAB_LDFLAGS) -o $@ $^ $(ARCH_FLAGS) $(LAB_LIBS)

build/$(ARCH)/%.o: %.c Makefile
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(ARCH_CC) $(CFLAGS) $(LAB_CFLAGS) $(ARCH_FLAGS) -c -o $@ $<

-include $(ARCH_OBJECTS:.o=.d)
endif
