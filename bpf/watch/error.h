/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* sock:inet_sk_error_report: the errno that the owner will see. */
#include "event.h"

SEC("tp_btf/inet_sk_error_report")
int BPF_PROG(on_error, const struct sock *sk)
{
	struct event *event;

	if (sk->sk_protocol != IPPROTO_TCP || !sk->sk_err)
		return 0;
	event = new_event(EVENT_ERROR);
	if (!event)
		return 0;
	fill_socket(event, sk);
	event->error = BPF_CORE_READ(sk, sk_err);
	event->old_state = BPF_CORE_READ(sk, __sk_common.skc_state);
	send_event(event);
	return 0;
}
