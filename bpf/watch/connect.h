/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* cgroup/connect4 and connect6 on the root of cgroup v2: a call of connect, just
 * before it looks for a route. One that comes back before there is a SYN, for want
 * of a route, is told by no socket: so each call is noted here, and struck off when
 * its socket enters SYN_SENT. What a thread left behind when it calls connect again
 * has failed; of what lies there for long, user space asks. */
#include "event.h"

/* Plain loads and the clock of the last tick, for this runs with every connection. */
static __always_inline void fill_call(struct call *call, struct bpf_sock_addr *ctx, struct tcp_sock *tp, u64 id)
{
	struct sock *sk = &tp->inet_conn.icsk_inet.sk;

	call->time_ns = bpf_ktime_get_coarse_ns();
	call->sock = address_of(tp);
	call->thread = id;
	call->pid = id >> 32;
	call->netns = sk->__sk_common.skc_net.net->ns.inum;
	call->device = sk->__sk_common.skc_bound_dev_if;
	call->family = ctx->user_family;
	call->port = bpf_ntohs(ctx->user_port);
	read_comm(call->comm);
}

static __noinline int tell_failed(struct call *call)
{
	struct event *event;

	if (!call)
		return 0;
	event = new_event(EVENT_CALL_FAILED);
	if (!event)
		return 0;
	event->time_ns = call->time_ns;
	event->sock = call->sock;
	event->netns = call->netns;
	event->device = call->device;
	event->family = call->family;
	event->remote_port = call->port;
	__builtin_memcpy(event->remote, call->remote, sizeof(event->remote));
	event->task.pid = call->pid;
	event->task.tid = call->thread;
	event->task.flags = TASK_KNOWN;
	__builtin_memcpy(event->task.comm, call->comm, sizeof(event->task.comm));
	send_event(event);
	return 0;
}

/* A thread's own place, or a free one, or none. */
static __always_inline struct call *place(u32 thread)
{
	struct call *call = find_call(thread);

	if (call) {
		tell_failed(call);
		return call;
	}
	call = call_slot(thread, 0);
	if (call && call->thread)
		call = call_slot(thread, 1);
	return call && !call->thread ? call : NULL;
}

static __always_inline struct call *note(struct bpf_sock_addr *ctx)
{
	u64 id = bpf_get_current_pid_tgid();
	struct bpf_sock *sk = ctx->sk;
	struct tcp_sock *tp = sk && ctx->protocol == IPPROTO_TCP ? (void *)bpf_skc_to_tcp_sock(sk) : NULL;
	struct call *call = tp ? place(id) : NULL;

	if (call)
		fill_call(call, ctx, tp, id);
	return call;
}

SEC("cgroup/connect4")
int on_connect4(struct bpf_sock_addr *ctx)
{
	struct call *call = note(ctx);

	if (call) {
		__builtin_memset(call->remote, 0, sizeof(call->remote));
		*(u32 *)call->remote = ctx->user_ip4;
	}
	return 1;
}

SEC("cgroup/connect6")
int on_connect6(struct bpf_sock_addr *ctx)
{
	struct call *call = note(ctx);

	if (call) {
		u32 *remote = (u32 *)call->remote;

		remote[0] = ctx->user_ip6[0];
		remote[1] = ctx->user_ip6[1];
		remote[2] = ctx->user_ip6[2];
		remote[3] = ctx->user_ip6[3];
	}
	return 1;
}
