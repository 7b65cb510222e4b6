#define _GNU_SOURCE

#include "CTestSupport.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int test_support_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC) == 0 ? 0 : errno; }

int test_support_open_process(int pid) {
  long descriptor = syscall(SYS_pidfd_open, pid, 0);
  return descriptor >= 0 ? (int)descriptor : -errno;
}

/* The child's part: between fork and exec only async-signal-safe calls are allowed. Returns on failure only. */
static void become(
    const char *path, char *const arguments[], char *const environment[], const int streams[3],
    pid_t parent) {
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return;
  if (getppid() != parent) _exit(127); /* the parent ended before the line above took hold */

  /* Out of the way first: a stream may have the number of another one's place. */
  int moved[3];
  for (int i = 0; i < 3; i++) {
    moved[i] = fcntl(streams[i], F_DUPFD, 3);
    if (moved[i] < 0) return;
  }
  for (int i = 0; i < 3; i++) {
    if (dup2(moved[i], i) < 0) return;
  }
  if (syscall(SYS_close_range, 3U, ~0U, 4U /* CLOSE_RANGE_CLOEXEC */) != 0) return;

  /* Ignored signals stay ignored over exec, and so does the mask. */
  signal(SIGPIPE, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  execve(path, arguments, environment != NULL ? environment : environ);
}

int test_support_spawn(
    const char *path, char *const arguments[], char *const environment[], const int streams[3],
    int *pid) {
  int report[2]; /* carries the child's errno; its closing by exec is the good news */
  if (pipe2(report, O_CLOEXEC) != 0) return errno;
  pid_t parent = getpid();
  pid_t child = fork();
  if (child < 0) {
    int error = errno;
    close(report[0]);
    close(report[1]);
    return error;
  }
  if (child == 0) {
    become(path, arguments, environment, streams, parent);
    int error = errno;
    ssize_t ignored = write(report[1], &error, sizeof error);
    (void)ignored;
    _exit(127);
  }
  close(report[1]);
  int error = 0;
  ssize_t count;
  do {
    count = read(report[0], &error, sizeof error);
  } while (count < 0 && errno == EINTR);
  close(report[0]);
  if (count == 0) {
    *pid = child;
    return 0;
  }
  while (waitpid(child, NULL, 0) < 0 && errno == EINTR) {
  }
  return error;
}
