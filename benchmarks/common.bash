# What the sections share: building, measuring, medians, and the pages of docs/benchmarks.md.

pages=$root/artifacts/bench
spaces=(tcpwhy-bench-a tcpwhy-bench-b)
program=$root/artifacts/tcpwhy/tcpwhy
children=()

say() { printf 'bench: %s\n' "$*" >&2; }

# need COMMAND-OR-HEADER PACKAGE: installs the package when it is missing.
need() {
	if [[ $1 == /* ]]; then [[ -e $1 ]] && return; else command -v "$1" >/dev/null && return; fi
	say "installing $2 ..."
	export DEBIAN_FRONTEND=noninteractive
	apt-get install -y -qq "$2" >/dev/null 2>&1 </dev/null ||
		{ apt-get update -qq && apt-get install -y -qq "$2"; } >/dev/null 2>&1 </dev/null ||
		{ say "$2 cannot be installed"; exit 4; }
}

# compile NAME [LIBRARY...]
compile() {
	need cc gcc
	cc -O2 -Wall -Werror -o "$pages/$1" "$root/benchmarks/$1.c" "${@:2}"
}

make_spaces() {
	local space
	for space in "${spaces[@]}"; do
		ip netns add "$space"
		ip -n "$space" link set lo up
		ip netns exec "$space" sysctl -qw net.ipv4.ip_local_port_range='1024 65535' net.core.somaxconn=4096
	done
}

# Ends what this run started and removes its namespaces; children of sockets die with it.
clean_up() {
	local child space
	for child in "${children[@]}"; do
		kill "$child" 2>/dev/null && wait "$child" 2>/dev/null
	done
	children=()
	for space in "${spaces[@]}"; do
		[[ ! -e /run/netns/$space ]] || ip netns del "$space"
	done
}

median() { sort -n | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }

# column N FILE: the median of a column.
column() { awk -v n="$1" '{ print $n }' "$2" | median; }

calc() { awk "BEGIN { printf \"%$1\", $2 }"; }

measure() { "$pages/measure" "$@"; }

wait_for() {
	local tries=300
	until grep -q "$1" "$2" 2>/dev/null; do
		((tries--)) || { say "'$1' did not appear in $2"; cat "$2" >&2; return 1; }
		sleep 0.1
	done
}

# Joins the pages of this run and of earlier ones.
write_document() {
	local section
	{
		cat <<-END
			# Benchmarks

			Made by \`./bench\`. Absolute times belong to one machine and one hour; ratios, taken side by side in one run, carry further.
			The *limit* is the least that the work can take: bare C over the same kernel interface, with nothing printed.
		END
		for section in sockets start watch screen verdict load; do
			[[ ! -e $pages/$section.md ]] || { echo; cat "$pages/$section.md"; }
		done
	} >"$root/docs/benchmarks.md"
}

machine() {
	printf '%s, %s cores, %s, Linux %s, .NET %s, load average %s, %s' "$(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1)" "$(nproc)" \
		"$(awk '/MemTotal/ { printf "%.0f GB", $2 / 1e6 }' /proc/meminfo)" "$(uname -r)" "$(dotnet --version)" "$(cut -d ' ' -f 1 /proc/loadavg)" "$(date -u +%Y-%m-%d)"
}
