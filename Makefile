# One plain Makefile. `make help` lists what it does; CONTRIBUTING.md says how to add to it.
#
# Rooms are static libraries, joined floor by floor: common <- crawler | classifiers | storage
# <- review <- app. BUILD=dir builds beside another build; SANITIZE=address,undefined and WERROR=1
# go anywhere.

BUILD   ?= build$(if $(SANITIZE),-sanitize)
CC      ?= cc
CXX     ?= c++
WERROR  ?=
SANITIZE ?=
prefix  ?= /usr/local
DESTDIR ?=

VERSION := 0.1.0

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wformat=2 -Wundef -Wvla -Wcast-qual \
        -Wwrite-strings -Wpointer-arith -Wswitch-enum -Wstrict-prototypes -Wmissing-prototypes \
        $(if $(WERROR),-Werror)
HARDEN := -fstack-protector-strong -fstack-clash-protection -fcf-protection -fPIE
ifeq ($(SANITIZE),)
OPT := -O2 -g -D_FORTIFY_SOURCE=3
else
OPT := -O1 -g -fno-omit-frame-pointer -fsanitize=$(SANITIZE) -fno-sanitize-recover=all -DLW_SANITIZED=1
endif
PKGS_CFLAGS = $(shell pkg-config --cflags libxml-2.0 libpq 2>/dev/null)
CPPFLAGS += -I. -D_GNU_SOURCE -DLUREWATCH_VERSION='"$(VERSION)"' $(PKGS_CFLAGS)
CFLAGS   += -std=c11 $(OPT) $(HARDEN) $(WARN) -MMD -MP
CXXFLAGS += -std=c++17 $(OPT) $(if $(SANITIZE),-fno-sanitize=vptr) $(HARDEN) -Wall -Wextra -MMD -MP
LDFLAGS  += -pie -Wl,-z,relro,-z,now -Wl,--as-needed $(if $(SANITIZE),-fsanitize=$(SANITIZE))

# What each room links. A new library: a line here, in docs/dependencies.md and in tests/lint/fences.
LIBS_common      := -ljson-c -lfyaml -lcrypto -lz -lm
LIBS_crawler     := -lcurl -luv -lpsl -lpthread
LIBS_extract     := -lxml2 -licuuc -licudata -luchardet -ldeflate -lbrotlidec -lzstd -lpng16 -ljpeg -lwebp
LIBS_classifiers := -lpcre2-8 -licuuc -licui18n -licudata -lcld2 -lphonenumber -lstdc++
LIBS_storage     := -lsqlite3 -lpq -licuuc -licudata
LIBS_review      := -larchive -lcurl -lmicrohttpd -lcrypt
LIBS_app         := -lseccomp -lpthread
LIBS := $(LIBS_review) $(LIBS_storage) $(LIBS_crawler) $(LIBS_extract) $(LIBS_classifiers) $(LIBS_common) $(LIBS_app)

