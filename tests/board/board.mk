# fetchone: URLs through the crawler's fetcher, a JSON line each.
$(BUILD)/fetchone: $(BUILD)/tests/board/fetchone.o $(call archive,crawler) $(call archive,common)
	@echo "  LINK $@"
	@$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)

TEST_PROGRAMS += $(BUILD)/fetchone
