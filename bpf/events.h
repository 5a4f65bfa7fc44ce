/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The one truth of what crosses from the kernel to user space. C# mirrors it in
 * src/Tcpwhy.Kernel/Bpf/KernelEvent.cs; a test compares the two through BTF. */
#ifndef TCPWHY_EVENTS_H
#define TCPWHY_EVENTS_H

enum event_kind {
	EVENT_STATE = 1,	  /* a socket changed state: deaths, listeners, closes by a dying process */
	EVENT_RESET_SENT = 2,	  /* the kernel sent a reset; sock is 0 when no socket was involved */
	EVENT_RESET_RECEIVED = 3, /* an accepted reset, with the segment that carried it */
	EVENT_ERROR = 4,	  /* sk_err was reported to the owner: error is the errno */
	EVENT_RETRANSMIT = 5,	  /* a SYN again, or data again after repeated timeouts */
	EVENT_SYNACK_RETRANSMIT = 6,
	EVENT_DROP = 7,		  /* a TCP segment was dropped: reason is a skb_drop_reason */
	EVENT_CALL_FAILED = 8,	  /* connect came back before there was a SYN */
	EVENT_QUEUE_FULL = 9,	  /* a SYN reached a listener whose accept queue is full */
	EVENT_EXIT = 10,	  /* a process ended by a signal or with a status other than 0 */
	EVENT_SCANNED = 11,	  /* a listener, or a socket in CLOSE_WAIT, found in a look at all of them */
	EVENT_FOUND = 12,	  /* a socket with an end that user space looked for */
	EVENT_SYN_REJECTED = 13,   /* a SYN was answered with ICMP destination unreachable: reason is the code */
	EVENT_SYN_QUEUE_FULL = 14, /* a SYN reached a listener whose queue of half-open connections is full */
	EVENT_HELD_UP = 15,	  /* data that does not move, or slowly: found in a look at all sockets, or lossy to its end */
	EVENT_FOLLOWED = 16,	  /* of a process that user space follows: a connection that it opened, or one on which it owes an answer or has just given one; reason is enum followed_flags, task.tid the thread that waits on it */
};

enum followed_flags {
	FOLLOWED_OPENED = 1 << 0, /* by this process */
	FOLLOWED_DUE = 1 << 1,	  /* an answer: from the peer where this process opened it, else to the peer */
	FOLLOWED_LEFT = 1 << 2,	  /* the peer has closed its side */
};

enum opener {
	OPENER_UNKNOWN = 0, /* opened before we watched */
	OPENER_LOCAL = 1,   /* this end called connect */
	OPENER_REMOTE = 2,  /* this end accepted */
};

enum info_flags {
	SOCK_ORPHANED = 1 << 0,	     /* the owner has closed it */
	SOCK_LINGER_ZERO = 1 << 1,   /* SO_LINGER with a time of 0 */
	SOCK_KEEPALIVE = 1 << 2,     /* SO_KEEPALIVE */
	SOCK_V6ONLY = 1 << 3,
	SOCK_RCV_SHUTDOWN = 1 << 4,
	SOCK_SEND_SHUTDOWN = 1 << 5,
	SOCK_RELAY = 1 << 6,	     /* its process both calls connect and accepts connections */
	SOCK_SYN_DATA = 1 << 7,	     /* its SYN carried data (TCP Fast Open) */
};

/* What the first bytes of one direction were, when payload is looked at. */
enum words {
	WORDS_UNKNOWN = 0,
	WORDS_OTHER = 1,
	WORDS_TLS = 2,		/* a TLS handshake record */
	WORDS_TLS_ALERT = 3,
	WORDS_HTTP_REQUEST = 4, /* of HTTP/1 or the preface of HTTP/2 */
	WORDS_HTTP_ANSWER = 5,
	WORDS_HTTP_400 = 6,	/* an answer with status 400 */
	WORDS_PROXY = 7,	/* a PROXY header, version 1 or 2 */
};

enum port_flags {
	PORT_TLS = 1 << 0,   /* a TLS handshake was answered by one on this port */
	PORT_PROXY = 1 << 1, /* a PROXY header was taken on this port */
	PORT_HTTP = 1 << 2,  /* an HTTP request was answered by one that is not 400 */
	PORT_ANSWERS = 1 << 3, /* a connection that was answered came to its end: known without payload too */
};

#define ALERT_ENCRYPTED 255 /* TLS 1.3: a record of an alert's length where Finished was due */

enum task_flags {
	TASK_KNOWN = 1 << 0,   /* the task fields name the task that acted, not a bystander */
	TASK_EXITING = 1 << 1, /* that task was on its way out */
	TASK_OPENED = 1 << 2,  /* the task fields name the one that opened or accepted the socket */
	TASK_YOUNGER = 1 << 3, /* its process is younger than the socket: it was started for it */
};

