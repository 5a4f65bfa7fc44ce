/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* sock:inet_sock_set_state: a connection opens, closes, dies. It runs about ten
 * times per connection, so healthy steps return after one table access. */
#include "transfer.h"

/* An IPv4 connection on an IPv6 socket has its IPv4 address in the first field too. */
static __always_inline void take_address(struct address *address, u16 family, __be32 four, const struct in6_addr *six)
{
	if (family == AF_INET || six->in6_u.u6_addr8[10] == 0xff)
		*(__be32 *)address->bytes = four;
	else
		__builtin_memcpy(address->bytes, six->in6_u.u6_addr8, 16);
}

static __always_inline struct address *client_slot(const struct address *address)
{
	const u64 *words = (const u64 *)address->bytes;
	u32 slot = slot_of((words[0] ^ words[1] * 31) << 6, CLIENT_BITS);

	return bpf_map_lookup_elem(&client_addresses, &slot);
}

static __always_inline bool is_same(const struct address *one, const struct address *other)
{
	const u64 *left = (const u64 *)one->bytes, *right = (const u64 *)other->bytes;

	return left[0] == right[0] && left[1] == right[1];
}

static __always_inline void learn_client(const struct sock *sk)
{
	const struct sock_common *common = &sk->__sk_common;
	struct address address = {}, *known;

	take_address(&address, common->skc_family, common->skc_rcv_saddr, &common->skc_v6_rcv_saddr);
	known = client_slot(&address);
	if (known && !is_same(known, &address))
		*known = address;
}

static __always_inline bool is_client_here(const struct sock *sk)
{
	const struct sock_common *common = &sk->__sk_common;
	struct address address = {}, *known;

	take_address(&address, common->skc_family, common->skc_daddr, &common->skc_v6_daddr);
	known = client_slot(&address);
	return known && is_same(known, &address);
}

static __always_inline void open_flow(const struct sock *sk, u8 opener)
{
	u64 sock = address_of(sk);
	struct flow *flow = flow_slot(sock);

	if (!flow)
		return;
	__builtin_memset(flow, 0, sizeof(*flow));
	flow->sock = sock;
	flow->opener = opener;
	flow->opened_ns = bpf_ktime_get_ns();
	if (opener == OPENER_LOCAL)
		remember_task(flow);
	else
		flow->counted = is_client_here(sk);
	if (opener == OPENER_REMOTE && !flow->counted)
		count(COUNT_ACCEPTED);
}

/* A call of connect has led to a SYN. */
static __always_inline void strike_call(void)
{
	struct call *call = find_call(bpf_get_current_pid_tgid());

	if (call)
		call->thread = 0;
}

/* Plain loads, for this is asked of every close: almost always the answer is yes. */
static __always_inline bool has_route(const struct sock *sk)
{
	const struct dst_entry *route = sk->sk_dst_cache;

	return route && route->obsolete <= 0 && (route->dev->flags & IFF_UP) && !(route->dev->state & LINK_STATE_NOCARRIER) &&
	       route->dev->nd_net.net == sk->__sk_common.skc_net.net;
}

#define MOST_DEVICES 32

/* Whether the namespace has no interface left by which a segment could leave it, as
 * when a container's network is taken down before its processes. A global function,
 * so that its loop is verified once. */
__noinline int is_cut_off(u64 sock)
{
	const struct sock *sk = (const void *)sock;
	struct net *net = BPF_CORE_READ(sk, __sk_common.skc_net.net);
	u64 head = (u64)net + bpf_core_field_offset(struct net, dev_base_head);
	struct list_head *next = BPF_CORE_READ(net, dev_base_head.next);

	for (int i = 0; i < MOST_DEVICES; i++) {
		const struct net_device *dev = (void *)next - bpf_core_field_offset(struct net_device, dev_list);
		u32 flags;

		if ((u64)next == head)
			return 1;
		flags = BPF_CORE_READ(dev, flags);
		if (flags & IFF_UP && !(flags & IFF_LOOPBACK) && !(BPF_CORE_READ(dev, state) & LINK_STATE_NOCARRIER))
			return 0;
		next = BPF_CORE_READ(dev, dev_list.next);
	}
	return 0;
}

