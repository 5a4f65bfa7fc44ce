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

/* TCP forgets the device of a segment before it judges it; its route stays. */
static __always_inline u32 netns_of(const struct sk_buff *skb)
{
	struct net_device *dev = BPF_CORE_READ(skb, dev);
	struct dst_entry *route = (void *)(BPF_CORE_READ(skb, _skb_refdst) & ~1UL);

	if (!dev && route)
		dev = BPF_CORE_READ(route, dev);
	return BPF_CORE_READ(dev, nd_net.net, ns.inum);
}

/* Whose connection an ignored reset was meant for. */
static __always_inline void fill_target(struct event *event)
{
	u32 zero = 0;
	u64 *last = bpf_map_lookup_elem(&last_reset, &zero);
	const struct sock_common *sk = last ? (const void *)*last : NULL;
	struct flow *flow = last ? find_flow(*last) : NULL;

	if (!flow || !flow->pid || BPF_CORE_READ(sk, skc_num) != event->local_port || bpf_ntohs(BPF_CORE_READ(sk, skc_dport)) != event->remote_port)
		return;
	event->task.pid = flow->pid;
	event->task.flags = TASK_OPENED;
	__builtin_memcpy(event->task.comm, flow->comm, sizeof(event->task.comm));
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
	event->netns = netns_of(skb);
	if (event->trigger_flags & TCP_FLAG_RST)
		fill_target(event);
	send_event(event);
	return 0;
}
