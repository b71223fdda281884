# The program that answers public test suites, one JSON line for each JSON line (tests/conform.c).
# Handlers of more kinds stand in tests/conform_*.c; all of them are linked.
CONFORM_C := $(wildcard tests/conform.c tests/conform_*.c)
CONFORM_OBJECTS := $(call objects,$(CONFORM_C))

$(BUILD)/conform: $(CONFORM_OBJECTS) $(call archive,classifiers) $(call archive,crawler/extract) \
		$(call archive,crawler) $(call archive,common)
	@echo "  LINK $@"
	@$(CC) $(LDFLAGS) -o $@ $(call together,$^) $(LIBS)

TEST_PROGRAMS += $(BUILD)/conform
