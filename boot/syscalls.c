/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The system calls that newlib asks for (newlib 3.3.0 libc.info, "System Calls"). There is a console to
 * write to and a small heap, which printf's floating-point conversions take their scratch from; the
 * rest does not exist and says so.
 */
#include "arch/start.h"
#include "base/types.h"
#include "drivers/console/console.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEAP_BYTES	(64u * 1024u)

int kill(pid_t process, int signal);

static _Alignas(16) uint8_t heap[HEAP_BYTES];
static size_t heap_used;

void *sbrk(ptrdiff_t bytes)
{
	uint8_t *at = heap + heap_used;

	if (bytes > 0 ? (size_t)bytes > HEAP_BYTES - heap_used : (size_t)-bytes > heap_used) {
		errno = ENOMEM;
		return (void *)-1;
	}
	heap_used += (size_t)bytes;
	return at;
}

_READ_WRITE_RETURN_TYPE write(int file, const void *text, size_t count)
{
	(void)file;
	console_write(text, count);
	return (_READ_WRITE_RETURN_TYPE)count;
}

void _exit(int status)
{
	(void)status;
	console_flush();
	arch_reset();
}

static int refuse(void)
{
	errno = ENOSYS;
	return -1;
}

_READ_WRITE_RETURN_TYPE read(int file, void *buffer, size_t count)
{
	(void)file;
	(void)buffer;
	(void)count;
	return refuse();
}

off_t lseek(int file, off_t offset, int from)
{
	(void)file;
	(void)offset;
	(void)from;
	return refuse();
}

int close(int file)
{
	(void)file;
	return refuse();
}

int fstat(int file, struct stat *s)
{
	(void)file;
	s->st_mode = S_IFCHR;		/* a terminal: newlib then does not buffer */
	return 0;
}

int isatty(int file)
{
	(void)file;
	return 1;
}

pid_t getpid(void)
{
	return 1;
}

int kill(pid_t process, int signal)
{
	(void)process;
	(void)signal;
	return refuse();
}
