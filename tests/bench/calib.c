/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "common/base/rng.h"

/*
 * What the machine gives, to hold our figures against in the same run:
 *	calib clock		effective GHz, from a chain of additions of one cycle each
 *	calib draw		ns of one random draw
 *	calib write FILE MB	MB per CPU second of write() from a prebuilt buffer of 512 KiB
 */

static double cpu(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
	       (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

/* ${n} dependent additions; the empty asm keeps the compiler from folding the chain. */
static uint64_t chain(uint64_t n)
{
	uint64_t x = 1, step = n | 1;

	for (uint64_t i = 0; i < n / 8; i++)
		for (int k = 0; k < 8; k++) {
			x += step;
			__asm__ volatile("" : "+r"(x));
		}
	return x;
}

static void clock_ghz(void)
{
	uint64_t n = 400u * 1000 * 1000;
	double start = cpu();
	uint64_t x = chain(n);

	printf("%.3f\n", (double)n / (cpu() - start) / 1e9 + (x == 0 ? 1 : 0));
}

static void draw_ns(void)
{
	uint64_t n = 200u * 1000 * 1000, x = 0;
	double start = cpu();

	for (uint64_t i = 0; i < n; i++) {
		x ^= rng_at(12345, i);
		__asm__ volatile("" : "+r"(x));
	}
	printf("%.3f\n", (cpu() - start) * 1e9 / (double)n + (x == 0 ? 1 : 0));
}

static int write_file(const char *path, uint64_t mb)
{
	size_t size = 512 * 1024;
	char *p = malloc(size);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	double start;

	if (p == NULL || fd == -1) {
		perror(path);
		free(p);
		return 1;
	}
	memset(p, 'x', size);
	start = cpu();
	for (uint64_t done = 0; done < mb * 1000000; done += size)
		if (write(fd, p, size) != (ssize_t)size) {
			perror(path);
			free(p);
			return 1;
		}
	printf("%.1f\n", (double)mb / (cpu() - start));
	free(p);
	return close(fd) == 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "clock") == 0)
		clock_ghz();
	else if (argc == 2 && strcmp(argv[1], "draw") == 0)
		draw_ns();
	else if (argc == 4 && strcmp(argv[1], "write") == 0)
		return write_file(argv[2], strtoull(argv[3], NULL, 10));
	else
		return 2;
	return 0;
}
