/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* icmp:icmp_send (Linux 6.10): this host says that a SYN cannot be delivered. A
 * client on the same host that is still inside connect notes such an error only, and
 * where it reads it and closes by itself, no other trace is left. */
#include "event.h"

#define ICMP_DEST_UNREACH 3

SEC("tp_btf/icmp_send")
int BPF_PROG(on_icmp, const struct sk_buff *skb, int type, int code)
{
	struct event *event;

	if (type != ICMP_DEST_UNREACH || BPF_CORE_READ(skb, protocol) != bpf_htons(ETH_P_IP))
		return 0;
	event = new_event(EVENT_SYN_REJECTED);
	if (!event)
		return 0;
	if (!fill_packet(event, skb) || (event->trigger_flags & (TCP_FLAG_SYN | TCP_FLAG_ACK)) != TCP_FLAG_SYN) {
		bpf_ringbuf_discard(event, 0);
		return 0;
	}
	event->reason = code;
	event->netns = netns_of(skb);
	send_event(event);
	return 0;
}
