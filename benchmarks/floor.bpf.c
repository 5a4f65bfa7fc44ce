/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The least that watching can cost: programs that return at once, where those of
 * bpf/watch stand that run for every connection. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("tp_btf/inet_sock_set_state")
int floor_state(void *ctx)
{
	return 0;
}

SEC("cgroup_skb/ingress")
int floor_ingress(struct __sk_buff *skb)
{
	return 1;
}

char LICENSE[] SEC("license") = "Dual MIT/GPL";
