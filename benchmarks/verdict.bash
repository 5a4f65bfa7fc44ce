# Section "verdict": from the last reset on the wire to the line that names its cause.

run_verdict() {
	local round watcher broken named
	compile reset
	: >"$pages/verdict.times"
	for ((round = 0; round < 5; round++)); do
		"$program" diagnose --duration 10s --format ndjson 2>"$pages/verdict.stderr" \
			> >(while IFS= read -r line; do printf '%s %s\n' "$EPOCHREALTIME" "$line"; done >"$pages/verdict.lines") &
		watcher=$!
		wait_for watching "$pages/verdict.stderr" || return 1
		broken=$(ip netns exec "${spaces[0]}" "$pages/reset" 7)
		wait "$watcher"
		named=$(grep -m 1 'server-close-unread' "$pages/verdict.lines" | cut -d ' ' -f 1)
		[[ -n $named ]] || { say "no verdict in $pages/verdict.lines"; return 1; }
		calc '.3f\n' "$named - $broken" >>"$pages/verdict.times"
	done
	cat >"$pages/verdict.md" <<-END
		## From a reset to its verdict

		| work | time |
		|---|---|
		| seven connections reset; the line of \`tcpwhy diagnose --format ndjson\` that names the cause | $(column 1 "$pages/verdict.times") s |

		Median of five runs, counted from the last reset. Machine: $(machine).
	END
}
