# `make bench`: lurewatch beside bare probes and other crawlers on a generated board (bench.py).
# known_bench.py: sweeps whose store knows BENCH_KNOWN addresses. page_bench.py: the reviewers' page with
# BENCH_CASES cases. The variables make it longer or shorter.
BENCH_PAGES ?= 2000
BENCH_ROUNDS ?= 3
BENCH_CAMPAIGN_ADS ?= 100000
BENCH_KNOWN ?= 10000 100000 1000000
BENCH_CASES ?= 100000
BENCH_STORED ?= 5000
BENCH_URLS ?= 100000
BENCH_QUEUE ?= 1000000

$(BUILD)/bench/probe_fetch: $(BUILD)/tests/bench/probe_fetch.o
	@mkdir -p $(@D)
	@echo "  LINK $@"
	@$(CC) $(LDFLAGS) -o $@ $^ -lcurl

$(BUILD)/bench/probe_dom: $(BUILD)/tests/bench/probe_dom.o
	@mkdir -p $(@D)
	@echo "  LINK $@"
	@$(CC) $(LDFLAGS) -o $@ $^ -lxml2

$(BUILD)/bench/extract_bench: $(BUILD)/tests/bench/extract_bench.o $(A_extract)
	@mkdir -p $(@D)
	@echo "  LINK $@"
	@$(CC) $(LDFLAGS) -o $@ $(call together,$^) $(LIBS)

$(BUILD)/bench/campaign_bench: $(BUILD)/tests/bench/campaign_bench.o $(A_storage)
	@mkdir -p $(@D)
	@echo "  LINK $@"
	@$(CC) $(LDFLAGS) -o $@ $(call together,$^) $(LIBS)

$(BUILD)/bench/store_bench: $(BUILD)/tests/bench/store_bench.o $(A_storage)
	@mkdir -p $(@D)
	@echo "  LINK $@"
	@$(CC) $(LDFLAGS) -o $@ $(call together,$^) $(LIBS)

$(BUILD)/bench/match_own: $(BUILD)/tests/bench/match_own.o $(A_classifiers)
	@mkdir -p $(@D)
	@echo "  LINK $@"
	@$(CC) $(LDFLAGS) -o $@ $^ $(LIBS_classifiers) $(LIBS_common)

# Not among the test programs: Vectorscan is asked for by `make bench` alone.
$(BUILD)/bench/match_bench: $(BUILD)/tests/bench/match_bench.o
	@mkdir -p $(@D)
	@echo "  LINK $@"
	@$(CC) $(LDFLAGS) -o $@ $^ -lpcre2-8 -lhs

BENCH_PROBES := $(BUILD)/bench/probe_fetch $(BUILD)/bench/probe_dom $(BUILD)/bench/extract_bench \
                $(BUILD)/bench/campaign_bench $(BUILD)/bench/store_bench $(BUILD)/bench/match_own
TEST_PROGRAMS += $(BENCH_PROBES)

bench-programs: $(BUILD)/lurewatch $(BUILD)/board $(BENCH_PROBES) $(BUILD)/bench/match_bench
.PHONY: bench-programs

bench: ## sweep a generated board beside libcurl, libxml2, wget2 and Scrapy, match beside PCRE2, Vectorscan, YARA and SpamAssassin
	@tests/deps.sh
	@tests/deps.sh --bench
	@$(MAKE) --no-print-directory -j2 bench-programs
	@python3 tests/bench/bench.py $(BUILD) --pages $(BENCH_PAGES) --rounds $(BENCH_ROUNDS)
	@echo; echo "extraction beside libxml2's own parse: pages with complete JSON-LD (limit 0.25), the same without it and lists (limit 1.5)"
	@$(BUILD)/bench/extract_bench -q $$(find $(BUILD)/bench/site -path '*/job/*.html' | sort | head -n 200)
	@$(BUILD)/bench/extract_bench -n $$(find $(BUILD)/bench/site -path '*/job/*.html' | sort | head -n 200)
	@$(BUILD)/bench/extract_bench -q $$(find $(BUILD)/bench/site -path '*/list/*.html' | sort | head -n 200)
	@python3 tests/bench/known_bench.py $(BUILD) $(BENCH_KNOWN)
	@$(MAKE) --no-print-directory bench-store
	@python3 tests/bench/match_bench.py $(BUILD)
	@python3 tests/bench/page_bench.py $(BUILD) --cases $(BENCH_CASES)

bench-store: ## the store alone: cases, claims, URLs, campaigns, several sweeps over one PostgreSQL (BENCH_CAMPAIGN_ADS=1000000)
	@$(MAKE) --no-print-directory -j2 $(BUILD)/lurewatch $(BUILD)/board $(BUILD)/bench/store_bench $(BUILD)/bench/campaign_bench
	@python3 tests/bench/store_bench.py $(BUILD) --cases $(BENCH_STORED) --urls $(BENCH_URLS) --queue $(BENCH_QUEUE)
	@$(BUILD)/bench/campaign_bench $(BENCH_CAMPAIGN_ADS)
.PHONY: bench-store
