# SPDX-License-Identifier: GPL-2.0-only
#
# "make install" and its undoing. The program looks for what belongs to it from
# where it lies itself: in ../lib/labyrinth and ../share/labyrinth. So an
# installation can be moved as a whole, and only as a whole.

prefix ?= /usr/local
DESTDIR ?=

INSTALL_ROOT = $(DESTDIR)$(prefix)
INSTALL_LIB = $(INSTALL_ROOT)/lib/labyrinth
INSTALL_SHARE = $(INSTALL_ROOT)/share/labyrinth
INSTALL_COMPLETION = $(INSTALL_ROOT)/share/bash-completion/completions/labyrinth
MAN_PAGES := $(wildcard userspace/man/*.[1-8])

# Laid out in lib/labyrinth as they are in scripts/, where they find one another.
INSTALL_SCRIPTS := $(addprefix scripts/,runtime kernel setup.sh packages)

# As the shell takes them, whatever is in them.
Q_ROOT = $(call quote,$(INSTALL_ROOT))
Q_LIB = $(call quote,$(INSTALL_LIB))
Q_SHARE = $(call quote,$(INSTALL_SHARE))
Q_COMPLETION = $(call quote,$(INSTALL_COMPLETION))

.PHONY: install uninstall

install: all
	$(call say,INSTALL,$(call quote,$(INSTALL_ROOT)))
	$(Q)install -d $(Q_ROOT)/bin $(Q_LIB) $(Q_SHARE) \
		"$$(dirname $(Q_COMPLETION))" $(Q_ROOT)/share/man/man1
	$(Q)install -m 755 build/labyrinth $(Q_ROOT)/bin/
	$(Q)install -m 755 build/qemu_lockstep.so $(Q_LIB)/
	$(Q)rm -rf $(Q_LIB)/module $(Q_LIB)/runtime $(Q_LIB)/kernel $(Q_SHARE)/scenarios
	$(Q)cp -R $(INSTALL_SCRIPTS) module $(Q_LIB)/
	$(Q)cp -R scenarios $(Q_SHARE)/
	$(Q)chmod -R u=rwX,go=rX $(Q_LIB) $(Q_SHARE)
	$(Q)install -m 644 scripts/packaging/completion.bash $(Q_COMPLETION)
	$(Q)for page in $(MAN_PAGES); do \
		install -m 644 $$page $(Q_ROOT)/share/man/man$${page##*.}/ || exit; \
	done

uninstall:
	$(call say,REMOVE,$(call quote,$(INSTALL_ROOT)))
	$(Q)rm -rf $(Q_LIB) $(Q_SHARE)
	$(Q)rm -f $(Q_ROOT)/bin/labyrinth $(Q_COMPLETION) \
		$(foreach page,$(MAN_PAGES),$(Q_ROOT)/share/man/man$(subst .,,$(suffix $(page)))/$(notdir $(page)))

# As a selftest of the kernel, in a source tree of it.
.PHONY: kselftest

kselftest:
	$(Q)scripts/packaging/kselftest/into-tree.sh '$(KSRC)' '$(VERSION)' '$(LAB_LDFLAGS)' '$(LAB_LIBS)'

# Debian packages, in build/deb: the program, and the module for DKMS. What
# debhelper works on is a copy, as it wants debian/ at the top.
.PHONY: deb test-deb

deb: build/deb
	$(Q)scripts/packaging/debian/build.sh $(VERSION) $<

test-deb: deb
	$(Q)scripts/packaging/debian/test.sh build/deb

build/deb:
	$(Q)mkdir -p $@
