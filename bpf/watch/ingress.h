/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* cgroup_skb/ingress on the root of cgroup v2: every segment just before its
 * socket takes it. Keeps the header of resets, learns from which TTL each peer sends, and
 * sees SYNs that a full accept queue is about to swallow without a trace. */
#include "event.h"

/* A flood's SYNs are told by example; counters tell how many there are. */
#define SYNS_PER_CPU_AND_SECOND 500

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct allowance);
} syn_allowance SEC(".maps");

static __noinline int queue_full(struct __sk_buff *skb, struct tcp_sock *listener, struct segment *segment, u32 kind)
{
	struct event *event = new_event(kind);
	struct ipv4_header ip4;
	struct ipv6_header ip6;
	__be16 source;
	u32 transport;

	if (!event)
		return 0;
	event->sock = address_of(listener);
	fill_addresses(event, (void *)listener);
	if (skb->protocol == bpf_htons(ETH_P_IP)) {
		bpf_skb_load_bytes(skb, 0, &ip4, sizeof(ip4));
		event->family = AF_INET;
		__builtin_memcpy(event->local, ip4.destination, 4);
		__builtin_memcpy(event->remote, ip4.source, 4);
		transport = (ip4.ihl_version & 15) * 4;
	} else {
		bpf_skb_load_bytes(skb, 0, &ip6, sizeof(ip6));
		event->family = AF_INET6;
		__builtin_memcpy(event->local, ip6.destination, 16);
		__builtin_memcpy(event->remote, ip6.source, 16);
		transport = sizeof(ip6);
	}
	bpf_skb_load_bytes(skb, transport, &source, sizeof(source));
	event->remote_port = bpf_ntohs(source);
	event->segment = *segment;
	fill_info(&event->info, address_of(listener));
	if (kind == EVENT_SYN_QUEUE_FULL)
		event->info.ack_backlog = BPF_CORE_READ(listener, inet_conn.icsk_accept_queue.qlen.counter);
	send_event(event);
	return 0;
}

/* Segments that say more than that one arrived. */
#define TELLING (TCP_FLAG_SYN | TCP_FLAG_RST | TCP_FLAG_PSH)

/* Who sends: a service by its address and port, a client by its connection, since
 * many may stand behind one address. */
static __always_inline u32 tag_of(const void *source, u32 words, const struct tcp_header *tcp)
{
	u16 from = bpf_ntohs(tcp->source), to = bpf_ntohs(tcp->destination);
	const u32 *word = source;
	u64 sum = from < to ? from : (u32)from << 16 | to;

#pragma unroll
	for (u32 i = 0; i < 4; i++) {
		if (i < words)
			sum = (sum ^ word[i]) * 0x9e3779b97f4a7c15ULL;
	}
	return sum >> 32;
}

static __always_inline void at_listener(struct __sk_buff *skb, struct bpf_sock *sk, struct segment *segment)
{
	struct tcp_sock *listener = (void *)bpf_skc_to_tcp_sock(sk);
	struct sock *sock = (void *)listener;

	if (!listener || segment->tcp_flags & TCP_FLAG_RST)
		return;
	/* The kernel's own test, sk_acceptq_is_full, a moment before it. */
	if (sock->sk_ack_backlog > sock->sk_max_ack_backlog)
		queue_full(skb, listener, segment, EVENT_QUEUE_FULL);
	/* And inet_csk_reqsk_queue_is_full: what follows is a cookie, or nothing. */
	else if ((segment->tcp_flags & (TCP_FLAG_SYN | TCP_FLAG_ACK)) == TCP_FLAG_SYN && (u32)listener->inet_conn.icsk_accept_queue.qlen.counter >= sock->sk_max_ack_backlog &&
		 allowed(&syn_allowance, SYNS_PER_CPU_AND_SECOND))
		queue_full(skb, listener, segment, EVENT_SYN_QUEUE_FULL);
}

static __always_inline void keep_reset(u64 address, struct segment *segment)
{
	u32 slot = slot_of(address, ARRIVAL_BITS), zero = 0;
	struct arrival *arrival = bpf_map_lookup_elem(&arrivals, &slot);

	bpf_map_update_elem(&last_reset, &zero, &address, BPF_ANY);
	if (arrival) {
		arrival->segment = *segment;
		arrival->sock = address;
	}
}

/* With which TTL the sender's segments come: learned from the first that tells much. */
static __always_inline u8 usual_ttl(u32 tag, const struct segment *segment)
{
	u32 slot = tag >> (32 - PEER_BITS);
	struct peer *peer = bpf_map_lookup_elem(&peers, &slot);

	if (!peer)
		return 0;
	if (segment->tcp_flags & TCP_FLAG_RST)
		return peer->tag == tag ? peer->ttl : 0;
	if (peer->tag != tag || segment->tcp_flags & TCP_FLAG_SYN) {
		peer->tag = tag;
		peer->ttl = segment->ttl;
	}
	return peer->ttl;
}

/* It runs for every segment of the host: of most, a look at the flags is enough. */
SEC("cgroup_skb/ingress")
int on_ingress(struct __sk_buff *skb)
{
	void *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;
	struct bpf_sock *sk = skb->sk;
	struct ipv4_header *ip4 = data;
	struct ipv6_header *ip6 = data;
	struct segment segment = {};
	struct tcp_header *tcp;
	u32 tag = 0;

	if (!sk)
		return 1;
	if (skb->protocol == bpf_htons(ETH_P_IP)) {
		if ((void *)(ip4 + 1) > end || ip4->protocol != IPPROTO_TCP)
			return 1;
		tcp = data + (ip4->ihl_version & 15) * 4;
		if ((void *)(tcp + 1) > end)
			return 1;
		segment.ttl = ip4->ttl;
		segment.ip_id = bpf_ntohs(ip4->id);
		if (tcp->flags & TELLING)
			tag = tag_of(ip4->source, 1, tcp);
	} else {
		if ((void *)(ip6 + 1) > end || ip6->next_header != IPPROTO_TCP)
			return 1;
		tcp = (void *)(ip6 + 1);
		if ((void *)(tcp + 1) > end)
			return 1;
		segment.ttl = ip6->hop_limit;
		if (tcp->flags & TELLING)
			tag = tag_of(ip6->source, 4, tcp);
	}
	segment.tcp_flags = tcp->flags;
	if (tcp->flags & TELLING)
		segment.usual_ttl = usual_ttl(tag, &segment);
	if (sk->state == TCP_LISTEN) {
		at_listener(skb, sk, &segment);
	} else if (tcp->flags & TCP_FLAG_RST) {
		segment.window = bpf_ntohs(tcp->window);
		segment.has_timestamp = (tcp->data_offset >> 4) > 5;
		keep_reset(address_of(sk), &segment);
	}
	return 1;
}
