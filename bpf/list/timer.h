/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Which timer of a socket runs and when it fires, as net/ipv4/inet_diag.c tells it. */
#ifndef TCPWHY_TIMER_H
#define TCPWHY_TIMER_H

#include "jiffies.h"
#include "rows.h"

/* icsk_pending */
#define ICSK_TIME_RETRANS 1
#define ICSK_TIME_PROBE0 3
#define ICSK_TIME_LOSS_PROBE 5
#define ICSK_TIME_REO_TIMEOUT 6

enum timer {
	TIMER_RETRANSMIT = 1,
	TIMER_KEEPALIVE = 2,
	TIMER_TIME_WAIT = 3,
	TIMER_PROBE = 4,
};

static __always_inline void set_timer(struct socket_row *row, u8 timer, u8 retransmits, u64 expires, u64 now)
{
	s64 left = expires - now;

	row->timer = timer;
	row->retransmits = retransmits;
	row->timer_ms = left > 0 ? jiffies_to_ms(left) : 0;
}

static __always_inline u64 retransmit_expires(struct inet_connection_sock *icsk)
{
	if (bpf_core_field_exists(icsk->icsk_timeout))
		return icsk->icsk_timeout;
	if (bpf_core_field_exists(icsk->icsk_retransmit_timer))
		return icsk->icsk_retransmit_timer.expires;
	return icsk->icsk_inet.sk.tcp_retransmit_timer.expires;
}

static __always_inline void fill_keepalive(struct socket_row *row, struct inet_connection_sock *icsk, struct timer_list *timer, u64 now)
{
	if (timer->entry.pprev) /* it is pending */
		set_timer(row, TIMER_KEEPALIVE, icsk->icsk_probes_out, timer->expires, now);
}

static __always_inline void fill_timer(struct socket_row *row, struct inet_connection_sock *icsk, u64 now)
{
	switch (icsk->icsk_pending) {
	case ICSK_TIME_RETRANS:
	case ICSK_TIME_LOSS_PROBE:
	case ICSK_TIME_REO_TIMEOUT:
		set_timer(row, TIMER_RETRANSMIT, icsk->icsk_retransmits, retransmit_expires(icsk), now);
		break;
	case ICSK_TIME_PROBE0:
		set_timer(row, TIMER_PROBE, icsk->icsk_probes_out, retransmit_expires(icsk), now);
		break;
	default:
		if (bpf_core_field_exists(icsk->icsk_keepalive_timer))
			fill_keepalive(row, icsk, &icsk->icsk_keepalive_timer, now);
		else
			fill_keepalive(row, icsk, &icsk->icsk_inet.sk.sk_timer, now);
	}
}

static __always_inline void fill_timewait(struct socket_row *row, struct inet_timewait_sock *tw, u64 now)
{
	row->state = tw->tw_substate;
	set_timer(row, TIMER_TIME_WAIT, 0, tw->tw_timer.expires, now);
}

static __always_inline void fill_request(struct socket_row *row, struct request_sock *req, u64 now)
{
	row->state = TCP_SYN_RECV;
	set_timer(row, TIMER_RETRANSMIT, req->num_retrans, req->rsk_timer.expires, now);
}

#endif
