/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* tcp:tcp_destroy_sock: the address may serve another socket from here on. */
#include "event.h"

SEC("tp_btf/tcp_destroy_sock")
int BPF_PROG(on_destroy, struct sock *sk)
{
	struct flow *flow = find_flow(address_of(sk));

	if (flow)
		flow->sock = 0;
	return 0;
}
