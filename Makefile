# SPDX-License-Identifier: GPL-2.0-only
#
# Labyrinth. "make help" lists what can be asked for; V=1 shows the commands.

KERNEL ?= source:6.12
SCENARIO ?= default
SEED ?= 1
VERSION := 0.1

# For the shell, as one word: a checkout's path may hold blanks and quotes.
quote = '$(subst ','\'',$(1))'

CFLAGS ?= -O2 -g
# No path is left in the program: the same wherever it is built.
# The program is linked statically: the same file is the guest's init, and a
# guest has no libraries.
# Rows of tables leave out what comes last and is of no use to them.
LAB_CFLAGS := -std=gnu11 -Wall -Wextra -Werror \
	      -Wno-missing-field-initializers -D_GNU_SOURCE -pthread \
	      -DLAB_VERSION='"$(VERSION)"' -Imodule/uapi -Iuserspace -MMD -MP \
	      $(call quote,-ffile-prefix-map=$(CURDIR)=.)
LAB_LIBS := -linih -ljansson -luring -lnuma -lgsl -lgslcblas -lsqlite3 -lnettle -lz -lm
LAB_LDFLAGS := -static -pthread -Wl,--fatal-warnings \
	       -Wl,--wrap=dlopen,--wrap=getaddrinfo

Q := $(if $(V),,@)
# All CPUs, unless the caller of make has said how many jobs there may be.
JOBS := $(if $(filter -j%,$(MAKEFLAGS)),,-j$(shell nproc))
say = $(if $(V),,@printf '  %-7s %s\n' $(1) $(2))

SOURCES := $(wildcard userspace/*.c userspace/*/*.c userspace/*/*/*.c)
PRELOADED := userspace/lab/qemu_lockstep.c userspace/lab/qemu_disk.c
SOURCES := $(filter-out userspace/tests/% $(PRELOADED),$(SOURCES))
OBJECTS := $(SOURCES:%.c=build/%.o)
MAIN := build/userspace/main.o

# A build folder that lies elsewhere is one checkout's: objects of two would be
# mixed. One that is in its place is in any case its checkout's.
BUILT_BY := build/.checkout
ifneq ($(wildcard build/.),)
ifeq ($(realpath build),$(CURDIR)/build)
$(shell pwd -P >$(BUILT_BY))
else ifneq ($(shell cat $(BUILT_BY) 2>/dev/null || { pwd -P >$(BUILT_BY); pwd -P; }),$(CURDIR))
$(error build is a link to what $(shell cat $(BUILT_BY)) has built; remove the link, or give this checkout a folder of its own)
endif
endif

.DELETE_ON_ERROR:
.PHONY: all run test check bench calibrate matrix mutants proof setup new clean help

all: build/labyrinth build/qemu_lockstep.so

build/labyrinth: $(OBJECTS)
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS) $(LAB_LDFLAGS) -o $@ $^ $(LAB_LIBS)

# Loaded into QEMU, not linked.
build/qemu_lockstep.so: $(PRELOADED) Makefile
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(LAB_CFLAGS) -fPIC -shared -o $@ $(PRELOADED)

build/userspace/%.o: userspace/%.c Makefile
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(LAB_CFLAGS) -c -o $@ $<

# A machine that is ready is found so in a moment. The rest is a second make
# because what setup installs decides what that one can build.
run: setup
	$(Q)$(MAKE) --no-print-directory $(JOBS) all
	$(Q)scripts/dev/first_verdict.sh '$(KERNEL)'
	$(Q)build/labyrinth lab $(SCENARIO) --kernel '$(KERNEL)' --seed $(SEED)

setup:
	$(Q)scripts/setup.sh

include userspace/tests/tests.mk
include scripts/kernel/arch/program.mk
include scripts/packaging/install.mk

check: setup
	$(Q)scripts/dev/check.sh

bench: setup all build/tests/bench build/tests/fill_history build/tests/measure \
		build/tests/speed build/tests/synthesize
	$(Q)scripts/dev/bench.sh '$(KERNEL)'

