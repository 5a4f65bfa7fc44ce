/* SPDX-License-Identifier: MIT */
/* Holds many established TCP connections on loopback, both ends, until its
 * stdin closes: sockets PROCESSES PAIRS. Prints "ready" when all are there. */
#include <arpa/inet.h>
#include <err.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static int listen_on(struct sockaddr_in *address)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0 || bind(fd, (void *)address, sizeof(*address)) || listen(fd, 128))
		err(1, "listen");
	return fd;
}

/* Every thousandth connection has unread data, so that queues are not all empty. */
static void talk(int client, int server, int n)
{
	char text[700];
	int length = n % 7 * 100;

	memset(text, 'x', sizeof(text));
	if (length && write(client, text, length) != length)
		err(1, "write");
	if (length && n % 1000 && read(server, text, sizeof(text)) != length)
		err(1, "read");
	if (n % 3 == 0 && setsockopt(server, SOL_SOCKET, SO_KEEPALIVE, &(int){1}, sizeof(int)))
		err(1, "setsockopt");
}

static void hold(int process, int pairs, int ready)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(7000) };
	char name[32];
	int listener;

	snprintf(name, sizeof(name), "holder-%d", process);
	prctl(PR_SET_NAME, name);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	address.sin_addr.s_addr = htonl(0x7f010001 + (process << 8));
	listener = listen_on(&address);
	for (int n = 0; n < pairs; n++) {
		int client = socket(AF_INET, SOCK_STREAM, 0), server;

		if (client < 0 || connect(client, (void *)&address, sizeof(address)))
			err(1, "connect %d", n);
		server = accept(listener, NULL, NULL);
		if (server < 0)
			err(1, "accept %d", n);
		talk(client, server, n);
	}
	if (write(ready, "", 1) != 1)
		err(1, "ready");
	for (;;)
		pause();
}

int main(int argc, char **argv)
{
	int processes = argc == 3 ? atoi(argv[1]) : 0, pairs = argc == 3 ? atoi(argv[2]) : 0;
	struct rlimit limit;
	int ready[2];
	char byte;

	if (processes < 1 || pairs < 1)
		errx(2, "usage: sockets PROCESSES PAIRS");
	if (getrlimit(RLIMIT_NOFILE, &limit))
		err(1, "getrlimit");
	limit.rlim_cur = limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &limit) || pipe(ready))
		err(1, "setrlimit");
	for (int process = 0; process < processes; process++) {
		if (fork() == 0) {
			close(ready[0]);
			hold(process, pairs, ready[1]);
		}
	}
	close(ready[1]);
	for (int process = 0; process < processes; process++) {
		if (read(ready[0], &byte, 1) != 1)
			errx(1, "a holder failed");
	}
	puts("ready");
	fflush(stdout);
	while (read(0, &byte, 1) > 0)
		;
	return 0; /* its children die with it */
}
