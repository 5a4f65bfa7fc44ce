/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* What the listing programs write, one row per object. C# mirrors it in
 * src/Tcpwhy.Kernel/Bpf/; a test compares the two through BTF. */
#ifndef TCPWHY_ROWS_H
#define TCPWHY_ROWS_H

/* A descriptor that refers to a TCP socket. */
struct holder_row {
	unsigned long long inode; /* of the descriptor, as in socket_row: an address is soon another socket's */
	unsigned int pid;
	unsigned int fd;
	char comm[16];
};

enum row_flags {
	ROW_V6ONLY = 1 << 0,
	ROW_KEEPALIVE = 1 << 1, /* SO_KEEPALIVE */
};

/* In bytes; as the kernel's SK_MEMINFO_* array. */
struct socket_memory {
	unsigned int rmem_alloc;
	unsigned int rcvbuf;
	unsigned int wmem_alloc;
	unsigned int sndbuf;
	unsigned int fwd_alloc;
	unsigned int wmem_queued;
	unsigned int optmem;
	unsigned int backlog;
	unsigned int drops; /* packets */
};

/* The kernel's struct tcp_info of Linux 6.18; what an older one does not know is 0. */
struct tcp_info {
	unsigned char tcpi_state;
	unsigned char tcpi_ca_state;
	unsigned char tcpi_retransmits;
	unsigned char tcpi_probes;
	unsigned char tcpi_backoff;
	unsigned char tcpi_options;
	unsigned char tcpi_wscale;	      /* low four bits sent, high four received */
	unsigned char tcpi_rate_and_fastopen; /* lowest bit app_limited, next two fastopen_client_fail */
	unsigned int tcpi_rto;
	unsigned int tcpi_ato;
	unsigned int tcpi_snd_mss;
	unsigned int tcpi_rcv_mss;
	unsigned int tcpi_unacked;
	unsigned int tcpi_sacked;
	unsigned int tcpi_lost;
	unsigned int tcpi_retrans;
	unsigned int tcpi_fackets;
	unsigned int tcpi_last_data_sent;
	unsigned int tcpi_last_ack_sent;
	unsigned int tcpi_last_data_recv;
	unsigned int tcpi_last_ack_recv;
	unsigned int tcpi_pmtu;
	unsigned int tcpi_rcv_ssthresh;
	unsigned int tcpi_rtt;
	unsigned int tcpi_rttvar;
	unsigned int tcpi_snd_ssthresh;
	unsigned int tcpi_snd_cwnd;
	unsigned int tcpi_advmss;
	unsigned int tcpi_reordering;
	unsigned int tcpi_rcv_rtt;
	unsigned int tcpi_rcv_space;
	unsigned int tcpi_total_retrans;
	unsigned long long tcpi_pacing_rate;
	unsigned long long tcpi_max_pacing_rate;
	unsigned long long tcpi_bytes_acked;
	unsigned long long tcpi_bytes_received;
	unsigned int tcpi_segs_out;
	unsigned int tcpi_segs_in;
	unsigned int tcpi_notsent_bytes;
	unsigned int tcpi_min_rtt;
	unsigned int tcpi_data_segs_in;
	unsigned int tcpi_data_segs_out;
	unsigned long long tcpi_delivery_rate;
	unsigned long long tcpi_busy_time;
	unsigned long long tcpi_rwnd_limited;
	unsigned long long tcpi_sndbuf_limited;
	unsigned int tcpi_delivered;
	unsigned int tcpi_delivered_ce;
	unsigned long long tcpi_bytes_sent;
	unsigned long long tcpi_bytes_retrans;
	unsigned int tcpi_dsack_dups;
	unsigned int tcpi_reord_seen;
	unsigned int tcpi_rcv_ooopack;
	unsigned int tcpi_snd_wnd;
	unsigned int tcpi_rcv_wnd;
	unsigned int tcpi_rehash;
	unsigned short tcpi_total_rto;
	unsigned short tcpi_total_rto_recoveries;
	unsigned int tcpi_total_rto_time;
	unsigned int tcpi_received_ce;
	unsigned int tcpi_delivered_e1_bytes;
	unsigned int tcpi_delivered_e0_bytes;
	unsigned int tcpi_delivered_ce_bytes;
	unsigned int tcpi_received_e1_bytes;
	unsigned int tcpi_received_e0_bytes;
	unsigned int tcpi_received_ce_bytes;
	unsigned short tcpi_accecn_fail_mode;
	unsigned short tcpi_accecn_opt_seen;
};

/* A TCP socket. TIME_WAIT and SYN_RECV have no tcp_info: their row is cut short. */
struct socket_row {
	unsigned int size; /* of this row in bytes */
	unsigned int netns; /* inode number of the network namespace */
	unsigned long long sock;
	unsigned long long cookie; /* 0 until somebody asked the kernel for it */
	unsigned long long inode;  /* 0: no process has it, or none has accepted it yet */
	unsigned char local[16];   /* IPv4 in the first four bytes */
	unsigned char remote[16];
	unsigned short local_port;
	unsigned short remote_port;
	unsigned char family; /* AF_INET or AF_INET6 */
	unsigned char state;  /* TIME_WAIT's own FIN_WAIT2 included, SYN_RECV for a request */
	unsigned char timer;  /* 0 none, 1 retransmit, 2 keep-alive, 3 TIME_WAIT, 4 zero-window probe */
	unsigned char retransmits; /* retransmits or probes in a row, by what the timer is */
	unsigned int timer_ms;	   /* until it fires */
	unsigned int uid;
	unsigned int recv_queue; /* bytes not read; of a listener, connections waiting for accept */
	unsigned int send_queue; /* bytes not acknowledged; of a listener, the backlog */
	unsigned int interface;	 /* index of the one that the socket is bound to, or 0 */
	unsigned int mark;
	unsigned char shutdown; /* 1: reading is shut down, 2: writing, 3: both */
	unsigned char flags;	/* enum row_flags */
	unsigned short info_size; /* of this kernel's own struct tcp_info; 0: the row has none */
	struct socket_memory memory;
	char congestion[16];
	struct tcp_info info;
};

/* A multiple of 8, so that rows stay aligned. */
#define ROW_WITHOUT_INFO ((__builtin_offsetof(struct socket_row, memory) + 7) / 8 * 8)

#endif