/* A segment as it arrived: what a reset's or a SYN's header tells about its sender. */
struct segment {
	unsigned short ip_id;
	unsigned short window;	     /* as on the wire, not scaled */
	unsigned char ttl;	     /* or the IPv6 hop limit; 0: not seen */
	unsigned char tcp_flags;     /* FIN 1, SYN 2, RST 4, PSH 8, ACK 16 */
	unsigned char has_timestamp; /* a TCP option block with more than padding is present */
	unsigned char usual_ttl;     /* of the connection's other segments; 0: not seen */
};

/* What the socket knew. Times are milliseconds before the event, 0xffffffff: never. */
struct sock_info {
	unsigned long long cookie; /* 0 until somebody asked the kernel for it */
	unsigned long long inode;
	unsigned long long cgroup;
	unsigned long long bytes_sent;
	unsigned long long bytes_acked;
	unsigned long long bytes_received;
	unsigned long long age_us;	      /* since it was opened; 0: not known */
	unsigned long long since_fin_sent_us; /* since this end closed; 0: it has not */
	unsigned long long since_fin_received_us;
	unsigned int uid;
	unsigned int segs_out;
	unsigned int segs_in;
	unsigned int data_segs_out;
	unsigned int data_segs_in;
	unsigned int total_retrans;
	unsigned int srtt_us;
	unsigned int min_rtt_us;
	unsigned int rto_us;
	unsigned int snd_cwnd;
	unsigned int snd_wnd;
	unsigned int rcv_wnd;
	unsigned int mss;
	unsigned int pmtu;
	unsigned int packets_out;
	unsigned int unacked; /* bytes sent and not acknowledged */
	unsigned int notsent; /* bytes written and not sent */
	unsigned int unread;  /* bytes received in order and not read; a FIN counts 1 */
	unsigned int last_data_sent_ms;
	unsigned int last_data_recv_ms;
	unsigned int last_ack_recv_ms;
	unsigned int keepalive_time_s;
	unsigned int keepalive_intvl_s;
	unsigned int user_timeout_ms;
	unsigned int ack_backlog;     /* of a listener: connections waiting for accept */
	unsigned int max_ack_backlog; /* of a listener: min(listen's backlog, somaxconn) */
	unsigned char keepalive_probes;
	unsigned char retransmits; /* in a row, of the segment in flight */
	unsigned char backoff;
	unsigned char probes_out; /* keep-alive or zero-window probes without an answer */
	unsigned char flags;	  /* enum info_flags */
	unsigned char opener;	  /* enum opener */
	unsigned char err_soft;	  /* errno of an ICMP error that did not kill the socket */
	unsigned char said;	  /* enum words: what this end said first */
	unsigned char heard;	  /* and its peer */
	unsigned char alert_said; /* code of the TLS alert that this end sent; 0: none */
	unsigned char alert_heard;
	unsigned char port_flags; /* enum port_flags, of the service's port on this host */
	unsigned char mptcp;	  /* enum mptcp_flags */
	unsigned char reading;	  /* of a reset that arrived: a thread waits in recv or poll, and has read all there was */
};

enum mptcp_flags {
	MPTCP_SUBFLOW = 1 << 0, /* the socket belongs to an MPTCP connection */
	MPTCP_JOINED = 1 << 1,	/* which it joined: another was its first */
	MPTCP_OPEN = 1 << 2,	/* and which neither end has closed or lost */
};

enum transfer_flags {
	TRANSFER_PROBING = 1 << 0,	/* the peer's window is closed, and probed */
	TRANSFER_RCVBUF_FIXED = 1 << 1, /* SO_RCVBUF was set: the kernel does not tune it */
	TRANSFER_SNDBUF_FIXED = 1 << 2,
	TRANSFER_ENDED = 1 << 3, /* told as the connection closed */
	TRANSFER_SNDBUF_SHORT = 1 << 4,	  /* its program waits for room to write, its segments not for the congestion window */
	TRANSFER_SNDBUF_LARGEST = 1 << 5, /* it is as large as tcp_wmem allows */
};

/* How a socket's data moves and what holds it up; filled for EVENT_HELD_UP, the
 * three counts for every event of a socket. Times are summed over its life. */
struct transfer {
	unsigned long long busy_us;	     /* with data to send or in flight */
	unsigned long long rwnd_limited_us;  /* of that: held up by the peer's window */
	unsigned long long sndbuf_limited_us; /* of that: by its own send buffer */
	unsigned long long bytes_retrans;
	unsigned int rcvbuf;
	unsigned int sndbuf;
	unsigned int rmem; /* of rcvbuf, in use */
	unsigned int widest_window; /* that the peer ever offered */
	unsigned int offered_window; /* what this end offers now */
	unsigned int dsack_dups;     /* retransmits that arrived twice */
	unsigned short fast;	     /* retransmits seen while watching: after duplicate acknowledgements */
	unsigned short timeout;	     /* after a timeout */
	unsigned short tail_probes;  /* of the tail, when the acknowledgement was late */
	unsigned char flags;	     /* enum transfer_flags */
	unsigned char pad;
};

