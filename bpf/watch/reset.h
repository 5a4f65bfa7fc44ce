/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* tcp:tcp_send_reset and tcp:tcp_receive_reset: why a reset left, and what one
 * that arrived looked like. */
#include "event.h"

SEC("tp_btf/tcp_send_reset")
int BPF_PROG(on_send_reset, const struct sock *sk, const struct sk_buff *skb, u32 reason)
{
	struct event *event = new_event(EVENT_RESET_SENT);
	u8 state = 0;

	if (!event)
		return 0;
	event->reason = reason;
	if (sk) {
		state = BPF_CORE_READ(sk, __sk_common.skc_state);
		event->old_state = state;
		event->netns = BPF_CORE_READ(sk, __sk_common.skc_net.net, ns.inum);
	} else if (skb) {
		event->netns = BPF_CORE_READ(skb, dev, nd_net.net, ns.inum);
	}
	/* An answer to a segment: the segment knows the addresses, while sk may be
	 * a listener, which has no peer, or none at all. */
	if (skb)
		fill_packet(event, skb);
	if (sk && state == TCP_TIME_WAIT) {
		const struct inet_timewait_sock *tw = (const void *)sk;

		if (bpf_core_field_exists(tw->tw_entry_stamp)) {
			u32 now_ms = event->time_ns / 1000000;

			event->info.since_fin_sent_us = (u64)(now_ms - BPF_CORE_READ(tw, tw_entry_stamp)) * 1000 + 1;
		}
	} else if (sk && state != TCP_LISTEN && state != TCP_NEW_SYN_RECV) {
		fill_socket(event, sk);
		/* Closing, aborting and exiting happen in the task; a child that nobody
		 * accepted dies there too, though no task ever locked it. */
		if (!skb)
			fill_task(&event->task, 0);
	} else if (sk && state == TCP_LISTEN) {
		event->sock = 0;
		event->info.ack_backlog = BPF_CORE_READ(sk, sk_ack_backlog);
		event->info.max_ack_backlog = BPF_CORE_READ(sk, sk_max_ack_backlog);
	}
	send_event(event);
	return 0;
}

SEC("tp_btf/tcp_receive_reset")
int BPF_PROG(on_receive_reset, struct sock *sk)
{
	struct event *event = new_event(EVENT_RESET_RECEIVED);
	u64 sock = address_of(sk);
	u32 slot = slot_of(sock, ARRIVAL_BITS);
	struct arrival *arrival;

	if (!event)
		return 0;
	fill_socket(event, sk);
	event->old_state = BPF_CORE_READ(sk, __sk_common.skc_state);
	/* Who was woken by data has not read it yet. */
	event->info.reading = !event->info.unread && first_waiter(sk);
	arrival = bpf_map_lookup_elem(&arrivals, &slot);
	if (arrival && arrival->sock == sock) {
		event->segment = arrival->segment;
		arrival->sock = 0;
	}
	send_event(event);
	return 0;
}
