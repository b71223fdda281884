# What the chaos programs preload; see faults.c.
$(BUILD)/faults.so: tests/chaos/faults.c
	@mkdir -p $(@D)
	@echo "  LINK $@"
	@$(CC) -std=c11 -D_GNU_SOURCE -O2 -g $(filter-out -Wcast-qual,$(WARN)) -U_FORTIFY_SOURCE -fPIC -shared -o $@ $<

TEST_PROGRAMS += $(BUILD)/faults.so
