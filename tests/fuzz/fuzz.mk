# Fuzz targets: tests/fuzz/fuzz_NAME.c. `make check` links each with driver.c and the usual compiler;
# `make fuzz` builds all with clang, libFuzzer and the sanitizers in build-fuzz, and runs each
# FUZZ_SECONDS long. What it finds is kept in build-fuzz/findings.
FUZZ_SECONDS ?= 60
FUZZ_NAMES := $(basename $(notdir $(wildcard tests/fuzz/fuzz_*.c)))
FUZZ_OBJECTS := $(BUILD)/app/frame.o $(BUILD)/app/http_message.o $(BUILD)/app/csv.o $(BUILD)/app/json_array.o $(BUILD)/app/csv_ad.o \
	$(BUILD)/app/sent_kind.o $(BUILD)/app/sent_text.o $(BUILD)/app/sent_table.o $(BUILD)/app/sweep_reply.o
FUZZ_ENGINE ?= $(BUILD)/tests/fuzz/driver.o

$(addprefix $(BUILD)/fuzz/,$(FUZZ_NAMES)): $(BUILD)/fuzz/%: $(BUILD)/tests/fuzz/%.o $(FUZZ_ENGINE) \
		$(FUZZ_OBJECTS) $(ARCHIVES)
	@mkdir -p $(@D)
	@echo "  FUZZ $*"
	@$(CC) $(LDFLAGS) -o $@ $(filter %.o,$^) $(if $(FUZZ_ENGINE),,-fsanitize=fuzzer) $(call together,$(filter %.a,$^)) $(LIBS)

fuzzers: $(addprefix $(BUILD)/fuzz/,$(FUZZ_NAMES))
.PHONY: fuzzers
TEST_PROGRAMS += $(addprefix $(BUILD)/fuzz/,$(FUZZ_NAMES))

fuzz: ## every parser under libFuzzer, FUZZ_SECONDS=60 each, FUZZ=name for one
	@tests/deps.sh
	@tests/deps.sh --fuzz
	@$(MAKE) --no-print-directory -j2 BUILD=build-fuzz CC=clang CXX=clang++ FUZZ_ENGINE= \
		SANITIZE=address,undefined,fuzzer-no-link fuzzers
	@tests/fuzz/run.sh build-fuzz $(FUZZ_SECONDS) $(FUZZ)
