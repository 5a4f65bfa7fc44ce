/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* iter/tcp: every TCP socket of the network namespace in which the iterator was
 * made: listeners, full sockets, requests (SYN_RECV) and TIME_WAIT. */
#include "info.h"
#include "timer.h"

static __always_inline void fill_ends(struct socket_row *row, struct sock_common *sk)
{
	row->netns = sk->skc_net.net->ns.inum;
	row->sock = (u64)sk;
	row->cookie = sk->skc_cookie.counter;
	row->family = sk->skc_family;
	row->state = sk->skc_state;
	row->local_port = sk->skc_num;
	row->remote_port = bpf_ntohs(sk->skc_dport);
	row->interface = sk->skc_bound_dev_if;
	if (row->family == AF_INET) {
		*(u32 *)row->local = sk->skc_rcv_saddr;
		*(u32 *)row->remote = sk->skc_daddr;
	} else {
		bpf_probe_read_kernel(row->local, 16, &sk->skc_v6_rcv_saddr);
		bpf_probe_read_kernel(row->remote, 16, &sk->skc_v6_daddr);
	}
}

static __always_inline void fill_queues(struct socket_row *row, struct tcp_sock *tp, struct sock *sk)
{
	if (row->state == TCP_LISTEN) {
		row->recv_queue = sk->sk_ack_backlog;
		row->send_queue = sk->sk_max_ack_backlog;
	} else {
		int unread = tp->rcv_nxt - tp->copied_seq;

		row->recv_queue = unread > 0 ? unread : 0;
		row->send_queue = tp->write_seq - tp->snd_una;
	}
}

static __always_inline void fill_memory(struct socket_memory *memory, struct sock *sk)
{
	memory->rmem_alloc = sk->sk_backlog.rmem_alloc.counter;
	memory->rcvbuf = sk->sk_rcvbuf;
	memory->wmem_alloc = sk->sk_wmem_alloc.refs.counter - 1; /* the socket's own life counts one */
	memory->sndbuf = sk->sk_sndbuf;
	memory->fwd_alloc = sk->sk_forward_alloc;
	memory->wmem_queued = sk->sk_wmem_queued;
	memory->optmem = sk->sk_omem_alloc.counter;
	memory->backlog = sk->sk_backlog.len;
	memory->drops = sk->sk_drops.counter;
}

static __always_inline void fill_brief(struct socket_row *row, struct tcp_sock *tp, u64 now)
{
	struct inet_connection_sock *icsk = &tp->inet_conn;
	struct sock *sk = &icsk->icsk_inet.sk;

	row->inode = sk->sk_socket->file->f_inode->i_ino;
	row->mark = sk->sk_mark;
	row->shutdown = sk->sk_shutdown & 3;
	if (row->state == TCP_LISTEN && BPF_CORE_READ_BITFIELD(sk, __sk_common.skc_ipv6only))
		row->flags |= ROW_V6ONLY; /* elsewhere it means nothing any more */
	if (sk->__sk_common.skc_flags & (1 << KERNEL_SOCK_KEEPOPEN))
		row->flags |= ROW_KEEPALIVE;
	fill_queues(row, tp, sk);
	fill_timer(row, icsk, now);
}

static __always_inline void fill_full(struct socket_row *row, struct tcp_sock *tp, u64 now)
{
	struct inet_connection_sock *icsk = &tp->inet_conn;

	fill_brief(row, tp, now);
	fill_memory(&row->memory, &icsk->icsk_inet.sk);
	fill_info(&row->info, tp, now);
	bpf_probe_read_kernel(row->congestion, sizeof(row->congestion), icsk->icsk_ca_ops->name);
}

static __always_inline void fill_other(struct socket_row *row, struct sock_common *sk, u64 now)
{
	struct tcp_timewait_sock *tw;
	struct tcp_request_sock *req;

	if ((tw = bpf_skc_to_tcp_timewait_sock(sk)))
		fill_timewait(row, &tw->tw_sk, now);
	else if ((req = bpf_skc_to_tcp_request_sock(sk)))
		fill_request(row, &req->req.req, now);
}

SEC("iter/tcp")
int list_sockets(struct bpf_iter__tcp *ctx)
{
	struct sock_common *sk = ctx->sk_common;
	struct socket_row row = {};
	struct tcp_sock *tp;
	u64 now;

	if (!sk)
		return 0;
	now = bpf_jiffies64();
	fill_ends(&row, sk);
	row.uid = ctx->uid;
	if ((tp = bpf_skc_to_tcp_sock(sk))) {
		fill_full(&row, tp, now);
		row.info_size = bpf_core_type_size(struct tcp_info);
		row.size = sizeof(row);
		bpf_seq_write(ctx->meta->seq, &row, sizeof(row));
		return 0;
	}
	fill_other(&row, sk, now);
	row.size = ROW_WITHOUT_INFO;
	bpf_seq_write(ctx->meta->seq, &row, ROW_WITHOUT_INFO);
	return 0;
}

/* The same without tcp_info, and of listeners alone with memory, for those who only count. */
SEC("iter/tcp")
int list_sockets_briefly(struct bpf_iter__tcp *ctx)
{
	struct sock_common *sk = ctx->sk_common;
	struct socket_row row = {};
	struct tcp_sock *tp;
	u64 now;

	if (!sk)
		return 0;
	now = bpf_jiffies64();
	fill_ends(&row, sk);
	row.uid = ctx->uid;
	if ((tp = bpf_skc_to_tcp_sock(sk)))
		fill_brief(&row, tp, now);
	else
		fill_other(&row, sk, now);
	if (tp && row.state == TCP_LISTEN) {
		fill_memory(&row.memory, &tp->inet_conn.icsk_inet.sk);
		row.size = sizeof(row);
		bpf_seq_write(ctx->meta->seq, &row, sizeof(row));
		return 0;
	}
	row.size = ROW_WITHOUT_INFO;
	bpf_seq_write(ctx->meta->seq, &row, ROW_WITHOUT_INFO);
	return 0;
}
