/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* tcp:tcp_rcv_space_adjust: a process has taken data from a socket. No event of a
 * socket tells who accepted it; who reads first is its owner, be it a worker to
 * which the one that accepted has passed it on. */
#include "event.h"

SEC("tp_btf/tcp_rcv_space_adjust")
int BPF_PROG(on_read, const struct sock *sk)
{
	struct flow *flow = find_flow(address_of(sk));
	u32 pid;
	u8 yes = 1;

	/* Not locked by a process: the kernel itself reads, in the name of whoever runs. */
	if (!flow || flow->pid || !sk->sk_lock.owned)
		return 0;
	remember_task(flow);
	pid = flow->pid;
	if (flow->opener != OPENER_REMOTE || pid == last_server)
		return 0;
	last_server = pid;
	if (!bpf_map_lookup_elem(&servers, &pid))
		bpf_map_update_elem(&servers, &pid, &yes, BPF_ANY);
	return 0;
}
