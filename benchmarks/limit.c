/* SPDX-License-Identifier: MIT */
/* The limit for listing sockets: the bare loop over the same two iterators as
 * tcpwhy's, joined and counted, nothing printed.
 * limit list.bpf.o NETNS...: each NETNS a file that setns takes. */
#define _GNU_SOURCE
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <err.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "../bpf/list/rows.h"

struct holder {
	unsigned long long inode;
	unsigned int pid, fd;
};

static struct holder *table;
static size_t slots = 1 << 16, used;

static struct holder *find(unsigned long long inode)
{
	size_t at = inode * 0x9e3779b97f4a7c15ull >> 20 & (slots - 1);

	while (table[at].inode && table[at].inode != inode)
		at = (at + 1) & (slots - 1);
	return &table[at];
}

static void grow(void)
{
	struct holder *old = table;
	size_t count = slots;

	slots *= 2;
	table = calloc(slots, sizeof(*table));
	for (size_t i = 0; i < count; i++) {
		if (old[i].inode)
			*find(old[i].inode) = old[i];
	}
	free(old);
}

static void hold(const struct holder_row *row)
{
	struct holder *holder = find(row->inode);

	if (holder->inode)
		return;
	*holder = (struct holder){ row->inode, row->pid, row->fd };
	if (++used * 2 > slots)
		grow();
}

static int iterate(struct bpf_object *object, const char *name)
{
	struct bpf_link *link = bpf_program__attach_iter(bpf_object__find_program_by_name(object, name), NULL);
	int fd = link ? bpf_iter_create(bpf_link__fd(link)) : -1;

	if (fd < 0)
		err(1, "%s", name);
	return fd;
}

int main(int argc, char **argv)
{
	static char buffer[64 * 1024];
	struct bpf_object *object = bpf_object__open_file(argc > 2 ? argv[1] : "", NULL);
	unsigned long sockets = 0, owned = 0, bytes = 0;
	ssize_t length;
	int fd;

	if (!object || bpf_object__load(object))
		err(1, "load");
	table = calloc(slots, sizeof(*table));
	fd = iterate(object, "list_holders");
	while ((length = read(fd, buffer, sizeof(buffer))) > 0) {
		for (ssize_t at = 0; at < length; at += sizeof(struct holder_row))
			hold((void *)(buffer + at));
	}
	close(fd);
	for (int i = 2; i < argc; i++) {
		int netns = open(argv[i], O_RDONLY);

		if (netns < 0 || setns(netns, CLONE_NEWNET))
			err(1, "%s", argv[i]);
		close(netns);
		fd = iterate(object, "list_sockets");
		while ((length = read(fd, buffer, sizeof(buffer))) > 0) {
			for (ssize_t at = 0; at < length; at += ((struct socket_row *)(buffer + at))->size) {
				sockets++;
				owned += find(((struct socket_row *)(buffer + at))->inode)->pid != 0;
			}
			bytes += length;
		}
		close(fd);
	}
	if (length < 0)
		err(1, "read");
	printf("%lu sockets, %lu with a process, %lu bytes\n", sockets, owned, bytes);
	return 0;
}