static __noinline int report(const struct sock *sk, int old, int new)
{
	struct event *event = new_event(EVENT_STATE);

	if (!event)
		return 0;
	fill_socket(event, sk);
	event->reason = old == TCP_ESTABLISHED && !has_route(sk) && is_cut_off(address_of(sk));
	event->old_state = old;
	event->new_state = new;
	event->error = BPF_CORE_READ(sk, sk_err);
	send_event(event);
	return 0;
}

/* A transfer that lost much on its way came to a good end, and took long to. */
static __noinline int report_lossy(const struct sock *sk, struct tcp_sock *tp, int old)
{
	struct event *event = new_event(EVENT_HELD_UP);

	if (!event)
		return 0;
	fill_socket(event, sk);
	event->old_state = old;
	fill_transfer(&event->transfer, tp);
	event->transfer.flags |= TRANSFER_ENDED;
	send_event(event);
	return 0;
}

static __always_inline u32 lifetime_bucket(u64 ns)
{
	u64 units = ns >> 16; /* of 65.5 us */
	u32 bucket = 0;

	for (int shift = 16; shift; shift >>= 1) {
		if (units >> shift) {
			units >>= shift;
			bucket += shift;
		}
	}
	return bucket < LIFETIME_BUCKETS ? bucket : LIFETIME_BUCKETS - 1;
}

#define PATIENCE_MS 100 /* a word of goodbye, as a TLS close_notify, is followed by the FIN at once */
#define ALERT_BYTES 7	/* a TLS alert that is not enciphered */

/* A clean end that left somebody without an answer: the server closed and had never
 * said a thing, the client gave up waiting, or all that was said was a TLS alert.
 * Segments in flight when the FIN left belong to the living; both times are at hand. */
static __always_inline bool is_unanswered(const struct tcp_sock *tp, const struct flow *flow, u64 now)
{
	bool client = flow->opener == OPENER_LOCAL;
	bool closed_first = flow->fin_sent_ns && (!flow->fin_received_ns || flow->fin_sent_ns < flow->fin_received_ns);
	u32 asked = client ? tp->data_segs_out : tp->data_segs_in, answered = client ? tp->data_segs_in : tp->data_segs_out;
	u32 asked_at = client ? tp->lsndtime : tp->inet_conn.icsk_ack.lrcvtime;
	u32 answered_at = client ? tp->inet_conn.icsk_ack.lrcvtime : tp->lsndtime;

	if (flow->opener == OPENER_UNKNOWN)
		return false;
	if (flow->alert_said || flow->alert_heard)
		return true;
	/* A proxy that has its 400 closes, and at times before the server does. */
	if ((client ? flow->said : flow->heard) == WORDS_PROXY && (client ? flow->heard : flow->said) == WORDS_HTTP_400)
		return true;
	if (closed_first != client) /* the server closed first */
		return !answered || (client ? tp->bytes_received - 1 : tp->bytes_sent) == ALERT_BYTES ||
		       (flow->heard && flow->said && flow->heard != flow->said && (flow->heard == WORDS_HTTP_400 || flow->said == WORDS_HTTP_400));
	if (asked && (!answered || (s32)(asked_at - answered_at) > 0)) {
		u64 end = client ? flow->fin_sent_ns : flow->fin_received_ns;
		u64 since_end_ms = (now - end) / 1000000;
		u64 since_asked_ms = (u64)((u32)bpf_jiffies64() - asked_at) * settings.tick_us / 1000;

		return end && since_asked_ms >= since_end_ms + PATIENCE_MS;
	}
	return false;
}

