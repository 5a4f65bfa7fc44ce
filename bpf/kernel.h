/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The few kernel types and fields that we read. Offsets are relocated to the
 * running kernel when the program is loaded (CO-RE), so only names matter here. */
#ifndef TCPWHY_KERNEL_H
#define TCPWHY_KERNEL_H

#include <linux/bpf.h>
#include <stdbool.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;
typedef __s32 s32;
typedef __s64 s64;

#define AF_INET 2
#define AF_INET6 10
#define ETH_P_IP 0x0800
#define ETH_P_IPV6 0x86dd
#define IPPROTO_TCP 6
#define PF_EXITING 4
#define PF_KTHREAD 0x200000

enum {
	TCP_ESTABLISHED = 1,
	TCP_SYN_SENT,
	TCP_SYN_RECV,
	TCP_FIN_WAIT1,
	TCP_FIN_WAIT2,
	TCP_TIME_WAIT,
	TCP_CLOSE,
	TCP_CLOSE_WAIT,
	TCP_LAST_ACK,
	TCP_LISTEN,
	TCP_CLOSING,
	TCP_NEW_SYN_RECV,
};

/* Flags and states of a network device; unchanged since Linux 2.6. */
#define IFF_UP 1
#define IFF_LOOPBACK 8
#define LINK_STATE_NOCARRIER (1 << 2)

/* Bits of sock_common.skc_flags; unchanged since Linux 2.6. */
#define KERNEL_SOCK_DEAD 0
#define KERNEL_SOCK_KEEPOPEN 3
#define KERNEL_SOCK_LINGER 4

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct ns_common {
	unsigned int inum;
};
struct netns_ipv4 {
	int sysctl_tcp_wmem[3];
};
struct list_head {
	struct list_head *next, *prev;
};
struct net {
	struct ns_common ns;
	struct list_head dev_base_head;
	struct netns_ipv4 ipv4;
};
typedef struct {
	struct net *net;
} possible_net_t;
typedef struct {
	long long counter;
} atomic64_t;
typedef struct {
	int counter;
} atomic_t;
struct in6_addr {
	union {
		u8 u6_addr8[16];
	} in6_u;
};
struct hlist_node {
	struct hlist_node *next, **pprev;
};
struct timer_list {
	struct hlist_node entry;
	unsigned long expires;
};
typedef struct {
	atomic_t refs;
} refcount_t;
struct wait_queue_head {
	struct list_head head;
};
typedef struct wait_queue_head wait_queue_head_t;
struct wait_queue_entry {
	void *private;
	struct list_head entry;
};
struct socket_wq {
	wait_queue_head_t wait;
};

struct sock_common {
	__be32 skc_daddr;
	__be32 skc_rcv_saddr;
	__be16 skc_dport;
	u16 skc_num;
	unsigned short skc_family;
	volatile unsigned char skc_state;
	unsigned char skc_ipv6only : 1;
	int skc_bound_dev_if;
	possible_net_t skc_net;
	struct in6_addr skc_v6_daddr;
	struct in6_addr skc_v6_rcv_saddr;
	atomic64_t skc_cookie;
	unsigned long skc_flags;
};

struct inode {
	unsigned long i_ino;
};
struct file {
	struct inode *f_inode;
	void *private_data;
};
struct sock;
struct socket {
	short type;
	unsigned long flags;
	struct file *file;
	struct sock *sk;
};
struct kernfs_node {
	u64 id;
};
struct cgroup {
	struct kernfs_node *kn;
};
struct sock_cgroup_data {
	struct cgroup *cgroup;
};
typedef struct {
	unsigned int val;
} kuid_t;
typedef struct {
	int owned;
} socket_lock_t;

