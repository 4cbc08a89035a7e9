# SPDX-License-Identifier: GPL-2.0-only
#
# Tests. Unit tests are linked with the program's own objects but its main();
# guest tests, which are those that include guest_test.h, are static programs
# that guest.sh has the lab run in guests. Both are built on
# kselftest_harness.h, which is the kernel's and taken from its source.

TESTS_OF = $(patsubst userspace/tests/$1/%.c,build/tests/%,$(wildcard userspace/tests/$1/$2))

GUEST_TESTS := $(call TESTS_OF,guest,*_test.c)
UNIT_TESTS := $(call TESTS_OF,unit,*_test.c)
# No tests by themselves: scripts run them, in guests or here.
HELPERS := $(call TESTS_OF,tools,*.c)
# Builds all of it once more, by the kernel's make: a target of its own.
LONG_TESTS := $(addprefix userspace/tests/system/,\
	arm64.sh bisect_commits.sh explain_kernels.sh hosts.sh kselftest.sh \
	lava.sh mutants_kernels.sh shrink.sh slurm.sh slurm_commands.sh topologies.sh vmcore.sh)
SHELL_TESTS := $(filter-out $(LONG_TESTS),$(wildcard userspace/tests/system/*.sh))

HARNESS_SOURCE = $(shell cat build/tests/ksrc)
HARNESS_CFLAGS = -isystem $(HARNESS_SOURCE)/tools/testing/selftests

build/tests/ksrc:
	$(Q)mkdir -p $(@D)
	$(Q)scripts/runtime/kernel.sh source source:6.12 >$@

define tests_of_kind
build/tests/%.o: userspace/tests/$1/%.c Makefile build/tests/ksrc
	$$(call say,CC,$$<)
	$$(Q)$$(CC) $$(CFLAGS) $$(LAB_CFLAGS) $$(HARNESS_CFLAGS) -Iuserspace/tests $$($1_CFLAGS) -c -o $$@ $$<
endef
unit_CFLAGS = -include userspace/tests/unit/exits_fail.h
$(foreach kind,unit guest tools,$(eval $(call tests_of_kind,$(kind))))

# The tables of injectors and pressures are made up for the parser's tests.
STUBBED := $(patsubst %,build/tests/%_test,scenario scenario_file shape phase source)
TABLES := build/userspace/inject/table.o build/userspace/pressure/table.o

$(STUBBED): build/tests/%: build/tests/%.o build/tests/stubs.o \
		$(filter-out $(MAIN) $(TABLES),$(OBJECTS))
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS) $(LAB_LDFLAGS) -o $@ $^ $(LAB_LIBS)

# A read past an end does no harm that a fuzzer would see: these have it end.
# Sanitizers need a program that is linked dynamically, and all of it anew.
FUZZERS := $(patsubst userspace/tests/fuzz/%.c,build/sanitized/tests/%,\
	   $(wildcard userspace/tests/fuzz/*_fuzz.c))
SANITIZERS := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all
SANITIZED := $(patsubst build/%,build/sanitized/%,\
	     $(filter-out $(MAIN) %/static_link.o,$(OBJECTS)))

build/sanitized/userspace/%.o: userspace/%.c Makefile userspace/tests/tests.mk
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(SANITIZERS) $(LAB_CFLAGS) -c -o $@ $<

FUZZED_STUBBED := build/sanitized/tests/scenario_fuzz
$(FUZZED_STUBBED): build/sanitized/userspace/tests/unit/stubs.o \
		$(filter-out $(TABLES:build/%=build/sanitized/%),$(SANITIZED))
$(filter-out $(FUZZED_STUBBED),$(FUZZERS)): $(SANITIZED)
$(FUZZERS): build/sanitized/tests/%: build/sanitized/userspace/tests/fuzz/%.o
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(SANITIZERS) -pthread -o $@ $^ $(LAB_LIBS)

$(filter-out $(STUBBED),$(UNIT_TESTS)) $(GUEST_TESTS) $(HELPERS): \
		build/tests/%: build/tests/%.o $(filter-out $(MAIN),$(OBJECTS))
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS) $(LAB_LDFLAGS) -o $@ $^ $(LAB_LIBS)

.PHONY: unit-tests soak levels test-kselftest test-explain test-explore test-arm64 \
	test-bisect test-lava test-hosts test-mutants test-shrink test-slurm test-topologies \
	test-vmcore
unit-tests: $(UNIT_TESTS) $(FUZZERS) $(GUEST_TESTS) $(HELPERS)

# prove's last lines say how many tests passed.
test: setup
	$(Q)$(MAKE) --no-print-directory $(JOBS) all build/tests/ksrc
	$(Q)$(MAKE) --no-print-directory $(JOBS) unit-tests
	@# Before prove, which would keep a kernel's build to itself.
	$(Q)scripts/runtime/guest.sh source:6.12 >/dev/null
	$(Q)scripts/runtime/guest.sh source:6.12+debug >/dev/null
	$(Q)prove -j2 --exec '' $(PROVE_FLAGS) $(UNIT_TESTS) $(FUZZERS) \
		$(SHELL_TESTS)

# Hours of what soak.sh does for a minute.
soak: setup
	$(Q)$(MAKE) --no-print-directory all build/tests/ksrc
	$(Q)$(MAKE) --no-print-directory $(HELPERS)
	$(Q)scripts/runtime/guest.sh source:6.12+debug >/dev/null
	$(Q)LABYRINTH_SOAK=1 prove --verbose --exec '' userspace/tests/system/soak.sh

# The levels of pressures in a large guest, twice.
levels: setup all
	$(Q)LABYRINTH_LEVELS=1 prove --verbose --exec '' userspace/tests/system/pressure.sh

# Every planted defect, and victims on an unmodified kernel, which is fetched.
test-explore: setup
	$(Q)$(MAKE) --no-print-directory all build/tests/frames
	$(Q)LABYRINTH_EXPLORE=1 prove -j2 --timer --exec '' \
		userspace/tests/system/planted.sh userspace/tests/system/explore.sh \
		userspace/tests/system/layers.sh userspace/tests/system/disks.sh

# The module's tests and some scenarios in arm64 guests, which takes a quarter of an hour.
test-arm64: setup
	$(Q)scripts/setup.sh arm64
	$(Q)$(MAKE) --no-print-directory all build/tests/ksrc
	$(Q)$(MAKE) --no-print-directory ARCH=arm64 arch-tests
	$(Q)prove --verbose --exec '' userspace/tests/system/arm64.sh

# Scenarios from reports, on a kernel before a change and on one that has it.
test-explain: setup
	$(Q)$(MAKE) --no-print-directory all
	$(Q)prove --verbose --exec '' userspace/tests/system/explain_kernels.sh

# Commits of the kernel's own source, some of them planted: tens of builds.
test-bisect: setup
	$(Q)$(MAKE) --no-print-directory all
	$(Q)prove --verbose --exec '' userspace/tests/system/bisect_commits.sh

# Guests that panic and hang, and the readers of cores that are installed.
test-vmcore: setup
	$(Q)$(MAKE) --no-print-directory all
	$(Q)prove --verbose --exec '' userspace/tests/system/vmcore.sh

# Two mutants whose kill is known, built and killed, with a kill of the command between.
test-mutants: setup
	$(Q)$(MAKE) --no-print-directory all
	$(Q)prove --verbose --exec '' userspace/tests/system/mutants_kernels.sh

# Scenarios that are made small, by tens of guests each.
test-shrink: setup
	$(Q)$(MAKE) --no-print-directory all
	$(Q)prove --verbose --exec '' userspace/tests/system/shrink.sh

# Runs, an exploration and a bisection on a cluster, which the tests start here, and
# of which all parts die.
test-slurm: setup
	$(Q)scripts/setup.sh slurm
	$(Q)$(MAKE) --no-print-directory all
	$(Q)prove --verbose --exec '' userspace/tests/system/slurm.sh \
		userspace/tests/system/slurm_commands.sh

# Jobs on an emulated device, run by LAVA's dispatcher in a Debian that is made for it.
test-lava: setup
	$(Q)scripts/setup.sh lava
	$(Q)$(MAKE) --no-print-directory all
	$(Q)prove --verbose --exec '' userspace/tests/system/lava.sh

# Both commands of README on bare machines, each a Debian in a folder of its own.
test-hosts: setup
	$(Q)scripts/setup.sh hosts
	$(Q)prove --verbose --exec '' userspace/tests/system/hosts.sh

# Guests whose nodes and zones are not as usual.
test-topologies: setup
	$(Q)$(MAKE) --no-print-directory all build/tests/ksrc
	$(Q)$(MAKE) --no-print-directory build/tests/topology_test
	$(Q)prove --verbose --exec '' userspace/tests/system/topologies.sh

test-kselftest: setup
	$(Q)$(MAKE) --no-print-directory all
	$(Q)prove --verbose --exec '' userspace/tests/system/kselftest.sh

-include $(wildcard build/tests/*.d) $(SANITIZED:.o=.d) $(wildcard build/sanitized/userspace/tests/*/*.d)
