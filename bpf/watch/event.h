/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Filling an event from a socket, a packet and the current task. */
#ifndef TCPWHY_EVENT_H
#define TCPWHY_EVENT_H

#include "maps.h"

static __always_inline struct event *new_event(u32 kind)
{
	struct event *event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);

	if (!event) {
		count(COUNT_LOST);
		return NULL;
	}
	__builtin_memset(event, 0, sizeof(*event));
	event->kind = kind;
	event->time_ns = bpf_ktime_get_ns();
	event->cpu = bpf_get_smp_processor_id();
	return event;
}

static __always_inline void send_event(struct event *event)
{
	count(COUNT_EVENTS);
	bpf_ringbuf_submit(event, 0);
}

static __always_inline void fill_task(struct task *task, u32 flags)
{
	struct task_struct *current = (void *)bpf_get_current_task();
	u64 id = bpf_get_current_pid_tgid();
	int code = BPF_CORE_READ(current, signal, group_exit_code);

	if (BPF_CORE_READ(current, flags) & PF_KTHREAD)
		return; /* it works for others: MPTCP's joins subflows for whoever opened the first */
	task->pid = id >> 32;
	task->tid = id;
	task->flags = flags | TASK_KNOWN;
	task->exit_code = code ? code : BPF_CORE_READ(current, exit_code);
	if (BPF_CORE_READ(current, flags) & PF_EXITING)
		task->flags |= TASK_EXITING;
	read_comm(task->comm);
}

/* Works on full sockets, request sockets and TIME_WAIT sockets alike. */
static __always_inline void fill_addresses(struct event *event, const struct sock_common *sk)
{
	event->family = BPF_CORE_READ(sk, skc_family);
	event->netns = BPF_CORE_READ(sk, skc_net.net, ns.inum);
	event->local_port = BPF_CORE_READ(sk, skc_num);
	event->remote_port = bpf_ntohs(BPF_CORE_READ(sk, skc_dport));
	if (event->family == AF_INET) {
		bpf_core_read(event->local, 4, &sk->skc_rcv_saddr);
		bpf_core_read(event->remote, 4, &sk->skc_daddr);
	} else {
		bpf_core_read(event->local, 16, &sk->skc_v6_rcv_saddr);
		bpf_core_read(event->remote, 16, &sk->skc_v6_daddr);
	}
}

static __always_inline u32 since_jiffies_ms(u32 then, u32 now)
{
	return then ? (u64)(now - then) * settings.tick_us / 1000 : 0xffffffff;
}

static __always_inline u64 since_us(u64 then, u64 now)
{
	return then && now > then ? (now - then) / 1000 + 1 : 0;
}

/* A global function is verified once, not on each way that leads to it: hence the
 * socket as a number. */