struct dst_entry;
struct sock {
	struct sock_common __sk_common;
	socket_lock_t sk_lock;
	struct socket_wq *sk_wq;
	struct dst_entry *sk_dst_cache;
	struct socket *sk_socket;
	u32 sk_ack_backlog;
	u32 sk_max_ack_backlog;
	unsigned long sk_lingertime;
	u16 sk_protocol;
	u8 sk_shutdown;
	u8 sk_userlocks : 4;
	int sk_err;
	int sk_err_soft;
	int sk_wmem_queued;
	int sk_rcvbuf;
	int sk_sndbuf;
	int sk_forward_alloc;
	atomic_t sk_omem_alloc;
	refcount_t sk_wmem_alloc;
	atomic_t sk_drops;
	struct {
		atomic_t rmem_alloc;
		int len;
	} sk_backlog;
	u32 sk_mark;
	unsigned long sk_pacing_rate;
	unsigned long sk_max_pacing_rate;
	struct timer_list sk_timer;
	struct timer_list tcp_retransmit_timer; /* since 6.19 */
	kuid_t sk_uid;
	struct sock_cgroup_data sk_cgrp_data;
};

struct inet_sock {
	struct sock sk;
	__be16 inet_sport;
};

struct tcp_congestion_ops {
	char name[16];
};

struct request_sock_queue {
	u8 rskq_defer_accept;
	atomic_t qlen;
};

struct inet_connection_sock {
	struct inet_sock icsk_inet;
	struct request_sock_queue icsk_accept_queue;
	unsigned long icsk_timeout;		 /* until 6.17 */
	struct timer_list icsk_retransmit_timer; /* until 6.18 */
	struct timer_list icsk_keepalive_timer;	 /* since 6.19; before it was sk_timer */
	u32 icsk_rto;
	u32 icsk_rto_min;
	u32 icsk_delack_max;
	u32 icsk_pmtu_cookie;
	const struct tcp_congestion_ops *icsk_ca_ops;
	void *icsk_ulp_data;
	u8 icsk_ca_state : 5;
	u8 icsk_retransmits;
	u8 icsk_pending;
	u8 icsk_backoff;
	u8 icsk_probes_out;
	struct {
		u32 ato : 8; /* a whole u32 until 6.5 */
		u32 lrcvtime;
		u16 rcv_mss;
	} icsk_ack;
	u32 icsk_user_timeout;
};

struct minmax_sample {
	u32 t;
	u32 v;
};
struct minmax {
	struct minmax_sample s[3];
};

struct tcp_options_received {
	u16 tstamp_ok : 1;
	u16 wscale_ok : 1;
	u16 sack_ok : 3;
	u16 snd_wscale : 4;
	u16 rcv_wscale : 4;
};

struct tcp_sock {
	struct inet_connection_sock inet_conn;
	u32 rcv_ssthresh;
	u32 reordering;
	u32 lost_out;
	u32 sacked_out;
	u32 retrans_out;
	u16 advmss;
	u32 snd_ssthresh;
	u8 chrono_type : 2;
	u8 is_cwnd_limited : 1;
	u32 chrono_start;
	u32 chrono_stat[3];
	u32 mdev_us;
	u8 ecn_flags;
	u8 rate_app_limited : 1;
	u8 tcp_usec_ts : 1;
	u8 syn_data : 1;
	u8 syn_data_acked : 1;
	u8 syn_fastopen_child : 1;
	u8 fastopen_client_fail : 2;
	u8 accecn_fail_mode : 4;
	u8 saw_accecn_opt : 2;
	u32 delivered;
	u32 delivered_ce;
	u32 received_ce;
	u32 received_ecn_bytes[3];
	u32 delivered_ecn_bytes[3];
	struct tcp_options_received rx_opt;
	u32 rate_delivered;
	u32 rate_interval_us;
	struct {
		u32 rtt_us;
	} rcv_rtt_est;
	struct {
		int space;
	} rcvq_space;
	u32 dsack_dups;
	u32 reord_seen;
	u64 bytes_retrans;
	u32 rto_stamp;
	u16 total_rto;
	u16 total_rto_recoveries;
	u32 total_rto_time;
	u16 timeout_rehash;
	u32 plb_rehash;
	u32 rcv_ooopack;
	u32 snd_wnd;
	u32 max_window;
	u32 rcv_wup;
	u32 snd_wl1;
	u32 mss_cache;
	u32 snd_cwnd;
	u32 copied_seq;
	struct minmax rtt_min;
	u32 segs_out;
	u32 data_segs_out;
	u64 bytes_sent;
	u32 write_seq;
	u32 lsndtime;
	u32 rcv_nxt;
	u32 snd_nxt;
	u32 snd_una;
	u32 srtt_us;
	u32 packets_out;
	u32 rcv_wnd;
	u32 rcv_tstamp;
	u64 bytes_received;
	u32 segs_in;
	u32 data_segs_in;
	u64 bytes_acked;
	u8 keepalive_probes;
	u32 total_retrans;
	unsigned int keepalive_time;
	unsigned int keepalive_intvl;
	bool is_mptcp; /* with CONFIG_MPTCP */
};

