# make run    installs what is missing, builds, and replays a failed rollout
# make test   one build, every test (what CI runs)

TOOLCHAIN := scripts/toolchain.sh
ANDRUCK := .build/release/andruck

.PHONY: soak bench-kubernetes fidelity run test test-all release lint format proto models bench fuzz setup clean

setup:
	@scripts/setup.sh

run: setup
	@$(TOOLCHAIN) swift build -c release --product andruck
	@$(TOOLCHAIN) $(ANDRUCK) run Scenarios/failed-rollout.yaml

test: setup
	$(TOOLCHAIN) swift test

# Debug and release, the same digests in both, several seeds, real programs.
test-all: test release lint
	$(TOOLCHAIN) swift test -c release -Xswiftc -enable-testing --scratch-path .build/release-tests
	Tests/digests.sh
	Tests/seeds.sh
	Tests/pcap.sh
	Tests/browser.sh
	Tests/openmetrics.sh
	Tests/embedder.sh
	Tests/live.sh
	$(MAKE) soak SEQUENCES=2000
	Tests/capacity.sh
	Tests/bench.sh

release: setup
	$(TOOLCHAIN) swift build -c release --product andruck

# Compares with recordings and upstream's tables: make fidelity [FIXTURES=DIR] [SEEDS=N]; with
# STORY=name it prints a story instead, the real thing and ours side by side
FIXTURES := Fixtures/kubernetes

fidelity: setup
	@$(TOOLCHAIN) swift build -c release --product andruck-fidelity
	@$(TOOLCHAIN) .build/release/andruck-fidelity --fixtures $(FIXTURES) $(if $(SEEDS),--seeds $(SEEDS)) \
	  $(if $(STORY),--story $(STORY))

lint: setup
	$(TOOLCHAIN) swift-format lint --strict --recursive Package.swift Sources Tests Benchmarks

format: setup
	$(TOOLCHAIN) swift-format format --in-place --recursive Package.swift Sources Tests Benchmarks

# Generates Sources/DruckerProtocol/Generated from the .proto files.
proto:
	scripts/proto.sh

# Trains the sample models anew (PyPI).
models:
	scripts/make-models.sh

# Damaged scenarios, hostile byte streams and kills at seeded instants:
# SEED=2 MUTATIONS=1000 STREAMS=1000 KILLS=10 make fuzz
fuzz: release
	Tests/fuzz.sh

# Random sequences of calls, faults and time; ANDRUCK_SEQUENCE=N runs one again.
SEQUENCES := 10000

soak: setup
	$(TOOLCHAIN) env ANDRUCK_SEQUENCES=$(SEQUENCES) ANDRUCK_SEQUENCE=$(ANDRUCK_SEQUENCE) \
	  swift test -c release -Xswiftc -enable-testing --scratch-path .build/release-tests \
	  --filter ClusterPropertyTests

# The fake Kubernetes at size, each figure in a process of its own.
bench-kubernetes: setup
	@$(TOOLCHAIN) swift build -c release --product andruck-bench-kubernetes
	@Benchmarks/kubernetes.sh

# What parts cost, against checked-in thresholds; then Andruck against its peers in the same run.
# MARKDOWN=--markdown prints the tables of docs/PERFORMANCE.md.
bench: release
	@status=0; \
	$(TOOLCHAIN) swift run -c release --package-path Benchmarks AndruckBenchmarks --check $(MARKDOWN) \
	  || status=$$?; \
	Benchmarks/peers.sh $(MARKDOWN); exit $$status

clean:
	rm -rf .build Benchmarks/.build
