# Section "load": how fast the generator is beside wrk, what a held connection costs, how true the percentiles are.

readonly held=100000 hold_port=8090 truth_port=8091 hold_sources=127.0.0.1,127.0.0.2,127.0.0.3,127.0.0.4

in_space() { ip netns exec "${spaces[0]}" "$@"; }

# number KEY FILE: the first number of that name in a JSON document.
number() { sed -n "s/^ *\"$1\": \([0-9.eE+-]*\),*$/\1/p" "$2" | head -n 1; }

ours_per_second() {
	in_space "$program" load "http://127.0.0.1:$load_port/" --connections 64 --duration "${load_seconds}s" --no-ebpf --format json "$@" >"$pages/load.json" || return 1
	number requests_per_second "$pages/load.json"
}

wrk_per_second() {
	in_space wrk -c64 -d${load_seconds}s "$@" "http://127.0.0.1:$load_port/" | awk '/Requests\/sec/ { print $2 }'
}

# rate_pairs NAME GOAL WRK-ARGUMENTS -- OUR-ARGUMENTS: alternates both and writes a row.
rate_pairs() {
	local name=$1 goal=$2 theirs=() round wrk ours times=$pages/load.pairs
	shift 2
	while [[ $1 != -- ]]; do theirs+=("$1") && shift; done
	shift
	: >"$times"
	for ((round = 0; round < pairs_of_load; round++)); do
		wrk=$(wrk_per_second "${theirs[@]}")
		ours=$(ours_per_second "$@") || return 1
		say "  $name: wrk $wrk/s, tcpwhy $ours/s"
		echo "$(calc .4f "$ours / $wrk") $ours $wrk" >>"$times"
	done
	printf '| %s | %.0f /s | %.0f /s | **%.2f ×** | %s | %s |\n' "$name" "$(column 2 "$times")" "$(column 3 "$times")" "$(column 1 "$times")" \
		"$(sort -n "$times" | awk 'NR == 1 { least = $1 } { most = $1 } END { printf "%.2f to %.2f", least, most }')" "$goal" >>"$pages/load.md"
}

serve_held() {
	: >"$pages/hold.ready"
	in_space "$pages/hold" serve $hold_port 8 < <(exec sleep infinity) >"$pages/hold.ready" &
	children+=($!)
	wait_for ready "$pages/hold.ready"
}

stop_held() {
	kill "${children[-1]}" && wait "${children[-1]}" 2>/dev/null
	unset 'children[-1]'
	sleep 1
}

hold_pairs() {
	local round times=$pages/load.held limit ours memory
	: >"$times"
	for ((round = 0; round < 3; round++)); do
		serve_held || return 1
		limit=$(in_space "$pages/hold" open $hold_port $held 6 4) || return 1
		stop_held
		serve_held || return 1
		in_space "$program" load "127.0.0.1:$hold_port" --connections $held --hold --duration 1s --source $hold_sources --no-ebpf --format json >"$pages/load.json" || return 1
		stop_held
		ours=$(number opened_seconds "$pages/load.json")
		memory=$(number memory_bytes_per_connection "$pages/load.json")
		say "  hold: C $limit s, tcpwhy $ours s and $memory bytes each, $(number failures "$pages/load.json") failed"
		echo "$(calc .4f "$ours / $limit") $ours $limit $memory" >>"$times"
	done
	cat >>"$pages/load.md" <<-END

		| hold $(printf "%'d" $held) connections, 6 processes each | tcpwhy | bare C, blocking connect | ratio | goal |
		|---|---|---|---|---|
		| time to open them | $(calc .2f "$(column 2 "$times")") s | $(calc .2f "$(column 3 "$times")") s | **$(calc .2f "$(column 1 "$times")") ×** | ≤ 1.0 |
		| our memory per connection (PSS of the workers) | **$(calc .0f "$(column 4 "$times")") bytes** | | | ≤ 1,024 |
	END
}

# truth NAME DELAY P50 P90 P99: the distribution's own percentiles, in seconds.
truth() {
	local name=$1 delay=$2 quantile measured row=""
	in_space "$program" listen 127.0.0.1:$truth_port --mode http --response-delay "$delay" 2>"$pages/listen.stderr" >/dev/null &
	children+=($!)
	sleep 2
	in_space "$program" load "http://127.0.0.1:$truth_port/" --connections 400 --rate 2000 --duration 20s --ramp 1s --no-ebpf --format json >"$pages/load.json" || return 1
	stop_held
	shift 2
	for quantile in p50 p90 p99; do
		measured=$(sed -n '/"latency_seconds"/,/}/p' "$pages/load.json" >"$pages/load.latency"; number $quantile "$pages/load.latency")
		row+=" $(calc .2f "1000 * $measured") ms of $(calc .2f "1000 * $1") ($(calc +.1f "100 * ($measured / $1 - 1)") %) |"
		shift
	done
	echo "| $name |$row" >>"$pages/load.md"
}

run_load() {
	need nginx nginx-light
	need wrk wrk
	compile hold
	start_nginx
	cat >"$pages/load.md" <<-END
		## Make load

		| requests to the same nginx | tcpwhy | wrk | ratio | least and most of the pairs | goal |
		|---|---|---|---|---|---|
	END
	rate_pairs 'one per connection, 1 thread' '≥ 1.0' -t1 -H 'Connection: close' -- --close || return 1
	rate_pairs 'one per connection, 2 threads' '' -t2 -H 'Connection: close' -- --close --threads 2 || return 1
	rate_pairs 'keep-alive, 1 thread' '≥ 0.8' -t1 -- || return 1
	hold_pairs || return 1
	cat >>"$pages/load.md" <<-END

		| answers delayed by | p50 measured, of true | p90 | p99 |
		|---|---|---|---|
	END
	truth 'uniform, 10 to 30 ms' uniform:10ms-30ms 0.020 0.028 0.0298 || return 1
	truth 'exponential, mean 20 ms' exponential:20ms 0.0138629 0.0460517 0.0921034 || return 1
	printf '\nMedians of %d alternating pairs of %d s (3 for held connections), without watching the kernel (`--no-ebpf`); 40,000 requests per distribution, goal within 2 %%. Machine: %s.\n' \
		"$pairs_of_load" "$load_seconds" "$(machine)" >>"$pages/load.md"
}
