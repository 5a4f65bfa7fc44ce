/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* struct tcp_info as tcp_get_info() in net/ipv4/tcp.c fills it (Linux 6.18). */
#ifndef TCPWHY_INFO_H
#define TCPWHY_INFO_H

#include "jiffies.h"
#include "rows.h"

#define READ_IF_EXISTS(s, field) (bpf_core_field_exists((s)->field) ? (s)->field : 0)
#define BIT_IF_EXISTS(s, field) (bpf_core_field_exists((s)->field) ? BPF_CORE_READ_BITFIELD(s, field) : 0)

/* tp->ecn_flags */
#define TCP_ECN_MODES (1 << 0 | 1 << 4)
#define TCP_ECN_SEEN (1 << 3)

/* tp->chrono_type; chrono_stat begins with the first */
#define TCP_CHRONO_BUSY 1
#define TCP_CHRONO_RWND_LIMITED 2
#define TCP_CHRONO_SNDBUF_LIMITED 3

enum {
	TCPI_OPT_TIMESTAMPS = 1,
	TCPI_OPT_SACK = 2,
	TCPI_OPT_WSCALE = 4,
	TCPI_OPT_ECN = 8,
	TCPI_OPT_ECN_SEEN = 16,
	TCPI_OPT_SYN_DATA = 32,
	TCPI_OPT_USEC_TS = 64,
	TCPI_OPT_TFO_CHILD = 128,
};

static __always_inline void fill_options(struct tcp_info *info, struct tcp_sock *tp)
{
	struct tcp_options_received *options = &tp->rx_opt;
	u8 ecn = tp->ecn_flags;

	if (BPF_CORE_READ_BITFIELD(options, tstamp_ok))
		info->tcpi_options |= TCPI_OPT_TIMESTAMPS;
	if (BPF_CORE_READ_BITFIELD(options, sack_ok))
		info->tcpi_options |= TCPI_OPT_SACK;
	if (BPF_CORE_READ_BITFIELD(options, wscale_ok)) {
		info->tcpi_options |= TCPI_OPT_WSCALE;
		info->tcpi_wscale = BPF_CORE_READ_BITFIELD(options, snd_wscale) | BPF_CORE_READ_BITFIELD(options, rcv_wscale) << 4;
	}
	if (ecn & TCP_ECN_MODES)
		info->tcpi_options |= TCPI_OPT_ECN;
	if (ecn & TCP_ECN_SEEN)
		info->tcpi_options |= TCPI_OPT_ECN_SEEN;
	if (BPF_CORE_READ_BITFIELD(tp, syn_data_acked))
		info->tcpi_options |= TCPI_OPT_SYN_DATA;
	if (BIT_IF_EXISTS(tp, tcp_usec_ts))
		info->tcpi_options |= TCPI_OPT_USEC_TS;
	if (BIT_IF_EXISTS(tp, syn_fastopen_child))
		info->tcpi_options |= TCPI_OPT_TFO_CHILD;
	info->tcpi_rate_and_fastopen = BPF_CORE_READ_BITFIELD(tp, rate_app_limited) | BPF_CORE_READ_BITFIELD(tp, fastopen_client_fail) << 1;
}

static __always_inline u64 chrono_us(struct tcp_sock *tp, u32 stat, u32 running, u8 type, u8 which)
{
	return jiffies_to_us(stat + (type == which ? running : 0));
}

static __always_inline void fill_limits(struct tcp_info *info, struct tcp_sock *tp, u32 now)
{
	u8 type = BPF_CORE_READ_BITFIELD(tp, chrono_type);
	u32 running = now - tp->chrono_start;

	info->tcpi_rwnd_limited = chrono_us(tp, tp->chrono_stat[1], running, type, TCP_CHRONO_RWND_LIMITED);
	info->tcpi_sndbuf_limited = chrono_us(tp, tp->chrono_stat[2], running, type, TCP_CHRONO_SNDBUF_LIMITED);
	info->tcpi_busy_time = chrono_us(tp, tp->chrono_stat[0], running, type, TCP_CHRONO_BUSY) +
			       info->tcpi_rwnd_limited + info->tcpi_sndbuf_limited;
}

static __always_inline u64 delivery_rate(struct tcp_sock *tp)
{
	u32 interval = tp->rate_interval_us;

	return interval ? (u64)tp->rate_delivered * tp->mss_cache * 1000000 / interval : 0;
}

/* A delayed acknowledgement waits less than the shortest retransmission timeout.
 * A timeout that is locked to the route is not looked up here. */
static __always_inline u64 delayed_ack_us(struct inet_connection_sock *icsk)
{
	u32 ato = BPF_CORE_READ_BITFIELD(icsk, icsk_ack.ato);

	if (bpf_core_field_exists(icsk->icsk_delack_max)) {
		u32 least = icsk->icsk_rto_min;
		u32 most = icsk->icsk_delack_max;

		least = (least > 2 ? least : 2) - 1;
		most = most < least ? most : least;
		ato = ato < most ? ato : most;
	}
	return jiffies_to_us(ato);
}