/* Plain loads where BPF_CORE_READ would call the kernel for each field. */
static __always_inline bool count_healthy(const struct sock *sk, int old)
{
	struct tcp_sock *tp = (void *)bpf_skc_to_tcp_sock((void *)sk);
	struct flow *flow = find_flow(address_of(sk));
	struct traffic_key key = {};
	struct traffic *value;
	u64 now = bpf_ktime_get_ns();
	bool unanswered = false;

	if (!tp)
		return false;
	if (is_lossy(tp))
		report_lossy(sk, tp, old);
	if (!flow || !flow->counted)
		count(COUNT_CLOSED);
	if (flow)
		unanswered = is_unanswered(tp, flow, now);
	key.netns = sk->__sk_common.skc_net.net->ns.inum;
	key.family = sk->__sk_common.skc_family;
	if (key.family == AF_INET)
		*(__be32 *)key.remote = sk->__sk_common.skc_daddr;
	else
		__builtin_memcpy(key.remote, sk->__sk_common.skc_v6_daddr.in6_u.u6_addr8, 16);
	if (flow) {
		key.pid = flow->pid;
		key.opener = flow->opener;
	}
	key.port = bpf_ntohs(key.opener == OPENER_LOCAL ? sk->__sk_common.skc_dport : tp->inet_conn.icsk_inet.inet_sport);
	if (flow && flow->opener == OPENER_REMOTE && !unanswered && tp->bytes_sent)
		remember_port(key.netns, key.port, PORT_ANSWERS);
	value = bpf_map_lookup_elem(&traffic, &key);
	if (!value) {
		struct traffic zero = {};

		zero.first_ns = now;
		if (flow)
			is_relay(flow);
		if (flow)
			__builtin_memcpy(zero.comm, flow->comm, sizeof(zero.comm));
		bpf_map_update_elem(&traffic, &key, &zero, BPF_NOEXIST);
		value = bpf_map_lookup_elem(&traffic, &key);
		if (!value)
			return unanswered;
	}
	__sync_fetch_and_add(&value->closed, 1);
	__sync_fetch_and_add(&value->bytes_sent, tp->bytes_acked);
	__sync_fetch_and_add(&value->bytes_received, tp->bytes_received);
	if (flow) {
		u32 bucket = lifetime_bucket(now - flow->opened_ns);

		value->last_ns = now;
		if (bucket < LIFETIME_BUCKETS)
			__sync_fetch_and_add(&value->lifetimes[bucket], 1);
	}
	return unanswered;
}

SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(on_state, const struct sock *sk, int old, int new)
{
	struct flow *flow;

	if (sk->sk_protocol != IPPROTO_TCP)
		return 0;
	switch (new) {
	case TCP_SYN_SENT:
		open_flow(sk, OPENER_LOCAL);
		strike_call();
		return 0;
	case TCP_ESTABLISHED:
		if (old == TCP_SYN_SENT) {
			struct tcp_sock *tp = (void *)bpf_skc_to_tcp_sock((void *)sk);

			count(COUNT_OPENED);
			learn_client(sk);
			if (tp && tp->total_retrans)
				report(sk, old, new);
		} else {
			open_flow(sk, OPENER_REMOTE);
		}
		return 0;
	case TCP_CLOSE_WAIT:
	case TCP_CLOSING:
		flow = find_flow(address_of(sk));
		if (flow)
			flow->fin_received_ns = bpf_ktime_get_ns();
		return 0;
	case TCP_FIN_WAIT1:
	case TCP_LAST_ACK: {
		struct task_struct *current = bpf_get_current_task_btf();

		flow = find_flow(address_of(sk));
		if (flow) {
			flow->fin_sent_ns = bpf_ktime_get_ns();
			if (!flow->pid && bpf_get_current_pid_tgid() >> 32 != observer)
				remember_task(flow);
		}
		/* A clean FIN, but nobody chose to send it: the process is being killed. Or none at all: it has no way to leave. */
		if ((current->flags & PF_EXITING && (current->signal->group_exit_code || current->exit_code)) ||
		    (old == TCP_ESTABLISHED && !has_route(sk) && is_cut_off(address_of(sk))))
			report(sk, old, new);
		return 0;
	}
	case TCP_LISTEN:
		report(sk, old, new);
		return 0;
	case TCP_CLOSE:
		if (old == TCP_LISTEN || old == TCP_CLOSE) {
			if (old == TCP_LISTEN)
				report(sk, old, new);
			return 0;
		}
		if (!sk->sk_err && (old == TCP_LAST_ACK || old == TCP_FIN_WAIT2 || old == TCP_CLOSING)) {
			if (count_healthy(sk, old))
				report(sk, old, new);
			flow = find_flow(address_of(sk));
			if (flow)
				flow->sock = 0;
			return 0;
		}
		count(COUNT_FAILED);
		report(sk, old, new);
		return 0;
	}
	return 0;
}
