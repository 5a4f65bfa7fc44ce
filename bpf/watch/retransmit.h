/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* tcp:tcp_retransmit_skb and tcp:tcp_retransmit_synack. Most retransmits heal by
 * themselves and are only counted: what crosses is a SYN, or data for the third
 * time in a row. */
#include "event.h"

#define STALLED_AFTER 3

/* icsk_ca_state */
#define TCP_CA_RECOVERY 3
#define TCP_CA_LOSS 4

static __always_inline void add_one(u16 *count)
{
	if (*count != 0xffff)
		*count += 1;
}

/* What led to it stands in the state of congestion control: a timeout enters Loss
 * before it sends, duplicate acknowledgements enter Recovery, and a tail-loss probe
 * is sent in neither. */
static __always_inline void tell_apart(const struct sock *sk, u8 state)
{
	struct inet_connection_sock *icsk = (void *)sk;
	u8 recovery = BPF_CORE_READ_BITFIELD_PROBED(icsk, icsk_ca_state);
	struct flow *flow = find_flow(address_of(sk));

	if (state == TCP_SYN_SENT) {
		count(COUNT_RETRANSMITS_SYN);
	} else if (recovery == TCP_CA_LOSS) {
		count(COUNT_RETRANSMITS_TIMEOUT);
		if (flow)
			add_one(&flow->timeout);
	} else if (recovery == TCP_CA_RECOVERY) {
		count(COUNT_RETRANSMITS_FAST);
		if (flow)
			add_one(&flow->fast);
	} else {
		count(COUNT_RETRANSMITS_TAIL);
		if (flow)
			add_one(&flow->tail_probes);
	}
}

SEC("tp_btf/tcp_retransmit_skb")
int BPF_PROG(on_retransmit, const struct sock *sk, const struct sk_buff *skb)
{
	const struct inet_connection_sock *icsk = (const void *)sk;
	u8 state = sk->__sk_common.skc_state;
	u8 attempt = BPF_CORE_READ(icsk, icsk_retransmits);
	struct event *event;

	count(COUNT_RETRANSMITS);
	tell_apart(sk, state);
	if (state != TCP_SYN_SENT && attempt < STALLED_AFTER)
		return 0;
	event = new_event(EVENT_RETRANSMIT);
	if (!event)
		return 0;
	fill_socket(event, sk);
	event->old_state = state;
	/* A timer interrupts a bystander, whatever the lock says. */
	if (event->task.flags & TASK_KNOWN)
		__builtin_memset(&event->task, 0, sizeof(event->task));
	send_event(event);
	return 0;
}

SEC("tp_btf/tcp_retransmit_synack")
int BPF_PROG(on_retransmit_synack, const struct sock *sk, const struct request_sock *req)
{
	struct event *event = new_event(EVENT_SYNACK_RETRANSMIT);

	if (!event)
		return 0;
	fill_addresses(event, &req->__req_common);
	event->netns = BPF_CORE_READ(sk, __sk_common.skc_net.net, ns.inum);
	event->info.retransmits = BPF_CORE_READ_BITFIELD_PROBED(req, num_timeout);
	if (BPF_CORE_READ((const struct inet_connection_sock *)sk, icsk_accept_queue.rskq_defer_accept) &&
	    BPF_CORE_READ_BITFIELD_PROBED((const struct inet_request_sock *)req, acked))
		event->reason = 1;
	event->info.ack_backlog = BPF_CORE_READ(sk, sk_ack_backlog);
	event->info.max_ack_backlog = BPF_CORE_READ(sk, sk_max_ack_backlog);
	send_event(event);
	return 0;
}