static __always_inline void fill_ecn(struct tcp_info *info, struct tcp_sock *tp)
{
	info->tcpi_delivered_ce = tp->delivered_ce;
	if (!bpf_core_field_exists(tp->received_ecn_bytes))
		return;
	info->tcpi_received_ce = tp->received_ce;
	info->tcpi_delivered_e1_bytes = tp->delivered_ecn_bytes[0];
	info->tcpi_delivered_e0_bytes = tp->delivered_ecn_bytes[1];
	info->tcpi_delivered_ce_bytes = tp->delivered_ecn_bytes[2];
	info->tcpi_received_e1_bytes = tp->received_ecn_bytes[0];
	info->tcpi_received_e0_bytes = tp->received_ecn_bytes[1];
	info->tcpi_received_ce_bytes = tp->received_ecn_bytes[2];
	info->tcpi_accecn_fail_mode = BIT_IF_EXISTS(tp, accecn_fail_mode);
	info->tcpi_accecn_opt_seen = BIT_IF_EXISTS(tp, saw_accecn_opt);
}

static __always_inline void fill_timeouts(struct tcp_info *info, struct tcp_sock *tp)
{
	if (!bpf_core_field_exists(tp->total_rto))
		return;
	info->tcpi_total_rto = tp->total_rto;
	info->tcpi_total_rto_recoveries = tp->total_rto_recoveries;
	info->tcpi_total_rto_time = tp->total_rto_time;
	if (tp->rto_stamp)
		info->tcpi_total_rto_time += (u32)(bpf_ktime_get_ns() / 1000000) - tp->rto_stamp;
}

static __always_inline void fill_info(struct tcp_info *info, struct tcp_sock *tp, u32 now)
{
	struct inet_connection_sock *icsk = &tp->inet_conn;
	struct sock *sk = &icsk->icsk_inet.sk;
	int notsent;

	info->tcpi_state = sk->__sk_common.skc_state;
	info->tcpi_pacing_rate = sk->sk_pacing_rate;
	info->tcpi_max_pacing_rate = sk->sk_max_pacing_rate;
	info->tcpi_reordering = tp->reordering;
	info->tcpi_snd_cwnd = tp->snd_cwnd;
	if (info->tcpi_state == TCP_LISTEN)
		return; /* the kernel hides the accept queue in unacked and sacked; the row tells it by name */
	info->tcpi_ca_state = BPF_CORE_READ_BITFIELD(icsk, icsk_ca_state);
	info->tcpi_retransmits = icsk->icsk_retransmits;
	info->tcpi_probes = icsk->icsk_probes_out;
	info->tcpi_backoff = icsk->icsk_backoff;
	fill_options(info, tp);
	info->tcpi_rto = jiffies_to_us(icsk->icsk_rto);
	info->tcpi_ato = delayed_ack_us(icsk);
	info->tcpi_snd_mss = tp->mss_cache;
	info->tcpi_rcv_mss = icsk->icsk_ack.rcv_mss;
	info->tcpi_unacked = tp->packets_out;
	info->tcpi_sacked = tp->sacked_out;
	info->tcpi_lost = tp->lost_out;
	info->tcpi_retrans = tp->retrans_out;
	info->tcpi_last_data_sent = jiffies_to_ms((u32)(now - tp->lsndtime));
	info->tcpi_last_data_recv = jiffies_to_ms((u32)(now - icsk->icsk_ack.lrcvtime));
	info->tcpi_last_ack_recv = jiffies_to_ms((u32)(now - tp->rcv_tstamp));
	info->tcpi_pmtu = icsk->icsk_pmtu_cookie;
	info->tcpi_rcv_ssthresh = tp->rcv_ssthresh;
	info->tcpi_rtt = tp->srtt_us >> 3;
	info->tcpi_rttvar = tp->mdev_us >> 2;
	info->tcpi_snd_ssthresh = tp->snd_ssthresh;
	info->tcpi_advmss = tp->advmss;
	info->tcpi_rcv_rtt = tp->rcv_rtt_est.rtt_us >> 3;
	info->tcpi_rcv_space = tp->rcvq_space.space;
	info->tcpi_total_retrans = tp->total_retrans;
	info->tcpi_bytes_acked = tp->bytes_acked;
	info->tcpi_bytes_received = tp->bytes_received;
	notsent = tp->write_seq - tp->snd_nxt;
	info->tcpi_notsent_bytes = notsent > 0 ? notsent : 0;
	fill_limits(info, tp, now);
	info->tcpi_segs_out = tp->segs_out;
	info->tcpi_segs_in = tp->segs_in;
	info->tcpi_data_segs_in = tp->data_segs_in;
	info->tcpi_data_segs_out = tp->data_segs_out;
	info->tcpi_min_rtt = tp->rtt_min.s[0].v;
	info->tcpi_delivery_rate = delivery_rate(tp);
	info->tcpi_delivered = tp->delivered;
	info->tcpi_bytes_sent = tp->bytes_sent;
	info->tcpi_bytes_retrans = tp->bytes_retrans;
	info->tcpi_dsack_dups = tp->dsack_dups;
	info->tcpi_reord_seen = tp->reord_seen;
	info->tcpi_rcv_ooopack = tp->rcv_ooopack;
	info->tcpi_snd_wnd = tp->snd_wnd;
	info->tcpi_rcv_wnd = tp->rcv_wnd;
	info->tcpi_rehash = READ_IF_EXISTS(tp, plb_rehash) + tp->timeout_rehash;
	fill_ecn(info, tp);
	fill_timeouts(info, tp);
}

#endif