__noinline int fill_info(struct sock_info *info, u64 sock)
{
	struct tcp_sock *tp = (void *)sock;
	struct inet_connection_sock *icsk = &tp->inet_conn;
	struct sock *sk = &icsk->icsk_inet.sk;
	u32 now = bpf_jiffies64();
	u32 snd_nxt, write_seq;
	unsigned long flags;

	if (!info)
		return 0;
	info->cookie = BPF_CORE_READ(sk, __sk_common.skc_cookie.counter);
	info->inode = BPF_CORE_READ(sk, sk_socket, file, f_inode, i_ino);
	info->cgroup = BPF_CORE_READ(sk, sk_cgrp_data.cgroup, kn, id);
	info->uid = BPF_CORE_READ(sk, sk_uid.val);
	info->bytes_sent = BPF_CORE_READ(tp, bytes_sent);
	info->bytes_acked = BPF_CORE_READ(tp, bytes_acked);
	info->bytes_received = BPF_CORE_READ(tp, bytes_received);
	info->segs_out = BPF_CORE_READ(tp, segs_out);
	info->segs_in = BPF_CORE_READ(tp, segs_in);
	info->data_segs_out = BPF_CORE_READ(tp, data_segs_out);
	info->data_segs_in = BPF_CORE_READ(tp, data_segs_in);
	info->total_retrans = BPF_CORE_READ(tp, total_retrans);
	info->srtt_us = BPF_CORE_READ(tp, srtt_us) >> 3;
	info->min_rtt_us = BPF_CORE_READ(tp, rtt_min.s[0].v);
	info->rto_us = BPF_CORE_READ(icsk, icsk_rto) * settings.tick_us;
	info->snd_cwnd = BPF_CORE_READ(tp, snd_cwnd);
	info->snd_wnd = BPF_CORE_READ(tp, snd_wnd);
	info->rcv_wnd = BPF_CORE_READ(tp, rcv_wnd);
	info->mss = BPF_CORE_READ(tp, mss_cache);
	info->pmtu = BPF_CORE_READ(icsk, icsk_pmtu_cookie);
	info->packets_out = BPF_CORE_READ(tp, packets_out);
	snd_nxt = BPF_CORE_READ(tp, snd_nxt);
	write_seq = BPF_CORE_READ(tp, write_seq);
	info->unacked = snd_nxt - BPF_CORE_READ(tp, snd_una);
	/* write_seq is 0 in a socket that was never connected. */
	info->notsent = write_seq ? write_seq - snd_nxt : 0;
	info->unread = BPF_CORE_READ(tp, rcv_nxt) - BPF_CORE_READ(tp, copied_seq);
	info->last_data_sent_ms = info->data_segs_out ? since_jiffies_ms(BPF_CORE_READ(tp, lsndtime), now) : 0xffffffff;
	info->last_data_recv_ms = info->data_segs_in ? since_jiffies_ms(BPF_CORE_READ(icsk, icsk_ack.lrcvtime), now) : 0xffffffff;
	info->last_ack_recv_ms = since_jiffies_ms(BPF_CORE_READ(tp, rcv_tstamp), now);
	info->keepalive_time_s = (u64)BPF_CORE_READ(tp, keepalive_time) * settings.tick_us / 1000000;
	info->keepalive_intvl_s = (u64)BPF_CORE_READ(tp, keepalive_intvl) * settings.tick_us / 1000000;
	info->keepalive_probes = BPF_CORE_READ(tp, keepalive_probes);
	info->user_timeout_ms = BPF_CORE_READ(icsk, icsk_user_timeout);
	info->ack_backlog = BPF_CORE_READ(sk, sk_ack_backlog);
	info->max_ack_backlog = BPF_CORE_READ(sk, sk_max_ack_backlog);
	info->retransmits = BPF_CORE_READ(icsk, icsk_retransmits);
	info->backoff = BPF_CORE_READ(icsk, icsk_backoff);
	info->probes_out = BPF_CORE_READ(icsk, icsk_probes_out);
	info->err_soft = BPF_CORE_READ(sk, sk_err_soft);

	flags = BPF_CORE_READ(sk, __sk_common.skc_flags);
	if (flags & (1 << KERNEL_SOCK_DEAD))
		info->flags |= SOCK_ORPHANED;
	if (flags & (1 << KERNEL_SOCK_KEEPOPEN))
		info->flags |= SOCK_KEEPALIVE;
	if (flags & (1 << KERNEL_SOCK_LINGER) && !BPF_CORE_READ(sk, sk_lingertime))
		info->flags |= SOCK_LINGER_ZERO;
	if (BPF_CORE_READ_BITFIELD_PROBED(sk, __sk_common.skc_ipv6only))
		info->flags |= SOCK_V6ONLY;
	info->flags |= (BPF_CORE_READ(sk, sk_shutdown) & 3) << 4;
	if (BPF_CORE_READ_BITFIELD_PROBED(tp, syn_data))
		info->flags |= SOCK_SYN_DATA;
	return 0;
}

static __always_inline void fill_retransmits(struct transfer *transfer, const struct flow *flow)
{
	transfer->fast = flow->fast;
	transfer->timeout = flow->timeout;
	transfer->tail_probes = flow->tail_probes;
}

/* What the first that waits on the socket left there: in recv its thread, in poll what
 * leads to it, NULL in an event loop, which sleeps on many, and when nobody waits. */
static __always_inline void *first_waiter(const struct sock *sk)
{
	struct socket_wq *queue = BPF_CORE_READ(sk, sk_wq);
	struct wait_queue_entry *entry;
	struct list_head *first;

	if (!queue)
		return NULL;
	first = BPF_CORE_READ(queue, wait.head.next);
	if (!first || (void *)first == (void *)queue + bpf_core_field_offset(struct socket_wq, wait.head))
		return NULL;
	entry = (void *)first - bpf_core_field_offset(struct wait_queue_entry, entry);
	return BPF_CORE_READ(entry, private);
}

/* Of a subflow of MPTCP: what became of its connection. Returns the connection's first subflow. */
static __noinline u64 fill_mptcp(struct sock_info *info, struct tcp_sock *tp)
{
	const struct mptcp_subflow_context *subflow;
	const struct mptcp_sock *connection;
	u64 first;

	if (!bpf_core_type_exists(struct mptcp_subflow_context) || !bpf_core_field_exists(tp->is_mptcp) || !BPF_CORE_READ(tp, is_mptcp))
		return 0;
	subflow = BPF_CORE_READ(tp, inet_conn.icsk_ulp_data);
	connection = (const void *)BPF_CORE_READ(subflow, conn);
	if (!connection)
		return 0;
	info->mptcp = MPTCP_SUBFLOW;
	first = (u64)BPF_CORE_READ(connection, first);
	if (first != (u64)tp)
		info->mptcp |= MPTCP_JOINED;
	if (BPF_CORE_READ(connection, sk.icsk_inet.sk.__sk_common.skc_state) == TCP_ESTABLISHED &&
	    !(BPF_CORE_READ(connection, sk.icsk_inet.sk.__sk_common.skc_flags) & (1 << KERNEL_SOCK_DEAD)))
		info->mptcp |= MPTCP_OPEN;
	return first;
}

