/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Data that does not move, or slowly: which sockets are worth a word, and what
 * holds them up. Read in looks at all sockets, never on the path of a segment. */
#ifndef TCPWHY_TRANSFER_H
#define TCPWHY_TRANSFER_H

#include "event.h"

#define ICSK_TIME_PROBE0 3
#define SOCK_SNDBUF_LOCK 1
#define SOCK_RCVBUF_LOCK 2
#define SOCK_NOSPACE 2 /* a bit of socket->flags */

/* tp->chrono_type */
#define TCP_CHRONO_BUSY 1
#define TCP_CHRONO_RWND_LIMITED 2
#define TCP_CHRONO_SNDBUF_LIMITED 3

/* Below these a stall is a hiccup and a loss is chance. */
#define STALL_US 2000000
#define RECENT_US 30000000
#define SHRUNK_AFTER 3
#define BUSY_US 500000
#define LEAST_RETRANSMITS 5
#define LOSS_OF_SEGMENTS 50 /* one in so many */
#define FAR_US 5000 /* over a shorter way a small buffer is soon free again */

static __always_inline u64 chrono_us(const struct tcp_sock *tp, u8 which, u32 now)
{
	u8 type = BPF_CORE_READ_BITFIELD(tp, chrono_type);
	u32 stat = tp->chrono_stat[which - 1];

	return (u64)(stat + (type == which ? now - tp->chrono_start : 0)) * settings.tick_us;
}

static __always_inline u32 offered_window(const struct tcp_sock *tp)
{
	int window = tp->rcv_wup + tp->rcv_wnd - tp->rcv_nxt;

	return window > 0 ? window : 0;
}

static __always_inline bool is_lossy(const struct tcp_sock *tp)
{
	u32 again = tp->total_retrans;

	return again >= LEAST_RETRANSMITS && (u64)again * LOSS_OF_SEGMENTS >= tp->data_segs_out;
}

/* The peer took back a window that it had offered: what is in flight serves as probe. */
static __always_inline bool is_shrunk(const struct tcp_sock *tp)
{
	return !tp->snd_wnd && tp->packets_out && tp->inet_conn.icsk_backoff >= SHRUNK_AFTER;
}

/* A program that would write more than its buffer takes, where what it wrote is on
 * its way. TCP's own clock of this (sndbuf_limited) runs only where segments leave
 * after the write that filled the buffer, as with pacing. */
static __always_inline bool is_short_of_buffer(const struct tcp_sock *tp)
{
	return BPF_CORE_READ(tp, inet_conn.icsk_inet.sk.sk_socket, flags) >> SOCK_NOSPACE & 1 && !BPF_CORE_READ_BITFIELD(tp, is_cwnd_limited);
}

static __always_inline bool is_largest(const struct sock *sk)
{
	return sk->sk_sndbuf >= BPF_CORE_READ(sk, __sk_common.skc_net.net, ipv4.sysctl_tcp_wmem[2]);
}

static __always_inline bool is_bounded_by_buffer(const struct tcp_sock *tp)
{
	const struct sock *sk = &tp->inet_conn.icsk_inet.sk;
	u32 way = tp->rtt_min.s[0].v;

	if (!(BPF_CORE_READ_BITFIELD(sk, sk_userlocks) & SOCK_SNDBUF_LOCK) && !is_largest(sk))
		return false;
	return way >= FAR_US && way != ~0U && is_short_of_buffer(tp) && tp->write_seq - tp->snd_una < tp->snd_wnd;
}

static __always_inline bool is_held_up(const struct tcp_sock *tp, u32 now)
{
	const struct inet_connection_sock *icsk = &tp->inet_conn;
	const struct sock *sk = &icsk->icsk_inet.sk;
	u64 since_sent = (u64)(now - tp->lsndtime) * settings.tick_us;
	u64 since_received = (u64)(now - icsk->icsk_ack.lrcvtime) * settings.tick_us;
	u64 busy, limited;

	if (icsk->icsk_pending == ICSK_TIME_PROBE0 && tp->write_seq != tp->snd_nxt && since_sent >= STALL_US)
		return true; /* the peer's window is closed */
	if (is_shrunk(tp))
		return true;
	if (tp->data_segs_in && since_received >= STALL_US && tp->rcv_nxt != tp->copied_seq && offered_window(tp) < icsk->icsk_ack.rcv_mss)
		return true; /* ours is */
	if (tp->data_segs_out && since_sent < RECENT_US) {
		if (is_lossy(tp))
			return true;
		limited = chrono_us(tp, TCP_CHRONO_RWND_LIMITED, now) + chrono_us(tp, TCP_CHRONO_SNDBUF_LIMITED, now);
		busy = chrono_us(tp, TCP_CHRONO_BUSY, now) + limited;
		if (busy >= BUSY_US && limited * 2 >= busy)
			return true;
		if (is_bounded_by_buffer(tp))
			return true;
	}
	/* The other end of one that waits for our window: user space joins the two. */
	return BPF_CORE_READ_BITFIELD(sk, sk_userlocks) & SOCK_RCVBUF_LOCK && tp->data_segs_in >= 20 && since_received < RECENT_US;
}

static __noinline int fill_transfer(struct transfer *transfer, struct tcp_sock *tp)
{
	const struct inet_connection_sock *icsk = &tp->inet_conn;
	const struct sock *sk = &icsk->icsk_inet.sk;
	u32 now = bpf_jiffies64();
	u8 locks;

	if (!transfer || !tp)
		return 0;
	locks = BPF_CORE_READ_BITFIELD(sk, sk_userlocks);
	transfer->rwnd_limited_us = chrono_us(tp, TCP_CHRONO_RWND_LIMITED, now);
	transfer->sndbuf_limited_us = chrono_us(tp, TCP_CHRONO_SNDBUF_LIMITED, now);
	transfer->busy_us = chrono_us(tp, TCP_CHRONO_BUSY, now) + transfer->rwnd_limited_us + transfer->sndbuf_limited_us;
	transfer->bytes_retrans = tp->bytes_retrans;
	transfer->rcvbuf = sk->sk_rcvbuf;
	transfer->sndbuf = sk->sk_sndbuf;
	transfer->rmem = sk->sk_backlog.rmem_alloc.counter;
	transfer->widest_window = tp->max_window;
	transfer->offered_window = offered_window(tp);
	transfer->dsack_dups = tp->dsack_dups;
	if (icsk->icsk_pending == ICSK_TIME_PROBE0 || is_shrunk(tp))
		transfer->flags |= TRANSFER_PROBING;
	if (locks & SOCK_RCVBUF_LOCK)
		transfer->flags |= TRANSFER_RCVBUF_FIXED;
	if (locks & SOCK_SNDBUF_LOCK)
		transfer->flags |= TRANSFER_SNDBUF_FIXED;
	else if (is_largest(sk))
		transfer->flags |= TRANSFER_SNDBUF_LARGEST;
	if (is_short_of_buffer(tp))
		transfer->flags |= TRANSFER_SNDBUF_SHORT;
	return 0;
}

#endif