/* An MPTCP connection, and what ties one of its subflows to it. */
struct mptcp_sock {
	struct inet_connection_sock sk;
	struct sock *first;
};
struct mptcp_subflow_context {
	struct sock *conn;
};

struct inet_timewait_sock {
	struct sock_common __tw_common;
	unsigned char tw_substate;
	struct timer_list tw_timer;
	u32 tw_entry_stamp; /* since 6.14 */
};

struct request_sock {
	struct sock_common __req_common;
	u8 num_retrans;
	u8 num_timeout : 7;
	struct timer_list rsk_timer;
};
struct tcp_timewait_sock {
	struct inet_timewait_sock tw_sk;
};
struct inet_request_sock {
	struct request_sock req;
	u16 acked : 1;
};
struct tcp_request_sock {
	struct inet_request_sock req;
};

struct net_device {
	unsigned long state;
	struct list_head dev_list;
	unsigned int flags;
	possible_net_t nd_net;
};
struct dst_entry {
	struct net_device *dev;
	short obsolete;
};
struct sk_buff {
	struct net_device *dev;
	unsigned long _skb_refdst; /* the route, its lowest bit a flag */
	__be16 protocol;
	u16 transport_header;
	u16 network_header;
	unsigned char *head;
};

struct signal_struct {
	atomic_t live;
	int group_exit_code;
};
struct nsproxy {
	struct net *net_ns;
};
struct task_struct {
	unsigned int flags;
	int pid;
	int tgid;
	int exit_code;
	struct signal_struct *signal;
	struct nsproxy *nsproxy;
	struct task_struct *group_leader;
	u64 start_time;
	char comm[16];
};

struct poll_wqueues {
	struct task_struct *polling_task;
};

struct seq_file;
struct bpf_iter_meta {
	struct seq_file *seq;
	u64 session_id;
	u64 seq_num;
};
struct bpf_iter__tcp {
	struct bpf_iter_meta *meta;
	struct sock_common *sk_common;
	unsigned int uid;
};
struct bpf_iter__task_file {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
	u32 fd;
	struct file *file;
};

#pragma clang attribute pop

/* Headers as they stand in a packet: fixed by the RFCs, never relocated. */
struct ipv4_header {
	u8 ihl_version;
	u8 tos;
	__be16 total_length;
	__be16 id;
	__be16 fragment;
	u8 ttl;
	u8 protocol;
	__be16 checksum;
	u8 source[4];
	u8 destination[4];
};
struct ipv6_header {
	__be32 version_class_flow;
	__be16 payload_length;
	u8 next_header;
	u8 hop_limit;
	u8 source[16];
	u8 destination[16];
};
struct tcp_header {
	__be16 source;
	__be16 destination;
	__be32 seq;
	__be32 ack;
	u8 data_offset; /* in the high four bits, of 4 bytes each */
	u8 flags;
	__be16 window;
};

#define TCP_FLAG_FIN 1
#define TCP_FLAG_SYN 2
#define TCP_FLAG_RST 4
#define TCP_FLAG_PSH 8
#define TCP_FLAG_ACK 16

#endif