/* Everything a full socket knows. The owner is the current task where the socket
 * is locked by one, else whoever opened or accepted it, if we saw that. */
static __always_inline void fill_socket(struct event *event, const struct sock *sk)
{
	u64 address = address_of(sk), first;
	struct flow *flow = find_flow(address);

	event->sock = address;
	fill_addresses(event, &sk->__sk_common);
	/* Closing gives an automatic port back and clears skc_num before anyone is told. */
	event->local_port = bpf_ntohs(BPF_CORE_READ((const struct inet_sock *)sk, inet_sport));
	fill_info(&event->info, address_of(sk));
	first = fill_mptcp(&event->info, (void *)sk);
	if (flow) {
		event->info.age_us = since_us(flow->opened_ns, event->time_ns);
		event->info.since_fin_sent_us = since_us(flow->fin_sent_ns, event->time_ns);
		event->info.since_fin_received_us = since_us(flow->fin_received_ns, event->time_ns);
		event->info.opener = flow->opener;
		event->info.said = flow->said;
		event->info.heard = flow->heard;
		event->info.alert_said = flow->alert_said;
		event->info.alert_heard = flow->alert_heard;
		fill_retransmits(&event->transfer, flow);
		if (is_relay(flow))
			event->info.flags |= SOCK_RELAY;
		if (flow->opener == OPENER_REMOTE) {
			struct port_key port = { .netns = event->netns, .port = event->local_port };
			u8 *known = bpf_map_lookup_elem(&ports, &port);

			if (known)
				event->info.port_flags = *known;
		}
	}
	if ((!flow || !flow->pid) && first)
		flow = find_flow(first);
	if (BPF_CORE_READ(sk, sk_lock.owned))
		fill_task(&event->task, 0);
	/* A file that its owner closed while we looked at it is let go of by us. */
	if (event->task.pid && event->task.pid == observer && flow && flow->pid && flow->pid != observer) {
		event->task.pid = flow->pid;
		event->task.tid = 0;
		__builtin_memcpy(event->task.comm, flow->comm, sizeof(event->task.comm));
	}
	if (event->task.flags & TASK_EXITING && event->info.age_us) {
		struct task_struct *current = (void *)bpf_get_current_task();

		if (BPF_CORE_READ(current, group_leader, start_time) > event->time_ns - event->info.age_us * 1000)
			event->task.flags |= TASK_YOUNGER;
	}
	if (!event->task.flags && flow && flow->pid) {
		event->task.pid = flow->pid;
		event->task.flags = TASK_OPENED;
		__builtin_memcpy(event->task.comm, flow->comm, sizeof(event->task.comm));
	}
}

/* Addresses of a packet that has arrived, seen from the receiving end. */
static __always_inline bool fill_packet(struct event *event, const struct sk_buff *skb)
{
	unsigned char *head = BPF_CORE_READ(skb, head);
	u16 network = BPF_CORE_READ(skb, network_header);
	u16 protocol = BPF_CORE_READ(skb, protocol);
	struct tcp_header tcp;
	u32 transport, end;

	if (protocol == bpf_htons(ETH_P_IP)) {
		struct ipv4_header ip;

		if (bpf_probe_read_kernel(&ip, sizeof(ip), head + network) || ip.protocol != IPPROTO_TCP)
			return false;
		event->family = AF_INET;
		__builtin_memcpy(event->local, ip.destination, 4);
		__builtin_memcpy(event->remote, ip.source, 4);
		event->segment.ttl = ip.ttl;
		event->segment.ip_id = bpf_ntohs(ip.id);
		transport = network + (ip.ihl_version & 15) * 4;
		end = network + bpf_ntohs(ip.total_length);
	} else if (protocol == bpf_htons(ETH_P_IPV6)) {
		struct ipv6_header ip;

		if (bpf_probe_read_kernel(&ip, sizeof(ip), head + network) || ip.next_header != IPPROTO_TCP)
			return false;
		event->family = AF_INET6;
		__builtin_memcpy(event->local, ip.destination, 16);
		__builtin_memcpy(event->remote, ip.source, 16);
		event->segment.ttl = ip.hop_limit;
		transport = network + sizeof(ip);
		end = transport + bpf_ntohs(ip.payload_length);
	} else {
		return false;
	}
	if (bpf_probe_read_kernel(&tcp, sizeof(tcp), head + transport))
		return false;
	event->local_port = bpf_ntohs(tcp.destination);
	event->remote_port = bpf_ntohs(tcp.source);
	event->trigger_flags = tcp.flags;
	transport += (tcp.data_offset >> 4) * 4;
	event->device = end > transport ? end - transport : 0;
	event->segment.window = bpf_ntohs(tcp.window);
	event->segment.tcp_flags = tcp.flags;
	event->segment.has_timestamp = (tcp.data_offset >> 4) > 5;
	return true;
}

#endif
