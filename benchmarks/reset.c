/* SPDX-License-Identifier: MIT */
/* Breaks COUNT connections on loopback: the server closes with data unread, so
 * that the kernel sends a reset. Prints the time of the last, in seconds: reset COUNT */
#include <arpa/inet.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(7900), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	char request[3001] = "GET / HTTP/1.1\r\n", byte;
	struct timespec time;

	if (setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int)) || bind(listener, (void *)&address, sizeof(address)) || listen(listener, 16))
		err(1, "listen");
	for (int left = argc == 2 ? atoi(argv[1]) : 1; left > 0; left--) {
		int client = socket(AF_INET, SOCK_STREAM, 0), server;

		if (connect(client, (void *)&address, sizeof(address)) || (server = accept(listener, NULL, NULL)) < 0)
			err(1, "connect");
		if (write(client, request, sizeof(request)) != sizeof(request) || read(server, &byte, 1) != 1)
			err(1, "request");
		clock_gettime(CLOCK_REALTIME, &time);
		close(server);
		if (read(client, &byte, 1) >= 0)
			errx(1, "no reset came");
		close(client);
	}
	printf("%ld.%06ld\n", time.tv_sec, time.tv_nsec / 1000);
	return 0;
}
