# SPDX-License-Identifier: GPL-2.0-only
#
# Tests. Unit tests are linked with the program's own objects but its main();
# guest tests, which are those that include guest_test.h, are static programs
# that guest.sh has the lab run in guests. Both are built on
# kselftest_harness.h, which is the kernel's and taken from its source.

GUEST_TESTS := $(patsubst userspace/tests/%.c,build/tests/%,\
	       $(shell grep -l guest_test.h userspace/tests/*_test.c))
UNIT_TESTS := $(filter-out $(GUEST_TESTS),$(patsubst userspace/tests/%.c,\
	      build/tests/%,$(wildcard userspace/tests/*_test.c)))
# No tests by themselves: scripts run them, in guests or here.
HELPERS := $(addprefix build/tests/,bench fill_history ioctl_fuzz lifecycle measure \
	   synthesize)
# Builds all of it once more, by the kernel's make: a target of its own.
LONG_TESTS := userspace/tests/kselftest.sh
SHELL_TESTS := $(filter-out $(LONG_TESTS),$(wildcard userspace/tests/*.sh))

HARNESS_SOURCE = $(shell cat build/tests/ksrc)
HARNESS_CFLAGS = -isystem $(HARNESS_SOURCE)/tools/testing/selftests

build/tests/ksrc:
	$(Q)mkdir -p $(@D)
	$(Q)scripts/kernel.sh source source:6.12 >$@

build/tests/%.o: userspace/tests/%.c Makefile build/tests/ksrc
	$(call say,CC,$<)
	$(Q)$(CC) $(CFLAGS) $(LAB_CFLAGS) $(HARNESS_CFLAGS) -c -o $@ $<

# The tables of injectors and pressures are made up for the parser's tests.
STUBBED := build/tests/scenario_test
TABLES := build/userspace/inject/table.o build/userspace/pressure/table.o

$(STUBBED): build/tests/%: build/tests/%.o build/tests/stubs.o \
		$(filter-out $(MAIN) $(TABLES),$(OBJECTS))
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS) $(LAB_LDFLAGS) -o $@ $^ $(LAB_LIBS)

# A read past an end does no harm that a fuzzer would see: these have it end.
# Sanitizers need a program that is linked dynamically, and all of it anew.
FUZZERS := $(addprefix build/sanitized/tests/,log_fuzz runs_fuzz scenario_fuzz)
SANITIZERS := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all
SANITIZED := $(patsubst build/%,build/sanitized/%,\
	     $(filter-out $(MAIN) %/static.o,$(OBJECTS)))

build/sanitized/userspace/%.o: userspace/%.c Makefile userspace/tests/tests.mk
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(SANITIZERS) $(LAB_CFLAGS) -c -o $@ $<

FUZZED_STUBBED := build/sanitized/tests/scenario_fuzz
$(FUZZED_STUBBED): build/sanitized/userspace/tests/stubs.o \
		$(filter-out $(TABLES:build/%=build/sanitized/%),$(SANITIZED))
$(filter-out $(FUZZED_STUBBED),$(FUZZERS)): $(SANITIZED)
$(FUZZERS): build/sanitized/tests/%: build/sanitized/userspace/tests/%.o
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(SANITIZERS) -pthread -o $@ $^ $(LAB_LIBS)

$(filter-out $(STUBBED),$(UNIT_TESTS)) $(GUEST_TESTS) $(HELPERS): \
		build/tests/%: build/tests/%.o $(filter-out $(MAIN),$(OBJECTS))
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS) $(LAB_LDFLAGS) -o $@ $^ $(LAB_LIBS)

.PHONY: unit-tests soak levels test-kselftest
unit-tests: $(UNIT_TESTS) $(FUZZERS) $(GUEST_TESTS) $(HELPERS)

# prove's last lines say how many tests passed.
test: setup
	$(Q)$(MAKE) --no-print-directory all build/tests/ksrc
	$(Q)$(MAKE) --no-print-directory unit-tests
	@# Before prove, which would keep a kernel's build to itself.
	$(Q)scripts/guest.sh source:6.12 >/dev/null
	$(Q)scripts/guest.sh source:6.12+debug >/dev/null
	$(Q)prove -j2 --exec '' $(PROVE_FLAGS) $(UNIT_TESTS) $(FUZZERS) \
		$(SHELL_TESTS)

# Hours of what soak.sh does for a minute.
soak: setup
	$(Q)$(MAKE) --no-print-directory all build/tests/ksrc
	$(Q)$(MAKE) --no-print-directory $(HELPERS)
	$(Q)scripts/guest.sh source:6.12+debug >/dev/null
	$(Q)LABYRINTH_SOAK=1 prove --verbose --exec '' userspace/tests/soak.sh

# The levels of pressures in a large guest, twice.
levels: setup all
	$(Q)LABYRINTH_LEVELS=1 prove --verbose --exec '' userspace/tests/pressure.sh

test-kselftest: setup
	$(Q)$(MAKE) --no-print-directory all
	$(Q)prove --verbose --exec '' userspace/tests/kselftest.sh

-include $(wildcard build/tests/*.d) $(SANITIZED:.o=.d) $(wildcard build/sanitized/userspace/tests/*.d)
