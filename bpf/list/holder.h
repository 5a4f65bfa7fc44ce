/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* iter/task_file: which process holds which TCP socket, in every namespace. */
#include "../kernel.h"
#include "rows.h"

SEC("iter/task_file")
int list_holders(struct bpf_iter__task_file *ctx)
{
	struct task_struct *task = ctx->task;
	struct file *file = ctx->file;
	struct holder_row row;
	struct socket *socket;
	struct sock *sk;

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
	row.inode = file->f_inode->i_ino;
	row.pid = task->tgid;
	row.fd = ctx->fd;
	bpf_probe_read_kernel(row.comm, sizeof(row.comm), task->group_leader->comm);
	bpf_seq_write(ctx->meta->seq, &row, sizeof(row));
	return 0;
}
