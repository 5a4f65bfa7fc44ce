# Section "watch": what watching costs a server that gets a connection per request.

readonly load_seconds=6 load_port=8088

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
	children+=($!)
	sleep 1
}

# Connections a second that wrk gets through.
load() {
	ip netns exec "${spaces[0]}" wrk -t1 -c64 -d${load_seconds}s -H 'Connection: close' "http://127.0.0.1:$load_port/" |
		awk '/Requests\/sec/ { print $2 }'
}

# pairs NAME READY COMMAND...: alternates the load without and with the command beside it; READY is a word of its stderr, or seconds to wait.
watched_pairs() {
	local name=$1 ready=$2 round free watched observer times
	times=$pages/watch.$1
	shift 2
	: >"$times"
	for ((round = 0; round < pairs_of_load; round++)); do
		free=$(load)
		"$@" >/dev/null 2>"$pages/watch.stderr" &
		observer=$!
		if [[ $ready =~ ^[0-9]+$ ]]; then sleep "$ready"; elif ! wait_for "$ready" "$pages/watch.stderr"; then return 1; fi
		watched=$(load)
		kill -TERM "$observer" 2>/dev/null
		wait "$observer" 2>/dev/null
		say "  $name: $free/s alone, $watched/s watched"
		echo "$(calc .4f "1 - $watched / $free") $free $watched" >>"$times"
	done
	printf '| `%s` | %.0f /s | %.0f /s | **%.1f %%** | %s |\n' "$name" "$(column 2 "$times")" "$(column 3 "$times")" "$(calc .2f "100 * $(column 1 "$times")")" \
		"$(sort -n "$times" | awk 'NR == 1 { least = $1 } { most = $1 } END { printf "%.1f %% to %.1f %%", 100 * least, 100 * most }')" >>"$pages/watch.md"
}

run_watch() {
	need nginx nginx-light
	need wrk wrk
	start_nginx
	cat >"$pages/watch.md" <<-END
		## Watch a server with a connection per request

		| program | alone | watched | throughput lost | least and most of the pairs |
		|---|---|---|---|---|
	END
	watched_pairs 'tcpwhy diagnose' watching "$program" diagnose --duration 10m --format json || { rm "$pages/watch.md"; return 1; }
	if $peers; then
		need tcplife libbpf-tools
		watched_pairs tcplife 2 tcplife
		watched_pairs tcpstates 2 tcpstates
	fi
	printf '\nwrk to nginx on loopback; medians of %d alternating pairs of %d s. Machine: %s.\n' "$pairs_of_load" "$load_seconds" "$(machine)" >>"$pages/watch.md"
}
