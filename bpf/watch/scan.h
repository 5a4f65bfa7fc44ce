/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* iter/task_file: one look at every socket that a process holds, in all network
 * namespaces. Reports listeners, sockets in CLOSE_WAIT and connections whose data is
 * held up, and remembers who owns the connections that were there before us. */
#include "follow.h"
#include "transfer.h"

/* An event is too large for the stack. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct event);
} scratch SEC(".maps");

static __always_inline void remember_owner(u64 sock, struct task_struct *leader)
{
	struct flow *flow = flow_slot(sock);

	/* Whatever else lives in the place was seen to open, and knows more. */
	if (!flow || (flow->sock && (flow->sock != sock || flow->pid)))
		return;
	flow->sock = sock;
	flow->pid = BPF_CORE_READ(leader, tgid);
	bpf_core_read(flow->comm, sizeof(flow->comm), &leader->comm);
}

static __always_inline bool is_end(const struct wanted_end *end, u16 port, const u64 *address)
{
	const u64 *other = (const u64 *)end->address;

	return end->port == port && other[0] == address[0] && other[1] == address[1];
}

/* A global function is verified once, not on each way that leads to it: its loop would
 * multiply them. It takes the socket as a number. */
__noinline int is_wanted(u64 sock, u32 pid)
{
	const struct sock_common *common = (const void *)sock;
	u16 family = BPF_CORE_READ(common, skc_family), local_port = BPF_CORE_READ(common, skc_num), remote_port = bpf_ntohs(BPF_CORE_READ(common, skc_dport));
	struct address local = {}, remote = {};
	struct in6_addr six = {};
	u32 zero = 0;
	struct wanted *look = bpf_map_lookup_elem(&wanted, &zero);

	if (!look || !look->count)
		return false;
	bpf_core_read(&six, sizeof(six), &common->skc_v6_rcv_saddr);
	take_address(&local, family, BPF_CORE_READ(common, skc_rcv_saddr), &six);
	bpf_core_read(&six, sizeof(six), &common->skc_v6_daddr);
	take_address(&remote, family, BPF_CORE_READ(common, skc_daddr), &six);
	for (u32 n = 0; n < MOST_WANTED; n++) {
		if (n >= look->count)
			break;
		if (look->ends[n].pid) {
			if (look->ends[n].pid == pid && look->ends[n].port == remote_port)
				return true;
			continue;
		}
		if (is_end(&look->ends[n], local_port, (u64 *)local.bytes) || is_end(&look->ends[n], remote_port, (u64 *)remote.bytes))
			return true;
	}
	return false;
}

/* At a process that passes requests on: a request that came and is not answered, or was sent on and is not. */
static __always_inline bool is_waiting_at_relay(const struct sock *sk, const struct flow *flow)
{
	const struct inet_connection_sock *icsk = (const void *)sk;
	const struct tcp_sock *tp = (const void *)sk;
	bool client = flow->opener == OPENER_LOCAL;
	u32 out = BPF_CORE_READ(tp, data_segs_out), in = BPF_CORE_READ(tp, data_segs_in);
	u32 sent_at = BPF_CORE_READ(tp, lsndtime), received_at = BPF_CORE_READ(icsk, icsk_ack.lrcvtime);
	u32 asked_at = client ? sent_at : received_at, answered_at = client ? received_at : sent_at;

	if (flow->opener == OPENER_UNKNOWN || !is_relay(flow) || !(client ? out : in))
		return false;
	if ((client ? in : out) && (s32)(asked_at - answered_at) <= 0)
		return false;
	return (u64)((u32)bpf_jiffies64() - asked_at) * settings.tick_us / 1000 >= WAITING_MS;
}

SEC("iter/task_file")
int on_scan(struct bpf_iter__task_file *ctx)
{
	struct task_struct *task = ctx->task;
	struct file *file = ctx->file;
	struct task_struct *leader;
	struct socket *socket;
	struct event *event;
	struct flow *flow;
	struct tcp_sock *tp;
	u32 follow = 0;
	bool held_up, owed, told;
	struct sock *sk;
	u32 zero = 0;
	bool found;
	u64 address;
	u8 state;

	if (!task || !file)
		return 0;
	socket = bpf_sock_from_file(file);
	if (!socket)
		return 0;
	sk = socket->sk;
	if (!sk || sk->sk_protocol != IPPROTO_TCP)
		return 0;
	if (sk->__sk_common.skc_family != AF_INET && sk->__sk_common.skc_family != AF_INET6)
		return 0;
	observer = bpf_get_current_pid_tgid() >> 32;
	leader = task->group_leader;
	address = address_of(sk);
	state = sk->__sk_common.skc_state;
	if (state != TCP_LISTEN && state != TCP_CLOSE)
		remember_owner(address, leader);
	found = state != TCP_LISTEN && is_wanted(address, task->tgid);
	tp = bpf_skc_to_tcp_sock(sk);
	if (!tp)
		return 0;
	held_up = state == TCP_ESTABLISHED || state == TCP_CLOSE_WAIT || state == TCP_FIN_WAIT2 ? is_held_up(tp, bpf_jiffies64()) : false;
	flow = find_flow(address);
	owed = state == TCP_ESTABLISHED && !found && !held_up && flow && is_waiting_at_relay(sk, flow);
	told = state == TCP_LISTEN || state == TCP_CLOSE_WAIT || found || held_up || owed;
	if (!((state == TCP_ESTABLISHED || state == TCP_CLOSE_WAIT) && is_followed(sk, tp, flow, task->tgid, &follow)) && !told)
		return 0;

	event = bpf_map_lookup_elem(&scratch, &zero);
	if (!event)
		return 0;
	__builtin_memset(event, 0, sizeof(*event));
	event->kind = found ? EVENT_FOUND : owed ? EVENT_SCANNED : state == TCP_ESTABLISHED || state == TCP_FIN_WAIT2 ? EVENT_HELD_UP : EVENT_SCANNED;
	event->time_ns = bpf_ktime_get_ns();
	event->sock = address;
	event->old_state = event->new_state = state;
	fill_addresses(event, &sk->__sk_common);
	fill_info(&event->info, address_of(sk));
	event->task.pid = task->tgid;
	event->task.flags = TASK_OPENED;
	bpf_core_read(event->task.comm, sizeof(event->task.comm), &leader->comm);
	if (flow) {
		event->info.opener = flow->opener;
		event->info.age_us = since_us(flow->opened_ns, event->time_ns);
		event->info.since_fin_received_us = since_us(flow->fin_received_ns, event->time_ns);
		fill_retransmits(&event->transfer, flow);
	}
	if (held_up)
		fill_transfer(&event->transfer, tp);
	if (told)
		bpf_seq_write(ctx->meta->seq, event, sizeof(*event));
	if (follow) {
		event->kind = EVENT_FOLLOWED;
		event->reason = follow;
		event->task.tid = waiting_thread(sk, leader);
		bpf_seq_write(ctx->meta->seq, event, sizeof(*event));
	}
	return 0;
}
