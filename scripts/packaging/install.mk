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

.PHONY: install uninstall

install: all
	$(call say,INSTALL,$(INSTALL_ROOT))
	$(Q)install -d $(INSTALL_ROOT)/bin $(INSTALL_LIB) $(INSTALL_SHARE) \
		$(dir $(INSTALL_COMPLETION)) $(addprefix $(INSTALL_ROOT)/share/man/man,1)
	$(Q)install -m 755 build/labyrinth $(INSTALL_ROOT)/bin/
	$(Q)install -m 755 build/qemu_lockstep.so $(INSTALL_LIB)/
	$(Q)rm -rf $(INSTALL_LIB)/module $(INSTALL_LIB)/runtime $(INSTALL_LIB)/kernel $(INSTALL_SHARE)/scenarios
	$(Q)cp -R $(INSTALL_SCRIPTS) module $(INSTALL_LIB)/
	$(Q)cp -R scenarios $(INSTALL_SHARE)/
	$(Q)chmod -R u=rwX,go=rX $(INSTALL_LIB) $(INSTALL_SHARE)
	$(Q)install -m 644 scripts/packaging/completion.bash $(INSTALL_COMPLETION)
	$(Q)for page in $(MAN_PAGES); do \
		install -m 644 $$page $(INSTALL_ROOT)/share/man/man$${page##*.}/ || exit; \
	done

uninstall:
	$(call say,REMOVE,$(INSTALL_ROOT))
	$(Q)rm -rf $(INSTALL_LIB) $(INSTALL_SHARE)
	$(Q)rm -f $(INSTALL_ROOT)/bin/labyrinth $(INSTALL_COMPLETION) \
		$(foreach page,$(MAN_PAGES),$(INSTALL_ROOT)/share/man/man$(subst .,,$(suffix $(page)))/$(notdir $(page)))

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
