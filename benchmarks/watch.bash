# Section "watch": what watching costs a server that gets a connection per request.

readonly window_seconds=2 load_port=8088 pairs_attached=40 window_ms=250

start_nginx() {
	local at=$pages/nginx
	mkdir -p "$at"
	cat >"$at/nginx.conf" <<-END
		worker_processes 1;
		daemon off;
		pid $at/nginx.pid;
		error_log $at/error.log;
		events { worker_connections 4096; }
		http { access_log off; server { listen 127.0.0.1:$load_port backlog=4096; location / { return 200 "hello\n"; } } }
	END
	ip netns exec "${spaces[0]}" nginx -p "$at" -c "$at/nginx.conf" 2>/dev/null &
	nginx=$!
	children+=("$nginx")
	sleep 1
}

# One load for the whole section: only what is watched changes between two windows.
start_load() {
	ip netns exec "${spaces[0]}" wrk -t1 -c64 -d20m -H 'Connection: close' "http://127.0.0.1:$load_port/" >/dev/null &
	load=$!
	children+=("$load")
	sleep 1
}

# Connections a second that the server takes, by the kernel's own count.
rate() {
	ip netns exec "${spaces[0]}" awk -v seconds="$window_seconds" '
		function taken(  file, line, fields, heads) {
			file = "/proc/net/snmp"
			while ((getline line < file) > 0)
				if (line ~ /^Tcp: [0-9]/) { split(line, fields, " "); break }
			close(file)
			return fields[7]
		}
		BEGIN { before = taken(); system("sleep " seconds); printf "%.0f\n", (taken() - before) / seconds }'
}

# quarters FILE: within which losses half of the pairs lie.
quarters() { sort -n "$1" | awk '{ loss[NR] = 100 * $1 } END { printf "%.1f %% to %.1f %%", loss[int(NR / 4) + 1], loss[int(NR * 3 / 4) + 1] }'; }

# pairs NAME READY COMMAND...: alternates windows without and with the command beside the load; READY is a word of its stderr, or seconds to wait.
watched_pairs() {
	local name=$1 ready=$2 round free watched observer times
	times=$pages/watch.$1
	shift 2
	: >"$times"
	for ((round = 0; round < pairs_of_load; round++)); do
		free=$(rate)
		"$@" >"$pages/watch.stdout" 2>"$pages/watch.stderr" &
		observer=$!
		if [[ $ready =~ ^[0-9]+$ ]]; then sleep "$ready"; elif ! wait_for "$ready" "$pages/watch.stderr"; then return 1; fi
		sleep 0.5 # what starting left to do
		watched=$(rate)
		kill -TERM "$observer" 2>/dev/null
		wait "$observer" 2>/dev/null
		sleep 0.5
		echo "$(calc .4f "1 - $watched / $free") $free $watched" >>"$times"
	done
	say "  $name: $(column 2 "$times")/s alone, $(column 3 "$times")/s watched"
	printf '| %s | %.0f /s | %.0f /s | **%.1f %%** | %s |\n' "$name" "$(column 2 "$times")" "$(column 3 "$times")" "$(calc .2f "100 * $(column 1 "$times")")" \
		"$(quarters "$times")" >>"$pages/watch.md"
}

# attached NAME OBJECT PROGRAM...: what these programs cost a connection while nobody reads what they tell.
attached() {
	local name=$1 times=$pages/attach.times root=/sys/fs/cgroup
	[[ ! -d $root/unified ]] || root=$root/unified
	"$pages/attach" "$2" "$root" $pairs_attached $window_ms "$(pgrep -P "$nginx"),$load" "${@:3}" >"$times" || return 1
	say "  $name: $(column 2 "$times") us a connection without, $(column 3 "$times") with"
	printf '| %s | %.1f µs | %.1f µs | **%.1f %%** | %s |\n' "$name" "$(column 2 "$times")" "$(column 3 "$times")" "$(calc .3f "100 * $(column 1 "$times")")" \
		"$(quarters "$times")" >>"$pages/watch.md"
}

# What diagnose says of itself after a window of its default length.
own_cost() {
	"$program" diagnose --duration 30s --format json >"$pages/watch.json" 2>/dev/null
	need jq jq
	jq -r '"| events lost | \(.observer.lost) |\n| CPU, starting included | \(.observer.cpu_seconds) s in \(.window.seconds) s: \(.observer.cpu_seconds / .window.seconds * 1000 | round / 10) % of one core (goal 3 %) |\n| memory at its peak | \(.observer.peak_memory_bytes / 1e6 | round) MB |\n| connections counted | \(.traffic.opened) |\n| findings | \(.findings | length) |"' "$pages/watch.json"
}

run_watch() {
	need nginx nginx-light
	need wrk wrk
	need clang clang
	need /usr/include/bpf/libbpf.h libbpf-dev
	compile attach -lbpf
	clang -g -O2 -Wall -Werror -target bpf -mcpu=v3 "-I/usr/include/$(uname -m)-linux-gnu" -c "$root/benchmarks/floor.bpf.c" -o "$pages/floor.bpf.o" || return 1
	start_nginx
	start_load
	cat >"$pages/watch.md" <<-END
		## Watch a server with a connection per request

		| programs in the kernel | CPU of a connection without | with | lost | half of the pairs lie within |
		|---|---|---|---|---|
	END
	local programs=(on_state on_send_reset on_receive_reset on_error on_retransmit on_retransmit_synack on_drop on_exit on_ingress on_read on_connect4 on_connect6)
	local ours=$root/bpf/watch.bpf.o
	attached none "$ours" &&
		attached 'floor: two that return at once, where ours run for every connection' "$pages/floor.bpf.o" floor_state floor_ingress &&
		attached "**ours**" "$ours" "${programs[@]}" || { rm "$pages/watch.md"; return 1; }
	printf '\nCPU of wrk and nginx together, both ends of a connection; medians of %d alternating pairs of windows of %d ms in one run of wrk. Goal: 2 %%.\n\n' \
		$pairs_attached $window_ms >>"$pages/watch.md"
	cat >>"$pages/watch.md" <<-END
		| program | alone | watched | throughput lost | half of the pairs lie within |
		|---|---|---|---|---|
	END
	watched_pairs nothing 1 sleep 60
	watched_pairs '`tcpwhy diagnose`' watching "$program" diagnose --duration 10m --format json || { rm "$pages/watch.md"; return 1; }
	if $peers; then
		need tcplife libbpf-tools
		watched_pairs '`tcplife`' 2 tcplife
		watched_pairs '`tcpstates`' 2 tcpstates
	fi
	{
		printf '\nwrk to nginx on loopback, both cores busy; medians of %d alternating pairs of windows of %d s in one run of wrk. Goal: 2 %%.\n' "$pairs_of_load" "$window_seconds"
		printf '\n| `tcpwhy diagnose` under that load | |\n|---|---|\n%s\n' "$(own_cost)"
		printf '\nMachine: %s.\n' "$(machine)"
	} >>"$pages/watch.md"
}
