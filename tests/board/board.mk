# board: the loopback job board of tests and demo. fetchone: URLs through the crawler's fetcher.
BOARD_OBJECTS := $(call objects,$(wildcard tests/board/board*.c))

$(BUILD)/board: $(BOARD_OBJECTS) $(call archive,crawler) $(call archive,common)
	@echo "  LINK $@"
	@$(CC) $(LDFLAGS) -o $@ $(call together,$^) -lmicrohttpd -lpthread $(LIBS)

$(BUILD)/fetchone: $(call objects,$(wildcard tests/board/fetchone*.c)) $(call archive,crawler) $(call archive,common)
	@echo "  LINK $@"
	@$(CC) $(LDFLAGS) -o $@ $(call together,$^) -ldl $(LIBS)

TEST_PROGRAMS += $(BUILD)/board $(BUILD)/fetchone
