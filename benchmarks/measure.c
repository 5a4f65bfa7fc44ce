/* SPDX-License-Identifier: MIT */
/* Runs a command with its stdout thrown away: measure COMMAND...
 * Prints "WALL_MS CPU_MS PEAK_KIB"; ends with the command's status. */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1e3 + time.tv_nsec / 1e6;
}

static double ms(struct timeval time)
{
	return time.tv_sec * 1e3 + time.tv_usec / 1e3;
}

int main(int argc, char **argv)
{
	double begin = now();
	struct rusage use;
	int status;
	pid_t child = argc > 1 ? fork() : -1;

	if (child < 0)
		err(2, "usage: measure COMMAND...");
	if (child == 0) {
		dup2(open("/dev/null", O_WRONLY), 1);
		execvp(argv[1], argv + 1);
		err(127, "%s", argv[1]);
	}
	if (wait4(child, &status, 0, &use) < 0)
		err(1, "wait4");
	printf("%.1f %.1f %ld\n", now() - begin, ms(use.ru_utime) + ms(use.ru_stime), use.ru_maxrss);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