struct task {
	unsigned int pid; /* the process, in the kernel's words tgid */
	unsigned int tid;
	unsigned int exit_code; /* as wait() gives it: low 7 bits the signal, next 8 the status */
	unsigned int flags;	/* enum task_flags */
	char comm[16];
};

struct event {
	unsigned long long time_ns; /* CLOCK_MONOTONIC */
	unsigned long long sock;    /* kernel address of the socket: the key of one life */
	unsigned int kind;	    /* enum event_kind */
	unsigned int netns;	    /* inode number of the network namespace */
	unsigned int cpu;
	unsigned int reason; /* sk_rst_reason or skb_drop_reason, numbered by the running kernel; of a
				SYN-ACK again 1: the final ACK came and was put off (TCP_DEFER_ACCEPT); of
				an end of ESTABLISHED 1: its route is gone, and every interface but the loopback */
	int error;	     /* errno, positive */
	unsigned int device; /* of a failed call: index of the interface to which its socket is bound, or 0;
				of a segment: bytes of its payload */
	unsigned char old_state;
	unsigned char new_state;
	unsigned char family; /* AF_INET or AF_INET6 */
	unsigned char trigger_flags; /* TCP flags of the packet that a passive reset answers */
	unsigned short local_port;
	unsigned short remote_port;
	unsigned char local[16]; /* IPv4 in the first four bytes */
	unsigned char remote[16];
	struct segment segment;
	struct task task;
	struct sock_info info;
	struct transfer transfer;
};

/* A call of connect that has not led to a SYN yet. */
struct call {
	unsigned long long time_ns;
	unsigned long long sock;
	unsigned int thread; /* 0: a free place */
	unsigned int pid;
	unsigned int netns;
	unsigned int device;
	char comm[16];
	unsigned char remote[16];
	unsigned short port;
	unsigned short family;
	unsigned int pad;
};

/* What user space tells the programs before they are loaded. */
struct settings {
	unsigned int tick_us;		 /* one jiffy: the resolution of CLOCK_MONOTONIC_COARSE */
	unsigned char wanted_drops[256]; /* by skb_drop_reason: 1, send it */
};

/* Ends of connections in trouble, for which a look at all sockets searches. */
#define MOST_WANTED 16

struct wanted_end {
	unsigned char address[16]; /* IPv4 in the first four bytes, the rest 0 */
	unsigned short port;
	unsigned short pad;
	unsigned int pid; /* not 0: whatever this process has open to the port, at any address */
};

struct wanted {
	unsigned int count;
	struct wanted_end ends[MOST_WANTED];
};

/* Processes whose connections the next look at all sockets tells one by one. */
#define MOST_FOLLOWED 64

struct followed_process {
	unsigned int pid;
	unsigned int room; /* connections of it that are still told */
};

struct followed {
	unsigned int look; /* counts them; 0: none is told, and nobody noted */
	unsigned int count;
	struct followed_process processes[MOST_FOLLOWED];
};

/* A process with connections whose answers are late, in which look, and how many. */
struct waiter {
	unsigned int look;
	unsigned int late;
};

/* An address as a map key: IPv4 in the first four bytes, the rest 0. */
struct address {
	unsigned char bytes[16];
} __attribute__((aligned(8)));

/* Healthy connections, counted and not sent one by one. */
struct traffic_key {
	unsigned int netns;
	unsigned int pid; /* 0: not known */
	unsigned char remote[16];
	unsigned short port; /* the service's: remote when this end opened, else local */
	unsigned char family;
	unsigned char opener;
};

#define LIFETIME_BUCKETS 24 /* bucket n: lives of 2^n to 2^(n+1) units of 65.5 us; the first and last take the rest */

struct traffic {
	unsigned long long closed;
	unsigned long long bytes_sent;
	unsigned long long bytes_received;
	unsigned long long first_ns;
	unsigned long long last_ns;
	unsigned long long lifetimes[LIFETIME_BUCKETS];
	char comm[16];
};

/* One number per index of the counters map, per CPU. */
enum counter {
	COUNT_OPENED,	/* handshakes completed by connect */
	COUNT_ACCEPTED, /* handshakes completed on listeners, with clients elsewhere */
	COUNT_CLOSED,	/* of both: connections that ended by FIN from both sides */
	COUNT_FAILED,	/* sockets that ended in any other way, attempts included */
	COUNT_RETRANSMITS, /* of all kinds; of these: */
	COUNT_RETRANSMITS_SYN,
	COUNT_RETRANSMITS_FAST,
	COUNT_RETRANSMITS_TIMEOUT,
	COUNT_RETRANSMITS_TAIL,
	COUNT_EVENTS,
	COUNT_LOST, /* events that found the ring buffer full */
	COUNT_MAX,
};

#endif
