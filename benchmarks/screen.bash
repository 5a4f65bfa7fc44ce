# Section "screen": what the full screen costs while it refreshes each second over 100,000 sockets.

readonly screen_seconds=20

# Clock ticks (100 a second) of processor time that a process has used.
ticks_of() { awk '{ sub(/^.*\) /, ""); print $12 + $13 }' "/proc/$1/stat"; }

run_screen() {
	local ready=$pages/screen.ready view key pid before used listed
	need tmux tmux
	compile sockets
	: >"$ready"
	ip netns exec "${spaces[0]}" "$pages/sockets" 6 8300 < <(exec sleep infinity) >"$ready" &
	children+=($!)
	wait_for ready "$ready" || return 1
	listed=$("$program" connections "netns $(stat -Lc %i "/run/netns/${spaces[0]}")" --format ndjson | wc -l)
	tmux -L tcpwhy-bench -f /dev/null new-session -d -s w -x 200 -y 50 "exec $program watch --no-history --interval 1s --duration 10m"
	pid=$(tmux -L tcpwhy-bench list-panes -t w -F '#{pane_pid}')
	children+=("$pid")
	sleep 8 # what starting costs
	cat >"$pages/screen.md" <<-END
		## Watch $(printf "%'d" "$listed") sockets on the screen, 200×50, drawn anew each second

		| view | CPU of one core (goal < 25 %) |
		|---|---|
	END
	for view in '1 failures' '2 connections (with TCP_INFO)' '3 listeners' '5 limits'; do
		key=${view%% *}
		tmux -L tcpwhy-bench send-keys -t w "$key"
		sleep 3
		before=$(ticks_of "$pid") || return 1
		sleep "$screen_seconds"
		used=$(($(ticks_of "$pid") - before))
		say "  ${view#* }: $(calc .1f "$used / $screen_seconds") %"
		printf '| %s | %.1f %% |\n' "${view#* }" "$(calc .2f "$used / $screen_seconds")" >>"$pages/screen.md"
	done
	tmux -L tcpwhy-bench kill-server
	printf '\nOver %d s each. Machine: %s.\n' "$screen_seconds" "$(machine)" >>"$pages/screen.md"
}