# KERNELS=, SCENARIOS=, SEEDS=, SIDES=, COMPARISONS= and OUT= say of what; all
# of it takes long. See scripts/dev/calibrate.sh --help.
calibrate: setup all build/tests/calibrate
	$(Q)scripts/setup.sh proof
	$(Q)scripts/dev/calibrate.sh $(if $(KERNELS),--kernels '$(KERNELS)') \
		$(if $(SCENARIOS),--scenarios '$(SCENARIOS)') \
		$(if $(SEEDS),--seeds '$(SEEDS)') $(if $(SIDES),--sides '$(SIDES)') \
		$(if $(COMPARISONS),--comparisons '$(COMPARISONS)') \
		$(if $(OUT),--out '$(OUT)')

# KERNELS= names some of them; all take hours.
matrix: setup
	$(Q)$(MAKE) --no-print-directory all build/tests/ksrc
	$(Q)$(MAKE) --no-print-directory $(GUEST_TESTS)
	$(Q)scripts/dev/matrix.sh $(KERNELS)

# PLANTS= names some of them.
proof: setup all
	$(Q)scripts/setup.sh proof
	$(Q)scripts/dev/proof.sh $(PLANTS)

# N=, SEED=, SCENARIOS=, LIBRARY=, SEEDS=, OUT= and TABLE= say of what and where;
# sixty take a night. See scripts/dev/mutants.sh --help.
mutants: setup all
	$(Q)scripts/dev/mutants.sh --kernel '$(KERNEL)' --seed '$(SEED)' \
		$(if $(N),--count '$(N)') $(if $(SCENARIOS),--scenarios '$(SCENARIOS)') \
		$(if $(LIBRARY),--library '$(LIBRARY)') $(if $(SEEDS),--seeds '$(SEEDS)') \
		$(if $(OUT),--out '$(OUT)') $(if $(TABLE),--table '$(TABLE)')

new:
	$(Q)scripts/dev/new $(KIND) $(NAME)

clean:
	rm -rf build

help:
	@echo 'make run     from a fresh machine to a verdict: sets up, builds a kernel,'
	@echo '             boots it and runs a scenario'
	@echo '               KERNEL=source:6.12  or another: build/labyrinth lab --help'
	@echo '               SCENARIO=default    see build/labyrinth list scenarios'
	@echo '               SEED=1'
	@echo 'make test    from a fresh machine to all tests passed'
	@echo 'make check   formatting, static analysis, house rules'
	@echo 'make soak    for hours: fuzzed calls, killed runs and reloads of the module,'
	@echo '             mostly in a kernel that checks itself'
	@echo 'make proof   kernels with a planted bug, each of which has to be caught'
	@echo 'make mutants N=60  kernels whose allocator differs in one place: how many of'
	@echo '             them the scenarios object to; make test-mutants builds two'
	@echo 'make calibrate  how often compare claims a difference where there is none'
	@echo 'make levels  every pressure in a guest of 4 GiB, twice: levels, and the same bytes'
	@echo 'make bench   what a measured shot costs, and how fast a guest starts'
	@echo 'make matrix  the module and its tests on many kernels (KERNELS="stock:6.1 ...")'
	@echo 'make         builds build/labyrinth'
	@echo 'make setup   installs what scripts/packages lists'
	@echo 'make new KIND=scenario NAME=x   a file to start from; also context,'
	@echo '             pressure, injector'
	@echo 'make install, make uninstall    DESTDIR= and prefix=/usr/local'
	@echo 'make test-explore  the atomic sites of a driver on an unmodified kernel, failed'
	@echo 'make test-explain  scenarios from reports, on kernels of which one serves'
	@echo 'make test-hosts  both commands on bare machines, Debian 12 and 13, in hours'
	@echo 'make test-lava  jobs for LAVA, on an emulated device'
	@echo 'make test-bisect  commits of a kernel that are found, in an hour or more'
	@echo 'make test-shrink  scenarios that are made small'
	@echo 'make test-slurm  runs on a cluster of Slurm, whose parts die'
	@echo 'make test-topologies  guests whose nodes and zones are not as usual'
	@echo 'make test-vmcore  cores of guests that panicked or hung, read by crash and drgn'
	@echo 'make kselftest KSRC=~/src/linux into the selftests of a kernel; make test-kselftest'
	@echo 'make deb     Debian packages, the module for DKMS; make test-deb'
	@echo 'make clean   removes build/; kernels stay in ~/.cache/labyrinth'

-include $(OBJECTS:.o=.d)