ROOMS := common crawler crawler/extract classifiers storage review app
room_c = $(wildcard $(1)/*.c)
objects = $(patsubst %.c,$(BUILD)/%.o,$(1))
archive = $(BUILD)/$(subst /,-,$(1)).a
APP_OBJECTS := $(filter-out $(BUILD)/app/main.o,$(call objects,$(wildcard app/*.c)))
ARCHIVES := $(foreach r,review storage classifiers crawler/extract crawler common,$(call archive,$(r)))

.PHONY: always all deps demo screenshots check bench chaos fuzz lint format install clean help units programs headers-alone man deb
all: lurewatch

help:
	@sed -n 's/^\([a-z][a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile

define room_rule
$(call archive,$(1)): $(call objects,$(wildcard $(1)/*.c)) $(if $(filter classifiers,$(1)),$(patsubst %.cc,$(BUILD)/%.o,$(wildcard $(1)/*.cc)))
	@mkdir -p $$(@D)
	@rm -f $$@
	@ar rcs $$@ $$^
endef
$(foreach r,common crawler crawler/extract classifiers storage review,$(eval $(call room_rule,$(r))))

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	@echo "  CC $<"
	@$(CC) $(CPPFLAGS) $(CFLAGS) -c $< -o $@

# What the assembler copies in is no header: the compiler does not list it.
$(BUILD)/review/assets.o: $(wildcard review/assets/* review/messages/*.txt)

$(BUILD)/%.o: %.cc
	@mkdir -p $(@D)
	@echo "  CXX $<"
	@$(CXX) $(CPPFLAGS) $(CXXFLAGS) -c $< -o $@

# The folder of `make install` is known to one object, which is made again when prefix changes.
$(BUILD)/app/settings.o: CPPFLAGS += -DLUREWATCH_SHARE='"$(prefix)/share/lurewatch"'
$(BUILD)/app/settings.o: $(BUILD)/prefix
$(BUILD)/prefix: always
	@mkdir -p $(@D)
	@echo '$(prefix)' | cmp -s - $@ || echo '$(prefix)' >$@

$(BUILD)/review/letter_data.o: $(wildcard review/letters/*.txt review/letters/*.yml)

$(BUILD)/lurewatch: $(BUILD)/app/main.o $(APP_OBJECTS) $(ARCHIVES)
	@echo "  LINK $@"
	@$(CC) $(LDFLAGS) -o $@ $(call together,$^) $(LIBS)

lurewatch: $(BUILD)/lurewatch
	@cp -f $< $@

# The rooms of a floor that know one another (crawler/ and crawler/extract/) in any order.
together = -Wl,--start-group $(1) -Wl,--end-group

# ---- tests: tests/unit/ROOM_thing.c becomes one program, linked with the rooms it may see ----
UNIT := $(patsubst tests/unit/%.c,$(BUILD)/unit/%,$(wildcard tests/unit/*.c))
A_common := $(call archive,common)
A_crawler := $(call archive,crawler) $(call archive,crawler/extract) $(A_common)
A_extract := $(A_crawler)
A_classifiers := $(call archive,classifiers) $(A_common)
A_storage := $(call archive,storage) $(A_common)
A_review := $(call archive,review) $(A_storage)
A_app := $(APP_OBJECTS) $(ARCHIVES)
unit_room = $(firstword $(subst _, ,$(notdir $(1))))

# objects of test programs stay for the next build
.SECONDARY: $(call objects,$(wildcard tests/unit/*.c tests/fuzz/*.c tests/bench/*.c))
.SECONDEXPANSION:
$(BUILD)/unit/%: $(BUILD)/tests/unit/%.o $$(A_$$(call unit_room,$$@))
	@mkdir -p $(@D)
	@echo "  TEST $*"
	@$(CC) $(LDFLAGS) -o $@ $(call together,$^) -lcmocka $(LIBS)

units: $(UNIT)

# Programs of the tests have their rules beside them; each adds itself to TEST_PROGRAMS.
TEST_PROGRAMS :=
-include tests/board/board.mk tests/conform.mk tests/bench/bench.mk tests/fuzz/fuzz.mk tests/chaos/chaos.mk

deps: ## install what is missing, from Debian's packages
	@tests/deps.sh
	@python3 tests/browser/axe.py

# A machine without the packages cannot read the rules that need them, so these start again.
demo: ## sweep the sample board on loopback and show what it catches
	@tests/deps.sh
	@$(MAKE) --no-print-directory -j2 lurewatch $(BUILD)/board
	@samples/demo.sh

check: ## all tests
	@tests/deps.sh
	@python3 tests/browser/axe.py
	@$(MAKE) --no-print-directory -j2 WERROR=1 lurewatch units programs
	@BUILD=$(BUILD) tests/run.sh

screenshots: ## the pictures of docs/screenshots, taken by the browser tests
	@tests/deps.sh
	@python3 tests/browser/axe.py
	@$(MAKE) --no-print-directory -j2 lurewatch
	@BUILD=$(BUILD) KEEP_SHOTS=1 /usr/bin/python3 tests/browser/test_page.py

programs: $(TEST_PROGRAMS)

# Faults a command; 0 is every write, sync, rename and unlink in every way, which takes hours.
CHAOS_FAULTS ?= 300

chaos: ## kill -9 and faults, at length
	@tests/deps.sh
	@$(MAKE) --no-print-directory -j2 lurewatch programs
	@BUILD=$(BUILD) python3 tests/chaos/kill_sweep.py --kills 200
	@BUILD=$(BUILD) python3 tests/chaos/kill_all.py --kills 1000 --postgres 300
	@BUILD=$(BUILD) python3 tests/chaos/fault_all.py --tries $(CHAOS_FAULTS)

lint: ## floors, fences, banned calls, ceilings, headers alone, format
	@status=0; for step in floors fences banned words; do tests/lint/$$step.sh || status=1; done; \
	tests/lint/ceilings.sh 70 15 || status=1; \
	$(MAKE) --no-print-directory -s headers-alone || status=1; \
	tests/lint/format.sh || status=1; exit $$status

HEADERS = $(wildcard common/*.h crawler/*.h crawler/extract/*.h classifiers/*.h storage/*.h review/*.h app/*.h)
headers-alone: $(HEADERS:.h=.h.alone)
%.h.alone: %.h
	@$(CC) $(CPPFLAGS) -std=c11 $(filter-out -Werror,$(WARN)) -Werror -fsyntax-only -x c $<

format: ## clang-format over our C
	@clang-format -i $(filter-out %_table.c %_tables.c,$(wildcard common/*.[ch] crawler/*.[ch] crawler/extract/*.[ch] classifiers/*.[ch] \
	  storage/*.[ch] review/*.[ch] app/*.[ch] tests/*.c tests/*/*.c))

