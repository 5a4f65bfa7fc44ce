# Section "start": how long the shortest commands take.

run_start() {
	local round option
	for option in --version --help; do
		: >"$pages/start$option"
		for ((round = 0; round < 3 * rounds; round++)); do
			measure "$program" $option >>"$pages/start$option"
		done
	done
	cat >"$pages/start.md" <<-END
		## Start

		| command | wall | CPU | goal | peak memory |
		|---|---|---|---|---|
		| \`tcpwhy --version\` | $(calc .0f "$(column 1 "$pages/start--version")") ms | $(calc .0f "$(column 2 "$pages/start--version")") ms | 100 ms | $(calc .0f "$(column 3 "$pages/start--version") / 1000") MB |
		| \`tcpwhy --help\` | $(calc .0f "$(column 1 "$pages/start--help")") ms | $(calc .0f "$(column 2 "$pages/start--help")") ms | 150 ms | $(calc .0f "$(column 3 "$pages/start--help") / 1000") MB |

		Medians of $((3 * rounds)) runs, compiled ahead of time (ReadyToRun). Machine: $(machine).
	END
}
