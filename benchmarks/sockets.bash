# Section "list sockets": every socket of the host with its process and TCP_INFO.

readonly processes=6 pairs=8300 # in each namespace: twice 99,606 sockets, listeners included

hold_sockets() {
	local space ready
	for space in "${spaces[@]}"; do
		ready=$pages/$space.ready
		: >"$ready"
		ip netns exec "$space" "$pages/sockets" $processes $pairs < <(exec sleep infinity) >"$ready" &
		children+=($!)
	done
	for space in "${spaces[@]}"; do
		wait_for ready "$pages/$space.ready"
	done
}

in_each_space() {
	local space
	for space in "${spaces[@]}"; do
		ip netns exec "$space" "$@"
	done
}

peer() {
	local name=$1 wall cpu peak
	say "  $name, once ..."
	read -r wall cpu peak < <(measure bash -c "$(declare -f in_each_space); spaces=(${spaces[*]}); in_each_space $2")
	printf '| %s | %s | %.2f s | %.2f s | %.0f × | |\n' "$name" "$3" "$(calc .3f "$wall / 1000")" "$(calc .3f "$cpu / 1000")" "$(calc .1f "$wall / $ours")" >>"$pages/sockets.md"
}

run_sockets() {
	local round limit_args=("$root/bpf/list.bpf.o" /proc/self/ns/net) space
	need /usr/include/bpf/libbpf.h libbpf-dev
	compile sockets
	compile limit -lbpf
	for space in "${spaces[@]}"; do limit_args+=("/run/netns/$space"); done
	say "making $((2 * processes * (2 * pairs + 1))) sockets ..."
	hold_sockets
	local counted listed
	counted=$("$pages/limit" "${limit_args[@]}")
	listed=$("$program" connections --format ndjson | wc -l)
	say "limit: $counted; tcpwhy: $listed lines"
	: >"$pages/ours"
	: >"$pages/limit.times"
	for ((round = 0; round < rounds; round++)); do
		measure "$program" connections --format ndjson >>"$pages/ours"
		measure "$pages/limit" "${limit_args[@]}" >>"$pages/limit.times"
	done
	local ours limit bytes
	ours=$(column 1 "$pages/ours")
	limit=$(column 1 "$pages/limit.times")
	bytes=$("$program" connections --format ndjson | wc -c)
	cat >"$pages/sockets.md" <<-END
		## List $(printf "%'d" "$listed") sockets with process and TCP_INFO

		| program | shows | wall | CPU | ratio to tcpwhy | peak memory |
		|---|---|---|---|---|---|
		| \`tcpwhy connections --format ndjson\` | process, container, all of TCP_INFO, memory: $(calc .0f "$bytes / 1e6") MB of JSON | $(calc .3f "$ours / 1000") s | $(calc .3f "$(column 2 "$pages/ours") / 1000") s | 1 × | $(calc .0f "$(column 3 "$pages/ours") / 1000") MB |
		| limit: the same iterators read in C, joined, nothing printed | | $(calc .3f "$limit / 1000") s | $(calc .3f "$(column 2 "$pages/limit.times") / 1000") s | **tcpwhy takes $(calc .2f "$ours / $limit") × of it** (goal ≤ 1.5) | $(calc .0f "$(column 3 "$pages/limit.times") / 1000") MB |
	END
	if $peers; then
		need /usr/bin/python3 python3
		[[ -d /usr/lib/python3/dist-packages/psutil ]] || need psutil python3-psutil
		peer '`ss -tanpi`' 'ss -tanpi' 'process, most of TCP_INFO'
		peer '`ss -tani`' 'ss -tani' 'most of TCP_INFO, no process'
		peer 'psutil `net_connections`' "/usr/bin/python3 $root/benchmarks/psutil-list.py" 'process, no TCP_INFO'
	fi
	printf '\nMedians of %d alternating runs. Machine: %s.\n' "$rounds" "$(machine)" >>"$pages/sockets.md"
}
