# make help lists the targets. Only Go and make are needed.

STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.7.0
VERSION    ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS     = -s -w -X main.version=$(VERSION)
PLATFORMS   = linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64

# BUILD builds as a release is built: static, which also starts a millisecond sooner. The client speaks HTTP/1.1 only and
# the simulated Pleo serves plain HTTP, so the HTTP/2 of net/http is left out, which is half a megabyte.
AS_RELEASED = -tags=nethttpomithttp2 -trimpath
BUILD = CGO_ENABLED=0 go build $(AS_RELEASED) -ldflags='$(LDFLAGS)'

# NO_RACES leaves the arithmetic of X25519 as it is, which works on copies: with the race detector, it takes half the time
# of the store's tests.
NO_RACES = crypto/internal/fips140/edwards25519/...=-race=false

# RACED are tests of the whole program, which is then built with the race detector as well.
RACED = Wizard.*|StoppedFromOutside|ToldToEndWhileStopped|Suspend|ResizeStorm|Headless.*|DemoWeb.*|Check.*|ExecSignals

.PHONY: help build demo test torture vault ci lint bench results golden pictures dist size clean

help: ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

build: ## build bin/pleo-connect, as a release is built
	$(BUILD) -o bin/ ./cmd/pleo-connect

demo: build ## try the wizard with a simulated Pleo, whose pages are at the address that is printed
	bin/pleo-connect demo

test: ## run all tests
	@test -n "$$CHROMIUM" || command -v chromium >/dev/null || \
		echo "There is no chromium on PATH, and none in CHROMIUM: the tests of the demo's pages are skipped."
	go test -p=3 -timeout=15m ./...

torture: ## make every step of a save fail or crash, and watch what the demo changes (Linux, strace, minutes)
	go test -tags=torture -run='^(TestInject|TestKillLoop.*|TestDemoChangesNothingElse)$$' -parallel=4 -timeout=20m ./cmd/pleo-connect

vault: ## test key stores in a real cluster of Vault, or of the OpenBao that BAO_BIN names (minutes, the first time)
	go -C store/kv/cluster build -ldflags='-s -w' -o $(CURDIR)/dist/cluster .
	KV_CLUSTER=$(CURDIR)/dist/cluster go test -run=Vault -count=1 -timeout=15m ./store/kv/... ./cmd/pleo-connect

ci: lint ## everything a change must pass
	go mod tidy -diff
	go mod verify
	go test -race -short -p=3 -count=1 -timeout=15m -gcflags='$(NO_RACES)' ./...
	go test -race -run='^Test($(RACED))$$' ./cmd/pleo-connect
	go -C cmd/pleo-connect/bench test ./...
	$(MAKE) torture
	$(MAKE) vault
	$(MAKE) size
	go test -run='^$$' -fuzz=FuzzWalk -fuzztime=5s ./flow
	go test -run='^$$' -fuzz=FuzzAnswer -fuzztime=5s ./pleoclient
	go test -run='^$$' -fuzz=FuzzWire -fuzztime=5s ./pleoclient
	go test -run='^$$' -fuzz=FuzzRecordOpen -fuzztime=5s ./store
	go test -run='^$$' -fuzz=FuzzRepair -fuzztime=5s ./tui/input

lint: ## format, vet, staticcheck
	@test -z "$$(gofmt -l .)" || { echo "gofmt these files:"; gofmt -l .; exit 1; }
	go vet -tags=torture ./...
	GOOS=windows go vet $(AS_RELEASED) ./... # what it compiles serves make size
	GOOS=darwin go vet $(AS_RELEASED) ./...
	go -C cmd/pleo-connect/bench vet ./...
	go -C store/kv/cluster vet ./...
	go run $(STATICCHECK) -tags=torture ./...

bench: build ## measure what users wait for: functions, then whole programs beside others (Linux, a quarter of an hour)
	go test -run='^$$' -bench=. -benchmem ./...
	go -C cmd/pleo-connect/bench run . -ours $(CURDIR)/bin/pleo-connect

results: build ## measure whole programs, and write the page and the graph of the results (Linux, an idle machine, minutes)
	mkdir -p dist
	go -C cmd/pleo-connect/bench run . -ours $(CURDIR)/bin/pleo-connect \
		-json $(CURDIR)/dist/results.json -markdown results.md -svg results.svg

golden: ## rewrite the golden files; review the diff before you commit
	go test ./flow ./tui ./tui/plain ./pleoclient -update
	go test ./cmd/pleo-connect -run='^TestReadme$$' -update

pictures: ## draw what people see; open dist/pictures/index.html in a browser
	rm -rf dist/pictures
	go test ./tui -run='^TestDrawPictures$$' -count=1 -pictures=$(CURDIR)/dist/pictures
	go test ./cmd/pleo-connect -run='^TestDrawPrinted$$' -count=1 -pictures=$(CURDIR)/dist/pictures

dist: ## build for all platforms into dist/
	@for p in $(PLATFORMS); do echo "dist/pleo-connect-$${p%/*}-$${p#*/}"; GOOS=$${p%/*} GOARCH=$${p#*/} $(BUILD) -o dist/pleo-connect-$${p%/*}-$${p#*/}$$(test $${p%/*} = windows && echo .exe) ./cmd/pleo-connect || exit 1; done

size: dist ## fail if the program for linux/amd64 has 13 MiB
	@size=$$(wc -c <dist/pleo-connect-linux-amd64) && echo "$$size bytes" && test $$size -lt 13631488

clean: ## remove build output
	rm -rf bin dist
