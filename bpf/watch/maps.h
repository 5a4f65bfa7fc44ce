/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* What the watching programs share: the ring to user space, counters, and a
 * small memory of live connections. */
#ifndef TCPWHY_MAPS_H
#define TCPWHY_MAPS_H

#include "../events.h"
#include "../kernel.h"

/* Set by user space before loading. */
const volatile struct settings settings = { .tick_us = 4000 };

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 16 << 20);
} events SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, COUNT_MAX);
	__type(key, u32);
	__type(value, u64);
} counters SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, struct traffic_key);
	__type(value, struct traffic);
} traffic SEC(".maps");

/* A live connection, in a table of pairs of places: a store costs 15 ns where socket
 * storage costs 487. A third of one hash forgets an age or an owner, never a failure. */
struct flow {
	u64 sock;
	u64 opened_ns;
	u64 fin_sent_ns;
	u64 fin_received_ns;
	u32 pid;
	u8 opener;
	u8 counted; /* at the other end, which is on this host too */
	u16 pad;
	char comm[16];
	u8 said; /* with payload: enum words */
	u8 heard;
	u8 alert_said;
	u8 alert_heard;
	u8 looked_out; /* segments with payload that were looked at */
	u8 looked_in;
	u8 enciphered_out; /* a record of application data was seen */
	u8 enciphered_in;
	u16 fast; /* retransmits, by what led to them */
	u16 timeout;
	u16 tail_probes;
	u16 reserved;
};

#define FLOW_BITS 17

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1 << FLOW_BITS);
	__type(key, u32);
	__type(value, struct flow);
} flows SEC(".maps");

/* Addresses from which processes of this host have connected, learned when they
 * do: a connection with both ends here is counted at its client's, not twice. The
 * client is established before the server, so its address is known in time. */
#define CLIENT_BITS 12

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1 << CLIENT_BITS);
	__type(key, u32);
	__type(value, struct address);
} client_addresses SEC(".maps");

/* The last reset segment that arrived for a socket, until tcp_receive_reset takes it. */
struct arrival {
	u64 sock;
	struct segment segment;
};

/* Processes that accepted a connection: when such a one ends, its service may go on in another. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, u32);
	__type(value, u8);
} servers SEC(".maps");

#define CALL_BITS 9

/* Calls of connect that are on their way to a SYN, two places for each hash of a thread. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 2 << CALL_BITS);
	__type(key, u32);
	__type(value, struct call);
} calls SEC(".maps");

/* The one that was noted last, as a rule the next as well. */
u32 last_server;

/* The process that looks at the sockets of all others. */
u32 observer;

/* What the next look at all sockets searches for. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct wanted);
} wanted SEC(".maps");

/* Whose connections it tells one by one. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct followed);
} followed SEC(".maps");

/* Who is worth that, by pid. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 256);
	__type(key, u32);
	__type(value, struct waiter);
} waiters SEC(".maps");

struct port_key {
	u32 netns;
	u32 port;
};

/* Whether a service's port is known to answer, and with payload what it speaks. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct port_key);
	__type(value, u8);
} ports SEC(".maps");

static __always_inline void remember_port(u32 netns, u32 port, u8 flags)
{
	struct port_key key = { .netns = netns, .port = port };
	u8 *known = bpf_map_lookup_elem(&ports, &key);

	if (!known)
		bpf_map_update_elem(&ports, &key, &flags, BPF_ANY);
	else if ((*known & flags) != flags)
		*known |= flags;
}

/* Those of them that call connect as well: proxies, and services that call others. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, u32);
	__type(value, u8);
} relays SEC(".maps");
/* The socket of the last reset that arrived on this processor: when TCP ignores it,
 * that is told a moment later without the socket. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, u64);
} last_reset SEC(".maps");

#define ARRIVAL_BITS 10

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1 << ARRIVAL_BITS);
	__type(key, u32);
	__type(value, struct arrival);
} arrivals SEC(".maps");

/* With which TTL one end of a connection sends: what a reset's is held against. */
struct peer {
	u32 tag;
	u8 ttl;
	u8 pad[3];
};

#define PEER_BITS 13

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1 << PEER_BITS);
	__type(key, u32);
	__type(value, struct peer);
} peers SEC(".maps");

static __always_inline u32 slot_of(u64 sock, int bits)
{
	return (sock >> 6) * 0x9e3779b97f4a7c15ULL >> (64 - bits);
}

/* The verifier forbids arithmetic on socket pointers; their value is all we want. */
static __always_inline u64 address_of(const void *pointer)
{
	u64 address = 0;

	bpf_probe_read_kernel(&address, sizeof(address), &pointer);
	return address;
}

static __always_inline struct flow *flow_at(u64 sock, u32 place)
{
	u32 slot = slot_of(sock, FLOW_BITS - 1) << 1 | place;

	return bpf_map_lookup_elem(&flows, &slot);
}

static __always_inline struct flow *find_flow(u64 sock)
{
	struct flow *flow = flow_at(sock, 0);

	if (flow && flow->sock != sock)
		flow = flow_at(sock, 1);
	return flow && flow->sock == sock ? flow : NULL;
}

/* Where a socket has its place, else a free one, else that of the elder: most
 * sockets live for a moment, and what is left of them gives way first. */
static __always_inline struct flow *flow_slot(u64 sock)
{
	struct flow *first = flow_at(sock, 0), *second = flow_at(sock, 1);

	if (!first || !second)
		return NULL;
	if (first->sock == sock || second->sock == sock)
		return first->sock == sock ? first : second;
	if (!first->sock || !second->sock)
		return !first->sock ? first : second;
	return first->opened_ns <= second->opened_ns ? first : second;
}

static __always_inline struct call *call_slot(u32 thread, u32 place)
{
	u32 slot = slot_of((u64)thread << 6, CALL_BITS) << 1 | place;

	return bpf_map_lookup_elem(&calls, &slot);
}

static __always_inline struct call *find_call(u32 thread)
{
	struct call *call = call_slot(thread, 0);

	if (call && call->thread != thread)
		call = call_slot(thread, 1);
	return call && call->thread == thread ? call : NULL;
}

/* The process's name: threads carry names of their own, which nobody would
 * recognise. Plain loads, for this runs with every connection. */
static __always_inline void read_comm(char *comm)
{
	struct task_struct *leader = bpf_get_current_task_btf()->group_leader;

	__builtin_memcpy(comm, leader->comm, 16);
}

static __always_inline void remember_task(struct flow *flow)
{
	if (bpf_get_current_task_btf()->flags & PF_KTHREAD)
		return;
	flow->pid = bpf_get_current_pid_tgid() >> 32;
	read_comm(flow->comm);
}

/* Asked where it costs nothing: of connections that failed, and of the first between two ends. */
static __always_inline bool is_relay(const struct flow *flow)
{
	u32 pid = flow->pid;
	u8 yes = 1;

	if (bpf_map_lookup_elem(&relays, &pid))
		return true;
	if (flow->opener != OPENER_LOCAL || !bpf_map_lookup_elem(&servers, &pid))
		return false;
	bpf_map_update_elem(&relays, &pid, &yes, BPF_ANY);
	return true;
}

static __always_inline void count(u32 index)
{
	u64 *value = bpf_map_lookup_elem(&counters, &index);

	if (value)
		*value += 1;
}

#endif
