# The recipes that people use. `./dev RECIPE` makes sure of the tools first.

set shell := ["bash", "-euo", "pipefail", "-c"]

# Tests at once: whole-system tests wait more than they compute
side_by_side := `echo $(( $(nproc) * 3 ))`

# This list
default:
    @just --list --unsorted

# Show the main job on this machine: a server, four agents, real packages (add --once to end after the story)
demo *ARGS: console
    cargo build --quiet --package upkeep --package upkeep-agent
    target/debug/upkeep demo --catalogue {{ ARGS }}

# Run the server, optimised
run *ARGS: console
    cargo run --release --package upkeep -- serve {{ ARGS }}

# Everything that must hold: format, lints, schema, all tests
test: lint build schema-check judges schema-judges console-check
    #!/usr/bin/env bash
    set -euo pipefail
    cargo test --workspace --no-run --quiet
    # Whole-system tests wait more than they compute: what only computes runs beside them, and lets them go first.
    beside=$(mktemp)
    trap 'kill $(jobs -p) 2>/dev/null || true; rm -f "$beside"' EXIT
    nice -n 10 {{ just_executable() }} test-inside >"$beside" 2>&1 &
    inside=$!
    outcome=0
    {{ just_executable() }} test-system || outcome=$?
    wait "$inside" || outcome=$?
    cat "$beside"
    [ "$outcome" -ne 0 ] || {{ just_executable() }} console-stories || outcome=$?
    exit "$outcome"

# All tests but the whole-system ones
test-inside:
    cargo test --workspace --lib --bins --examples $(for test in */tests/*.rs */tests/*/main.rs; do name=${test%/main.rs}; name=${name##*/}; name=${name%.rs}; [ "$name" = system ] || echo "--test $name"; done)
    cargo test --workspace --doc

# The whole-system tests, over the embedded store and over the client for EventStoreDB
test-system:
    cargo test --workspace --test system -- --test-threads {{ side_by_side }}
    UPKEEP_TEST_ADAPTER=1 cargo test --workspace --test system -- --test-threads {{ side_by_side }} --skip store:: --skip servers:: --skip outage:: --skip official_client::

# Only the whole-system tests; add a name to choose some
system-test *ARGS: build judges
    cargo test --workspace --test system {{ ARGS }}

# Ask our store what a real server was asked, and compare. With --shrink, what differs no more may not differ again
judge-store SHRINK="": build judges
    {{ if SHRINK == "--shrink" { "UPKEEP_JUDGE_SHRINK=1 " } else { "" } }}cargo test --workspace --test system -- store::answers --nocapture --test-threads 1

# Everything at once: a part alone has other features, and its libraries would be compiled a second time
build: console
    cargo build --workspace --all-targets

# Build the web console, which the next build of the server takes in; without Node.js the server goes without
console:
    #!/usr/bin/env bash
    set -euo pipefail
    [ -f console/package.json ] || exit 0
    if ! command -v npm >/dev/null || [ "$(node -p 'process.versions.node.split(".")[0]')" -lt 20 ]; then
      echo "console: npm is missing or older than Node.js 20, so the server is built without its console: install Node.js 20 or newer" >&2
      exit 0
    fi
    # What npm installed last is noted there: only when the list is another one.
    if [ ! console/node_modules/.package-lock.json -nt console/package-lock.json ]; then
      npm ci --ignore-scripts --prefix console --silent --no-audit --no-fund
    fi
    # What is as it was is not built again: the server would have to take it in anew.
    built=console/node_modules/.built
    if [ -f console/dist/index.html ] && [ -f "$built" ] && [ -z "$(find console schema.graphql \( -path console/node_modules -o -path console/dist -o -path console/e2e -o -name graphql-env.d.ts \) -prune -o -type f -newer "$built" -print -quit)" ]; then
      exit 0
    fi
    rm -f "$built"
    npm run build --prefix console --silent
    touch "$built"

# Format, lints, logic and size of the web console
console-check: console
    npm run check --prefix console --silent

# The stories that people live in the web console: the real server, a real browser
console-stories: build
    npm run stories --prefix console --silent

# How smooth the web console's long lists are on this machine (FLEET=100000 for as many computers)
console-speed: build
    npm run speed --prefix console --silent

# Install other people's clients and audits, for the tests
judges:
    npm ci --prefix tests/judges --silent --no-audit --no-fund
    test -x target/judges/bin/python || python3 -m venv target/judges
    target/judges/bin/pip install --quiet --disable-pip-version-check --requirement tests/judges/requirements.txt
    # 300 MB: only when the list is another one than last time
    test tests/judges/schema/node_modules/.package-lock.json -nt tests/judges/schema/package-lock.json || npm ci --prefix tests/judges/schema --silent --no-audit --no-fund

# Ask other people's schema tools about schema.graphql: what broke since the last release, lints, three makers of types, and what the docs show
schema-judges: schema-check judges
    node tests/judges/documents.mjs
    node tests/judges/schema/diff.mjs
    node tests/judges/schema/lint.mjs
    node tests/judges/schema/relay.mjs
    node tests/judges/schema/codegen.mjs
    node tests/judges/schema/tada.mjs

# Format and lints, warnings are errors
lint:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets --quiet -- -D warnings

# Write schema.graphql from the code
schema: build
    target/debug/upkeep schema > schema.graphql.new
    mv schema.graphql.new schema.graphql

# Fail if schema.graphql is not what the code says
schema-check: build
    target/debug/upkeep schema | diff - schema.graphql || { echo "schema.graphql is stale: run 'just schema' and look at the difference" >&2; exit 1; }

# Kill a process that appends again and again, so many times, and look for what was lost
kills COUNT="200":
    UPKEEP_KILLS={{ COUNT }} cargo test --package upkeep-event-store --test survival

# Let the store be away for so many seconds under a server with an agent at work
outage SECONDS="300": build
    UPKEEP_OUTAGE_SECONDS={{ SECONDS }} cargo test --workspace --test system -- --ignored away_for_long

# Measure speed as ratios and write BENCHMARKS.md
bench *ARGS:
    cargo build --release --package upkeep --package upkeep-benches
    target/release/upkeep-bench {{ ARGS }}

# Change the domain's rules in small ways, one at a time, and see that its own tests notice (hours; a part: --re access/principal)
mutants *ARGS:
    cargo mutants --package upkeep-domain --jobs 1 --output target {{ ARGS }}
