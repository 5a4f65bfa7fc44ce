/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Returns of connect and accept4: failures that no socket event tells, and the
 * process that accepted a connection. The only classic tracepoints that we use. */
#include "event.h"

#define EINTR 4
#define EBADF 9
#define EAGAIN 11
#define ENOTSOCK 88
#define EISCONN 106
#define EALREADY 114
#define EINPROGRESS 115

struct sys_exit {
	u64 common;
	long id;
	long ret;
};

/* The socket behind a descriptor of the current process, which must be a socket's. */
static __always_inline struct sock *socket_of(int fd)
{
	struct fdtable *table = bpf_get_current_task_btf()->files->fdt;
	struct socket *socket;
	struct file *file = NULL;

	if (fd < 0 || (u32)fd >= table->max_fds)
		return NULL;
	bpf_probe_read_kernel(&file, sizeof(file), table->fd + fd);
	socket = BPF_CORE_READ(file, private_data);
	return BPF_CORE_READ(socket, sk);
}

/* The first arguments of the call that returns: registers keep them on x86-64, and
 * arm64 keeps all but the one that holds the result. */
static __always_inline struct pt_regs *registers(void)
{
	return (void *)bpf_task_pt_regs((void *)bpf_get_current_task_btf());
}

static __always_inline int first_argument(void)
{
	struct pt_regs *regs = registers();

	return PT_REGS_PARM1_CORE_SYSCALL(regs);
}

/* Where connect wanted to go. Without a route the socket never learned it. */
static __always_inline void fill_destination(struct event *event)
{
	struct pt_regs *regs = registers();
	const void *address = (const void *)(unsigned long)PT_REGS_PARM2_CORE_SYSCALL(regs);
	struct {
		u16 family;
		__be16 port;
		u8 four[4];
		u8 six[16];
	} wanted = {};

	if (bpf_probe_read_user(&wanted, 8, address))
		return;
	if (wanted.family == AF_INET) {
		__builtin_memcpy(event->remote, wanted.four, 4);
	} else if (wanted.family == AF_INET6 && !bpf_probe_read_user(&wanted, sizeof(wanted), address)) {
		__builtin_memcpy(event->remote, wanted.six, 16);
	} else {
		return;
	}
	event->family = wanted.family;
	event->remote_port = bpf_ntohs(wanted.port);
}

static __always_inline int call_failed(u32 call, int error, int fd)
{
	/* The call failed, but not for want of a socket: that is told by ENOTSOCK and EBADF. */
	struct sock *sk = error == ENOTSOCK || error == EBADF ? NULL : socket_of(fd);
	u16 family = BPF_CORE_READ(sk, __sk_common.skc_family);
	struct event *event;

	if (!sk || BPF_CORE_READ(sk, sk_protocol) != IPPROTO_TCP || (family != AF_INET && family != AF_INET6))
		return 0;
	event = new_event(EVENT_CALL_FAILED);
	if (!event)
		return 0;
	event->call = call;
	event->error = error;
	event->sock = (u64)sk;
	event->old_state = BPF_CORE_READ(sk, __sk_common.skc_state);
	fill_addresses(event, &sk->__sk_common);
	if (call == CALL_CONNECT && !event->remote_port)
		fill_destination(event);
	fill_info(&event->info, (void *)sk);
	fill_task(&event->task, 0);
	send_event(event);
	return 0;
}

SEC("tracepoint/syscalls/sys_exit_connect")
int on_connect_return(struct sys_exit *ctx)
{
	int error = -ctx->ret;

	if (error <= 0 || error == EINPROGRESS || error == EALREADY || error == EAGAIN || error == EINTR || error == EISCONN)
		return 0;
	return call_failed(CALL_CONNECT, error, first_argument());
}

#define WHILE_FULL_NS 60000000000ULL

/* A queue that soon runs empty was too short for a burst; one that stays full is not served. */
static __noinline int drained(struct sock *listener)
{
	u64 address = (u64)listener;
	u64 *since = bpf_map_lookup_elem(&full_listeners, &address);
	struct event *event;

	if (!since || BPF_CORE_READ(listener, sk_ack_backlog))
		return 0;
	event = new_event(EVENT_QUEUE_DRAINED);
	if (!event)
		return 0;
	event->sock = address;
	fill_addresses(event, &listener->__sk_common);
	event->info.age_us = since_us(*since, event->time_ns);
	event->info.max_ack_backlog = BPF_CORE_READ(listener, sk_max_ack_backlog);
	fill_task(&event->task, 0);
	send_event(event);
	bpf_map_delete_elem(&full_listeners, &address);
	return 0;
}

static __always_inline int accepted(long ret)
{
	u32 pid = bpf_get_current_pid_tgid() >> 32;
	struct flow *flow;
	u8 yes = 1;

	if (ret < 0) {
		if (ret == -EAGAIN || ret == -EINTR)
			return 0;
		return call_failed(CALL_ACCEPT, -ret, first_argument());
	}
	if (last_full_ns && bpf_ktime_get_ns() - last_full_ns < WHILE_FULL_NS)
		drained(socket_of(first_argument()));
	flow = find_flow((u64)socket_of(ret));
	if (flow && !flow->pid) {
		flow->pid = pid;
		read_comm(flow->comm);
	}
	if (flow && !bpf_map_lookup_elem(&servers, &pid))
		bpf_map_update_elem(&servers, &pid, &yes, BPF_ANY);
	return 0;
}

SEC("tracepoint/syscalls/sys_exit_accept4")
int on_accept4_return(struct sys_exit *ctx)
{
	return accepted(ctx->ret);
}

SEC("tracepoint/syscalls/sys_exit_accept")
int on_accept_return(struct sys_exit *ctx)
{
	return accepted(ctx->ret);
}
