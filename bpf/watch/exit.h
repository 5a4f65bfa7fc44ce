/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* sched:sched_process_exit: a process that did not end well, or that had accepted connections. */
#include "event.h"

SEC("tp_btf/sched_process_exit")
int BPF_PROG(on_exit, struct task_struct *task)
{
	struct event *event;
	u32 pid;

	if (BPF_CORE_READ(task, signal, live.counter))
		return 0; /* other threads live on */
	pid = BPF_CORE_READ(task, tgid);
	if (last_server == pid)
		last_server = 0;
	if (bpf_map_delete_elem(&servers, &pid) && !BPF_CORE_READ(task, signal, group_exit_code) && !BPF_CORE_READ(task, exit_code))
		return 0;
	event = new_event(EVENT_EXIT);
	if (!event)
		return 0;
	event->netns = BPF_CORE_READ(task, nsproxy, net_ns, ns.inum);
	fill_task(&event->task, TASK_EXITING);
	send_event(event);
	return 0;
}
