/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Connections on which an answer is due: who has many that are late, and, of the
 * processes that user space follows for it, each one, with the thread that waits. */
#ifndef TCPWHY_FOLLOW_H
#define TCPWHY_FOLLOW_H

#include "event.h"

/* Milliseconds that a request must have been unanswered to be counted as waiting. */
#define WAITING_MS 300

/* Milliseconds: somewhat more than from one look to the next. */
#define FRESH_MS 3000

/* A connection from before we watched: what came from a listener keeps its backlog. */
static __always_inline bool is_client(const struct sock *sk, const struct flow *flow)
{
	if (flow && flow->opener != OPENER_UNKNOWN)
		return flow->opener == OPENER_LOCAL;
	return !sk->sk_max_ack_backlog;
}

static __always_inline bool is_answer_due(const struct tcp_sock *tp, bool client)
{
	u32 sent_at = tp->lsndtime, received_at = tp->inet_conn.icsk_ack.lrcvtime;
	u32 asked = client ? tp->data_segs_out : tp->data_segs_in, answered = client ? tp->data_segs_in : tp->data_segs_out;
	bool heard_last;

	if (!asked)
		return false;
	if (!answered)
		return true;
	if (sent_at != received_at)
		return ((s32)(sent_at - received_at) > 0) == client;
	/* Both in one tick, as where a connection is used again at once: the segment
	 * that came last either carried data, or acknowledged ours and nothing more. */
	heard_last = !tp->packets_out && tp->snd_wl1 != tp->rcv_nxt;
	return heard_last != client;
}

static __always_inline bool is_late(const struct tcp_sock *tp, bool client)
{
	u32 asked_at = client ? tp->lsndtime : tp->inet_conn.icsk_ack.lrcvtime;

	return (u64)((u32)bpf_jiffies64() - asked_at) * settings.tick_us / 1000 >= WAITING_MS;
}

/* An answer that left so lately may have waited for one that came in. */
static __always_inline bool is_fresh(const struct tcp_sock *tp)
{
	return tp->data_segs_out && (u64)((u32)bpf_jiffies64() - tp->lsndtime) * settings.tick_us / 1000 < FRESH_MS;
}

/* The thread that sleeps in a call until this socket has something; 0 where it is an
 * event loop, which sleeps on many. */
static __always_inline u32 waiting_thread(const struct sock *sk, const struct task_struct *leader)
{
	struct task_struct *thread = first_waiter(sk);

	if (!thread)
		return 0;
	/* In recv it is the thread itself; in poll what that left behind. */
	if (BPF_CORE_READ(thread, group_leader) != leader)
		thread = BPF_CORE_READ((struct poll_wqueues *)thread, polling_task);
	return thread && BPF_CORE_READ(thread, group_leader) == leader ? BPF_CORE_READ(thread, pid) : 0;
}

/* Where a process stands among those that are followed, or -1. A global function is
 * verified once, not on each way that leads to it: its loop would multiply them. */
__noinline int followed_place(u32 pid)
{
	u32 zero = 0;
	struct followed *follow = bpf_map_lookup_elem(&followed, &zero);

	if (!follow)
		return -1;
	for (int n = 0; n < MOST_FOLLOWED && n < follow->count; n++) {
		if (follow->processes[n].pid == pid)
			return n;
	}
	return -1;
}

/* Whether it is told; the process of one that is late is noted. */
static __always_inline bool is_followed(const struct sock *sk, const struct tcp_sock *tp, const struct flow *flow, u32 pid, u32 *flags)
{
	bool client = is_client(sk, flow), left = sk->__sk_common.skc_state == TCP_CLOSE_WAIT, due;
	struct waiter *known, first = { .late = 1 };
	struct followed_process *process;
	struct followed *follow;
	u32 zero = 0;
	int place;

	follow = bpf_map_lookup_elem(&followed, &zero);
	if (!follow || !follow->look || (client && left))
		return false;
	due = is_answer_due(tp, client);
	if (client && due && is_late(tp, true)) {
		known = bpf_map_lookup_elem(&waiters, &pid);
		if (known && known->look == follow->look) {
			known->late++;
		} else {
			first.look = follow->look;
			bpf_map_update_elem(&waiters, &pid, &first, BPF_ANY);
		}
	}
	if (!client && !due && !is_fresh(tp))
		return false;
	place = followed_place(pid);
	if (place < 0 || place >= MOST_FOLLOWED)
		return false;
	process = &follow->processes[place];
	if (!process->room)
		return false;
	process->room--;
	*flags = (client ? FOLLOWED_OPENED : 0) | (due ? FOLLOWED_DUE : 0) | (left ? FOLLOWED_LEFT : 0);
	return true;
}

#endif
