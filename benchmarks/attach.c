/* What the programs of bpf/watch cost a busy server, without the program that reads
 * them: attaches and detaches them many times inside one load, and compares the
 * processor time that a connection takes in neighbouring windows of a fraction of a
 * second. Time, not throughput: it holds when others want the processors too.
 *   attach OBJECT CGROUP PAIRS MILLISECONDS PID,PID... [PROGRAM...]
 * CGROUP is the root of cgroup v2, the PIDs are all that the load keeps busy, the first
 * in the server's network namespace; without a PROGRAM nothing is attached: the control.
 * Prints for each pair the share lost, and a connection's microseconds without and with. */
#include <bpf/libbpf.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int snmp, times[64], threads;

static void fail(const char *what)
{
	fprintf(stderr, "attach: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* What sched_info counts of each thread of a process: nanoseconds on a processor. */
static void open_times(const char *pid)
{
	char path[320];
	struct dirent *entry;
	DIR *tasks;

	snprintf(path, sizeof(path), "/proc/%s/task", pid);
	tasks = opendir(path);
	if (!tasks)
		fail(path);
	while ((entry = readdir(tasks))) {
		if (entry->d_name[0] == '.' || threads == 64)
			continue;
		snprintf(path, sizeof(path), "/proc/%s/task/%s/schedstat", pid, entry->d_name);
		times[threads] = open(path, O_RDONLY);
		if (times[threads++] < 0)
			fail(path);
	}
	closedir(tasks);
}

static long long busy_ns(void)
{
	long long sum = 0;

	for (int i = 0; i < threads; i++) {
		char text[128] = "";

		if (pread(times[i], text, sizeof(text) - 1, 0) <= 0)
			fail("schedstat");
		sum += atoll(text);
	}
	return sum;
}

/* PassiveOpens: the second line of Tcp:, its sixth number. */
static long long taken(void)
{
	char text[8192], *line;
	ssize_t length = pread(snmp, text, sizeof(text) - 1, 0);
	long long count;

	if (length <= 0)
		fail("snmp");
	text[length] = 0;
	line = strstr(text, "\nTcp: ");
	line = line ? strstr(line + 1, "\nTcp: ") : NULL;
	if (!line || sscanf(line, " Tcp: %*s %*s %*s %*s %*s %lld", &count) != 1)
		fail("PassiveOpens");
	return count;
}

static double us_each(int ms)
{
	long long busy, before;

	usleep(15000); /* what patching the kernel's text stirs up */
	busy = busy_ns();
	before = taken();
	usleep(ms * 1000);
	return (busy_ns() - busy) / 1e3 / (taken() - before);
}

static int quiet(enum libbpf_print_level level, const char *format, va_list list)
{
	return level == LIBBPF_WARN ? vfprintf(stderr, format, list) : 0;
}

int main(int count, char **words)
{
	struct bpf_link *links[64];
	struct bpf_program *program, *chosen[64];
	struct bpf_object *object;
	int root, pairs, ms, wanted = 0;
	char path[64];

	if (count < 6) {
		fprintf(stderr, "usage: attach OBJECT CGROUP PAIRS MILLISECONDS PID,PID... [PROGRAM...]\n");
		return 2;
	}
	libbpf_set_print(quiet);
	pairs = atoi(words[3]);
	ms = atoi(words[4]);
	for (char *pid = strtok(words[5], ","); pid; pid = strtok(NULL, ","))
		open_times(pid);
	snprintf(path, sizeof(path), "/proc/%d/net/snmp", atoi(words[5]));
	snmp = open(path, O_RDONLY);
	root = open(words[2], O_RDONLY);
	if (snmp < 0 || root < 0)
		fail(snmp < 0 ? path : words[2]);
	object = bpf_object__open_file(words[1], NULL);
	if (!object)
		fail(words[1]);
	bpf_object__for_each_program(program, object) {
		int chose = 0;

		for (int i = 6; i < count; i++)
			chose |= !strcmp(words[i], bpf_program__name(program));
		bpf_program__set_autoload(program, chose);
		if (chose && wanted < 64)
			chosen[wanted++] = program;
	}
	if (wanted != count - 6) {
		fprintf(stderr, "attach: %d of %d programs are in %s\n", wanted, count - 6, words[1]);
		return 2;
	}
	if (bpf_object__load(object))
		fail("load");
	for (int pair = 0; pair < pairs; pair++) {
		double without = 0, with = 0;

		for (int half = 0; half < 2; half++) {
			/* Each kind of window comes first as often as second. */
			if ((pair + half) % 2 == 0) {
				without = us_each(ms);
				continue;
			}
			for (int i = 0; i < wanted; i++) {
				int cgroup = !strncmp(bpf_program__section_name(chosen[i]), "cgroup", 6);

				links[i] = cgroup ? bpf_program__attach_cgroup(chosen[i], root) : bpf_program__attach(chosen[i]);
				if (!links[i])
					fail(bpf_program__name(chosen[i]));
			}
			with = us_each(ms);
			for (int i = 0; i < wanted; i++)
				bpf_link__destroy(links[i]);
		}
		printf("%.5f %.2f %.2f\n", 1 - without / with, without, with);
		fflush(stdout);
	}
	return 0;
}