MAN := $(patsubst docs/man/%.scd,$(BUILD)/man/%,$(wildcard docs/man/*.scd))
$(BUILD)/man/%: docs/man/%.scd
	@mkdir -p $(@D)
	@scdoc <$< >$@.new && mv $@.new $@

man: ## the man pages, to build/man
	@tests/deps.sh --man
	@$(MAKE) --no-print-directory $(MAN)

# Man pages go along where scdoc is there; the rest needs nothing that the program does not.
install: $(BUILD)/lurewatch $(if $(shell command -v scdoc),$(MAN)) ## to $(DESTDIR)$(prefix)
	install -D -m 755 $(BUILD)/lurewatch $(DESTDIR)$(prefix)/bin/lurewatch
	install -d $(DESTDIR)$(prefix)/share/lurewatch
	cp -R patterns review/letters review/job-lure.json $(DESTDIR)$(prefix)/share/lurewatch/
	install -d $(DESTDIR)$(prefix)/share/lurewatch/samples
	cp -R samples/lurewatch.yml samples/sources $(DESTDIR)$(prefix)/share/lurewatch/samples/
	for page in $(if $(shell command -v scdoc),$(MAN)); do \
	  install -D -m 644 $$page $(DESTDIR)$(prefix)/share/man/man$${page##*.}/$${page##*/} || exit 1; done
	@command -v scdoc >/dev/null || echo "no man pages: scdoc is not installed (apt install scdoc, and again)"

# In a copy of the tree, as dpkg-buildpackage writes beside the folder it is called in.
deb: ## the Debian package, to build/deb
	@tests/deps.sh
	@tests/deps.sh --package
	@rm -rf $(BUILD)/deb && mkdir -p $(BUILD)/deb/lurewatch
	@tar -c --exclude='./build*' --exclude=./.git --exclude=./lurewatch . | tar -x -C $(BUILD)/deb/lurewatch
	cd $(BUILD)/deb/lurewatch && dpkg-buildpackage -us -uc -b
	@rm -rf $(BUILD)/deb/lurewatch && ls $(BUILD)/deb/*.deb

clean: ## removes what was built
	rm -rf build build-sanitize build-fuzz lurewatch

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
