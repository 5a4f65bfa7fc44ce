/* SPDX-License-Identifier: MIT */
/* The limit for holding connections: bare loops of blocking connect and accept.
 * hold serve PORT PROCESSES: accepts and keeps, until its stdin closes.
 * hold open PORT COUNT PROCESSES SOURCES: opens COUNT connections from
 * 127.0.0.1 to 127.0.0.SOURCES in turn, prints the seconds that it took. */
#include <arpa/inet.h>
#include <err.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#ifndef IP_BIND_ADDRESS_NO_PORT
#define IP_BIND_ADDRESS_NO_PORT 24
#endif

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

static struct sockaddr_in loopback(int last, int port)
{
	return (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(0x7f000000 + last) };
}

static void serve(int port, int processes, rlim_t limit)
{
	struct sockaddr_in address = loopback(1, port);
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	char byte;

	if (listener < 0 || setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int)) ||
	    bind(listener, (void *)&address, sizeof(address)) || listen(listener, 4096))
		err(1, "listen");
	for (int process = 0; process < processes; process++) {
		if (fork())
			continue;
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (rlim_t held = 20; held < limit; held++) {
			if (accept(listener, NULL, NULL) < 0)
				err(1, "accept");
		}
		for (;;)
			pause();
	}
	puts("ready");
	fflush(stdout);
	while (read(0, &byte, 1) > 0)
		;
}

static void open_some(int port, int count, int sources)
{
	struct sockaddr_in to = loopback(1, port);

	for (int n = 0; n < count; n++) {
		struct sockaddr_in from = loopback(1 + n % sources, 0);
		int fd = socket(AF_INET, SOCK_STREAM, 0);

		if (fd < 0 || setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &(int){1}, sizeof(int)) ||
		    bind(fd, (void *)&from, sizeof(from)) || connect(fd, (void *)&to, sizeof(to)))
			err(1, "connect %d", n);
	}
}

static void open_all(int port, int count, int processes, int sources)
{
	int ready[2], done[2];
	double begin;
	char byte;

	if (pipe(ready) || pipe(done))
		err(1, "pipe");
	for (int process = 0; process < processes; process++) {
		if (fork())
			continue;
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(ready[1]);
		if (read(ready[0], &byte, 1) != 0) /* all begin when the parent closes its end */
			err(1, "read");
		open_some(port, count / processes + (process < count % processes), sources);
		if (write(done[1], "", 1) != 1)
			err(1, "write");
		for (;;)
			pause();
	}
	close(done[1]);
	begin = now();
	close(ready[1]);
	for (int process = 0; process < processes; process++) {
		if (read(done[0], &byte, 1) != 1)
			errx(1, "a process failed");
	}
	printf("%.4f\n", now() - begin);
}

int main(int argc, char **argv)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		err(1, "getrlimit");
	limit.rlim_cur = limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &limit))
		err(1, "setrlimit");
	if (argc == 4 && !strcmp(argv[1], "serve"))
		serve(atoi(argv[2]), atoi(argv[3]), limit.rlim_max);
	else if (argc == 6 && !strcmp(argv[1], "open"))
		open_all(atoi(argv[2]), atoi(argv[3]), atoi(argv[4]), atoi(argv[5]));
	else
		errx(2, "usage: hold serve PORT PROCESSES | hold open PORT COUNT PROCESSES SOURCES");
	return 0; /* its children die with it */
}
