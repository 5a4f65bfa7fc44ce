/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* cgroup_skb/ingress on the root of cgroup v2: every segment just before its
 * socket takes it. Keeps the header of resets, learns each connection's TTL, and
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

static __always_inline void remember_full(u64 listener)
{
	u64 now = bpf_ktime_get_ns();

	last_full_ns = now;
	if (!bpf_map_lookup_elem(&full_listeners, &listener))
		bpf_map_update_elem(&full_listeners, &listener, &now, BPF_ANY);
}

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
	fill_info(&event->info, listener);
	if (kind == EVENT_SYN_QUEUE_FULL)
		event->info.ack_backlog = BPF_CORE_READ(listener, inet_conn.icsk_accept_queue.qlen.counter);
	else
		remember_full(event->sock);
	send_event(event);
	return 0;
}

SEC("cgroup_skb/ingress")
int on_ingress(struct __sk_buff *skb)
{
	void *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;
	struct bpf_sock *sk = skb->sk;
	struct ipv4_header *ip4 = data;
	struct ipv6_header *ip6 = data;
	struct tcp_header *tcp;
	struct segment segment = {};
	u16 ip_id = 0;
	u64 address;
	u8 ttl;

	if (!sk)
		return 1;
	if (skb->protocol == bpf_htons(ETH_P_IP)) {
		if ((void *)(ip4 + 1) > end || ip4->protocol != IPPROTO_TCP)
			return 1;
		ttl = ip4->ttl;
		ip_id = bpf_ntohs(ip4->id);
		tcp = data + (ip4->ihl_version & 15) * 4;
	} else {
		if ((void *)(ip6 + 1) > end || ip6->next_header != IPPROTO_TCP)
			return 1;
		ttl = ip6->hop_limit;
		tcp = (void *)(ip6 + 1);
	}
	if ((void *)(tcp + 1) > end)
		return 1;

	segment.ttl = ttl;
	segment.tcp_flags = tcp->flags;

	if (sk->state == TCP_LISTEN) {
		struct tcp_sock *listener = (void *)bpf_skc_to_tcp_sock(sk);
		struct sock *sock = (void *)listener;

		/* The kernel's own test, sk_acceptq_is_full, a moment before it. */
		if (listener && sock->sk_ack_backlog > sock->sk_max_ack_backlog && !(tcp->flags & TCP_FLAG_RST))
			queue_full(skb, listener, &segment, EVENT_QUEUE_FULL);
		/* And inet_csk_reqsk_queue_is_full: what follows is a cookie, or nothing. */
		else if (listener && (tcp->flags & (TCP_FLAG_SYN | TCP_FLAG_ACK | TCP_FLAG_RST)) == TCP_FLAG_SYN &&
			 (u32)listener->inet_conn.icsk_accept_queue.qlen.counter >= sock->sk_max_ack_backlog &&
			 allowed(&syn_allowance, SYNS_PER_CPU_AND_SECOND))
			queue_full(skb, listener, &segment, EVENT_SYN_QUEUE_FULL);
		return 1;
	}

	address = address_of(sk);
	if (tcp->flags & TCP_FLAG_RST) {
		u32 slot = slot_of(address, ARRIVAL_BITS), zero = 0;
		struct arrival *arrival = bpf_map_lookup_elem(&arrivals, &slot);

		bpf_map_update_elem(&last_reset, &zero, &address, BPF_ANY);
		if (arrival) {
			segment.ip_id = ip_id;
			segment.window = bpf_ntohs(tcp->window);
			segment.has_timestamp = (tcp->data_offset >> 4) > 5;
			arrival->segment = segment;
			arrival->sock = address;
		}
	} else {
		struct flow *flow = find_flow(address);

		if (flow && !flow->ttl)
			flow->ttl = ttl;
	}
	return 1;
}
