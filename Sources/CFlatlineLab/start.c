#define _GNU_SOURCE

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "internal.h"

pid_t flatline_lab_fork(unsigned long flags) { return (pid_t)syscall(SYS_clone, flags, 0, 0, 0, 0); }

void flatline_lab_reset_signals(void) {
  struct sigaction standard = {.sa_handler = SIG_DFL};
  for (int number = 1; number < 65; number++) sigaction(number, &standard, NULL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Without an exit signal: our process gets no SIGCHLD for it, and its own waitpid(-1) does not find it. */
static const unsigned long isolation = CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWPID;

static pid_t start(int control, unsigned long user_namespace) {
  uid_t user = geteuid();
  gid_t group = getegid();
  pid_t pid = flatline_lab_fork(isolation | user_namespace);
  if (pid == 0) flatline_lab_agent(control, user_namespace != 0, user, group);
  return pid;
}

/* The agent's first message. */
static int wait_until_ready(int control, int networks[FLATLINE_LAB_NETWORKS], int *step) {
  struct pollfd entry = {.fd = control, .events = POLLIN};
  int ready;
  do {
    ready = poll(&entry, 1, 10000);
  } while (ready < 0 && errno == EINTR);
  if (ready <= 0) return ready == 0 ? ETIMEDOUT : errno;
  struct flatline_lab_reply reply;
  int count = FLATLINE_LAB_NETWORKS;
  int error = flatline_lab_receive(control, &reply, sizeof reply, networks, &count);
  if (error != 0) return error;
  *step = reply.step;
  if (reply.error != 0) return reply.error;
  return count == FLATLINE_LAB_NETWORKS ? 0 : EBADMSG;
}

int flatline_lab_start(int *pid, int *control, int networks[FLATLINE_LAB_NETWORKS], int *step) {
  int ends[2];
  *step = FLATLINE_LAB_STEP_CLONE;
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) return errno;

  /* No handler of ours may run in the agent before it has put them away. */
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pid_t child = geteuid() == 0 ? start(ends[1], 0) : -1;
  if (child < 0) child = start(ends[1], CLONE_NEWUSER);
  int error = child < 0 ? errno : 0;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  close(ends[1]);

  if (error == 0) error = wait_until_ready(ends[0], networks, step);
  if (error != 0) {
    close(ends[0]);
    if (child > 0) flatline_lab_wait_for_end(child);
    return error;
  }
  *pid = child;
  *control = ends[0];
  return 0;
}

void flatline_lab_wait_for_end(int pid) {
  while (waitpid(pid, NULL, __WALL) < 0 && errno == EINTR) {
  }
}
