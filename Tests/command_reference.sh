#!/usr/bin/env bash
# Prints docs/reference/commands.md from the program's own help, 120 columns wide whatever the terminal:
#   Tests/command_reference.sh [PROGRAM] > docs/reference/commands.md
# Without PROGRAM the release build is asked. Options that three commands or more have in the same words come once.
set -euo pipefail
export COLUMNS=120 LC_ALL=C
program=${1:-$(dirname "$0")/../.build/release/collagan}
[ -x "$program" ] || { echo "command_reference.sh: $program is not there; swift build -c release" >&2; exit 2; }

# The help of a command, after a line with its name, then that of its subcommands.
help_of() {
    local text name
    text=$("$program" "$@" --help </dev/null)
    printf '\001%s\n%s\n' "$*" "$text"
    while read -r name; do
        help_of "$@" "$name"
    done < <(awk '/^SUBCOMMANDS:/ { on = 1; next } /^[^ ]/ { on = 0 } on && /^  [a-z]/ { print $1 }' <<<"$text")
}

help=$(help_of)
awk '
    function close_entry() { if (entry != "") { entries[command, count] = entry; seen[entry]++; entry = "" } }
    function option(text) { match(text, /--[a-z-]+/); return substr(text, RSTART, RLENGTH) }

    # A long line of USAGE, broken before an option.
    function folded(text, at, head) {
        while (length(text) > 120) {
            for (at = 120; at > 60 && substr(text, at, 2) != " ["; at--);
            head = head substr(text, 1, at - 1) "\n"
            text = "      " substr(text, at)
        }
        return head text
    }

    # A long line of options, in two.
    function quoted(text, at) {
        if (length(text) <= 120) return text
        for (at = 118; substr(text, at, 1) != " "; at--);
        return substr(text, 1, at - 1) "`\n`" substr(text, at + 1)
    }

    /^\001/ { close_entry(); command = ++commands; names[command] = substr($0, 2); count = lines[command] = 0; next }
    /^  -/ { close_entry(); count = ++lines[command]; entry = $0; next }
    entry != "" && /^   / { entry = entry "\n" $0; next }
    { close_entry(); count = ++lines[command]; entries[command, count] = $0; plain[command, count] = 1 }

    END {
        close_entry()
        print "# Commands\n"
        print "What `collagan COMMAND --help` says; `--version` and `--help` are left out below. Printed by"
        print "`Tests/command_reference.sh`, and a test compares: change the help in `Sources/collagan`, " \
            "then print it again."
        print "More: [files and keys](outputs.md) · [exit statuses](exit-status.md) · [variables](environment.md)\n"
        for (c = 1; c <= commands; c++) {
            print "## collagan" (names[c] == "" ? "" : " " names[c]) "\n```"
            shared = text = ""
            for (n = 1; n <= lines[c]; n++) {
                e = entries[c, n]
                if (e ~ /^  (--version|-h, --help) /) continue
                if (!plain[c, n] && seen[e] >= 3) {
                    shared = shared (shared == "" ? "" : " ") option(e)
                    if (!(e in number)) { number[e] = ++several; once[several] = e }
                } else if (e != "OPTIONS:") {
                    if (!plain[c, n] && !options++) text = text "OPTIONS:\n"
                    text = text (e ~ /^USAGE/ ? folded(e) : e) "\n"
                }
            }
            options = 0
            gsub(/\n\n+/, "\n\n", text); sub(/\n+$/, "\n", text)
            printf "%s```\n", text
            if (shared != "") print quoted("Also `" shared "`") "\n"; else print ""
        }
        print "## Options of several commands\n```"
        for (n = 1; n <= several; n++) print once[n]
        print "```"
    }' <<<"$help"
