# One recipe for each step of CI; `.ci/run` installs what they need and runs them all.

set shell := ["bash", "-euo", "pipefail", "-c"]

[private]
default:
    @just --list --unsorted

# All of it, in CI's order (CI then runs the tests once more, as an ordinary user)
ci: fmt clippy doc deny book browser stubs test

# Is everything formatted?
fmt:
    cargo fmt --all --check

# Lints, warnings denied: with the tests, and without the features that only tests turn on
clippy:
    cargo clippy --workspace --all-targets --locked -- -D warnings
    cargo clippy --workspace --locked -- -D warnings

# The API documentation, warnings denied
doc:
    RUSTDOCFLAGS='-D warnings' cargo doc --workspace --no-deps --locked

# Dependencies: their licences and sources; a warning where one is there in two versions
deny:
    cargo deny --locked check --hide-inclusion-graph licenses bans sources

# The book: its checks, then the pages (in book/out)
book:
    cargo test -p book --locked
    cargo run -q -p book --locked -- build

# The built book in Debian's Chromium: each page, what is in the pages, print. Needs node, npm and chromium
browser:
    cargo run -q -p book --locked -- build
    cd book/browser && npm ci --loglevel=error && npm test

# The book as a PDF, book/out/minicontainer.pdf. It needs the same
pdf:
    cargo run -q -p book --locked -- build
    cd book/browser && npm ci --loglevel=error && node pdf.mjs

# As root, with runc and crun: the data of the book's ladder anew, and its page
ladder:
    UPDATE_LADDER=1 cargo test -q -p minicontainer --locked --test ladder
    cargo run -q -p book --locked -- generate

# A fresh student's package: it builds without a warning, every exercise says that it is a stub, none panics
stubs:
    #!/usr/bin/env bash
    set -euo pipefail
    if said=$(MINICONTAINER_LANG=en cargo test -p exercises --locked 2>&1); then echo "the stubs pass: $said" && exit 1; fi
    tail -n 12 <<< "$said"
    grep -q '^0 of [0-9]* solved' <<< "$said"
    [[ $(grep -c '^exercise .* is not written yet$' <<< "$said") == $(grep -c '^test .*FAILED$' <<< "$said") ]]
    ! grep -q 'panicked\|^warning' <<< "$said"

# The README's test command; `just test ch03` runs what has ch03 in its name
test *ARGUMENTS:
    cargo test {{ ARGUMENTS }}

# As root: the same tests as an ordinary user made for it, in a copy of this work tree
test-as-user *ARGUMENTS:
    .ci/as-user cargo test {{ ARGUMENTS }}

# In the lab, each test program in a machine of its own with cgroup v2: stage 6, all other subjects, the crowd, the solutions
test-v2 *ARGUMENTS:
    #!/usr/bin/env bash
    set -euo pipefail
    cargo build -q -p minicontainer --locked
    target=$(realpath "${CARGO_TARGET_DIR:-target}")
    export INSTA_WORKSPACE_ROOT=$PWD # insta would ask cargo, which is not in the lab
    export CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUNNER="$target/debug/minicontainer lab -v $PWD -v $target --"
    cargo test -p ch06 -p minicontainer -p solutions --test checks --test crowd --test solutions {{ ARGUMENTS }}

# As root: accept what the demos print, to root and to an ordinary user; `just demos memory::` only that of one
demos *FILTER:
    UPDATE_DEMOS=1 cargo test -q -p minicontainer --test demo -- --skip recording {{ FILTER }}
    # His tree is a copy that goes away: what he has accepted comes back through the pipe.
    .ci/as-user bash -c 'UPDATE_DEMOS=1 cargo test -q -p minicontainer --test demo -- --skip recording {{ FILTER }} >&2; cd book/demos; find . -name "*.user.txt" -print0 | tar --create --null --files-from -' | tar --extract --no-same-owner --directory book/demos
    cargo run -q -p book --locked -- generate

# As root: record demos anew for the book, all or those named, on a machine called laptop
recordings *NAMES:
    #!/usr/bin/env bash
    set -euo pipefail
    cargo build -q -p minicontainer --locked
    program=$(realpath "${CARGO_TARGET_DIR:-target}")/debug/minicontainer
    names=({{ NAMES }})
    ((${#names[@]})) || mapfile -t names < <("$program" demo --list --json | sed -n 's/^    "name": "\(.*\)",$/\1/p')
    for name in "${names[@]}"; do
        env -u NO_COLOR unshare --uts sh -c 'echo laptop > /proc/sys/kernel/hostname; exec "$@"' sh \
            "$program" demo "$name" --record "book/demos/$name.cast" --size 100x30
        printf '%s: %d bytes\n' "book/demos/$name.cast" "$(stat -c %s "book/demos/$name.cast")"
    done
    cargo run -q -p book --locked -- generate

# Known vulnerabilities in the dependencies. Not in CI: it fetches a git database
advisories:
    cargo deny --locked check advisories

# Build times on this machine: the table of CONTRIBUTING.md
times:
    .ci/build-times
