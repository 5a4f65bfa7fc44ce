/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* skb:kfree_skb: TCP segments dropped for a reason that explains a failure. */
#include "event.h"

/* A dropping firewall under attack must not become our load. */
#define DROPS_PER_CPU_AND_SECOND 2000

struct allowance {
	u64 second;
	u64 used;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct allowance);
} drop_allowance SEC(".maps");

static __always_inline bool allowed(void *allowances, u64 most)
{
	u64 second = bpf_ktime_get_ns() >> 30;
	u32 zero = 0;
	struct allowance *allowance = bpf_map_lookup_elem(allowances, &zero);

	if (!allowance)
		return false;
	if (allowance->second != second) {
		allowance->second = second;
		allowance->used = 0;
	}
	return allowance->used++ < most;
}

SEC("tp_btf/kfree_skb")
int BPF_PROG(on_drop, struct sk_buff *skb, void *location, u32 reason)
{
	u64 index = reason;
	struct event *event;
	u16 protocol;

	/* Subsystems number their own reasons from 65536; no TCP reason is among them.
	 * The mask is opaque to the compiler, so that the verifier sees it. */
	asm volatile("%0 &= 255" : "+r"(index));
	if (reason > 255 || !settings.wanted_drops[index])
		return 0;
	protocol = BPF_CORE_READ(skb, protocol);
	if (protocol != bpf_htons(ETH_P_IP) && protocol != bpf_htons(ETH_P_IPV6))
		return 0;
	if (!allowed(&drop_allowance, DROPS_PER_CPU_AND_SECOND)) {
		count(COUNT_LOST);
		return 0;
	}
	event = new_event(EVENT_DROP);
	if (!event)
		return 0;
	if (!fill_packet(event, skb)) {
		bpf_ringbuf_discard(event, 0);
		return 0;
	}
	event->reason = reason;
	event->netns = BPF_CORE_READ(skb, dev, nd_net.net, ns.inum);
	send_event(event);
	return 0;
}
