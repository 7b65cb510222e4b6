#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "internal.h"

/* `words` is a memory file: two counts (arguments, settings), then the path, the arguments and the environment's
   settings, each ended by a zero byte. */

struct counts {
  uint32_t arguments;
  uint32_t settings;
};

static void *pages(size_t size, int file) {
  int flags = MAP_PRIVATE | (file < 0 ? MAP_ANONYMOUS : 0);
  return mmap(NULL, size, PROT_READ | PROT_WRITE, flags, file, 0);
}

/* The next `count` strings as the array that execve(2) takes. */
static char **take(char **next, const char *end, uint32_t count) {
  char **list = pages((count + 1UL) * sizeof(char *), -1);
  if (list == MAP_FAILED) return NULL;
  for (uint32_t i = 0; i < count; i++) {
    char *stop = *next < end ? memchr(*next, 0, (size_t)(end - *next)) : NULL;
    if (stop == NULL) {
      errno = EBADMSG;
      return NULL;
    }
    list[i] = *next;
    *next = stop + 1;
  }
  return list;
}

int flatline_lab_become(const int descriptors[5]) {
  struct stat file;
  if (fstat(descriptors[0], &file) != 0) return errno;
  if (file.st_size < (off_t)sizeof(struct counts)) return EBADMSG;
  char *bytes = pages((size_t)file.st_size, descriptors[0]);
  if (bytes == MAP_FAILED) return errno;
  const struct counts *counts = (const struct counts *)bytes;
  char *next = bytes + sizeof *counts;
  const char *end = bytes + file.st_size;
  char **path = take(&next, end, 1);
  char **arguments = path == NULL ? NULL : take(&next, end, counts->arguments);
  char **settings = arguments == NULL ? NULL : take(&next, end, counts->settings);
  if (settings == NULL) return errno;

  if (fchdir(descriptors[1]) != 0) return errno;
  /* Descriptors that came with a message are above the streams: none is overwritten before it is used. */
  for (int i = 0; i < 3; i++) {
    if (dup2(descriptors[2 + i], i) < 0) return errno;
  }
  if (syscall(SYS_close_range, 3U, ~0U, 4U /* CLOSE_RANGE_CLOEXEC */) != 0) return errno;
  execve(path[0], arguments, settings);
  return errno;
}
