#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "internal.h"

/* The agent is process 1 of a PID namespace of its own: when it ends, the kernel ends all that it started. */

#define CONTROL 3
#define MAXIMUM_CHILDREN 512

struct child {
  pid_t pid; /* 0: free */
  uint32_t network;
  int status; /* where its end is reported */
};

static int networks[FLATLINE_LAB_NETWORKS];
static struct child children[MAXIMUM_CHILDREN];

/* ---- Its namespaces ---- */

static int write_text(const char *path, const char *text) {
  int file = open(path, O_WRONLY | O_CLOEXEC);
  if (file < 0) return errno;
  ssize_t count = write(file, text, strlen(text));
  int error = count < 0 ? errno : 0;
  close(file);
  return error;
}

/* "0 NUMBER 1": we are root in there, and ourselves outside. */
static void write_map_line(char line[32], unsigned number) {
  char digits[12];
  int count = 0;
  do {
    digits[count++] = (char)('0' + number % 10);
    number /= 10;
  } while (number > 0);
  char *next = line;
  *next++ = '0';
  *next++ = ' ';
  while (count > 0) *next++ = digits[--count];
  *next++ = ' ';
  *next++ = '1';
  *next = 0;
}

static int map_user(uid_t user, gid_t group) {
  char line[32];
  /* Where an ordinary user maps its group, it has to give up setgroups(2) first (user_namespaces(7)). */
  int error = write_text("/proc/self/setgroups", "deny");
  if (error != 0 && error != ENOENT) return error;
  write_map_line(line, user);
  if ((error = write_text("/proc/self/uid_map", line)) != 0) return error;
  write_map_line(line, group);
  return write_text("/proc/self/gid_map", line);
}

/* The settings of a network just made. Where /proc is not to be written to, the lab works without them: its
   path moves no IPv6, and only what one connection learnt of the path shows in the next. */
static void settle_network(void) {
  write_text("/proc/sys/net/ipv6/conf/default/disable_ipv6", "1");
  write_text("/proc/sys/net/ipv4/tcp_no_metrics_save", "1");
}

static int make_networks(void) {
  for (int i = 0; i < FLATLINE_LAB_NETWORKS; i++) {
    if (i > 0 && unshare(CLONE_NEWNET) != 0) return errno;
    networks[i] = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
    if (networks[i] < 0) return errno;
    settle_network();
  }
  return setns(networks[FLATLINE_LAB_PATH], CLONE_NEWNET) == 0 ? 0 : errno;
}

/* Programs shall find themselves in /proc. Where the kernel says no (containers hide parts of theirs), they
   see the outer one. */
static void mount_own_proc(void) {
  if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) return;
  mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
}

/* ---- Its children ---- */

static void on_child(int number) { (void)number; }

static void note_end(pid_t pid, int status) {
  for (int i = 0; i < MAXIMUM_CHILDREN; i++) {
    if (children[i].pid != pid) continue;
    ssize_t ignored = write(children[i].status, &status, sizeof status);
    (void)ignored; /* whoever was interested may be gone */
    close(children[i].status);
    children[i].pid = 0;
  }
}

static void reap(void) {
  int status;
  pid_t pid;
  /* Includes orphans of our children: their parent is process 1. */
  while ((pid = waitpid(-1, &status, WNOHANG)) > 0) note_end(pid, status);
}

static struct child *free_child(void) {
  for (int i = 0; i < MAXIMUM_CHILDREN; i++) {
    if (children[i].pid == 0) return &children[i];
  }
  return NULL;
}

/* The child's part of both kinds of start. */
static _Noreturn void live(const struct flatline_lab_request *request, const int *descriptors, int report) {
  setsid();
  flatline_lab_reset_signals();
  if (request->operation == FLATLINE_LAB_PEER) {
    int control = dup2(descriptors[0], CONTROL);
    syscall(SYS_close_range, (unsigned)CONTROL + 1, ~0U, 0);
    flatline_lab_peer(control, (uint16_t)request->arguments[0]);
  }
  int error = flatline_lab_become(descriptors);
  ssize_t ignored = write(report, &error, sizeof error);
  (void)ignored;
  _exit(127);
}

/* Starts a child in a network. `report` closes by its exec or carries the errno of what failed. */
static int start_child(const struct flatline_lab_request *request, const int *descriptors, int *pidfd) {
  struct child *child = free_child();
  if (child == NULL) return EAGAIN;
  int report[2];
  if (pipe2(report, O_CLOEXEC) != 0) return errno;
  if (setns(networks[request->network], CLONE_NEWNET) != 0) {
    int error = errno;
    close(report[0]);
    close(report[1]);
    return error;
  }
  pid_t pid = flatline_lab_fork(SIGCHLD);
  int error = pid < 0 ? errno : 0;
  if (pid == 0) live(request, descriptors, report[1]);
  /* Back where frames are moved; it was possible before. */
  setns(networks[FLATLINE_LAB_PATH], CLONE_NEWNET);
  close(report[1]);
  if (error == 0) {
    ssize_t count;
    do {
      count = read(report[0], &error, sizeof error);
    } while (count < 0 && errno == EINTR);
  }
  close(report[0]);
  if (error != 0) return error; /* the child ends by itself and is reaped like an orphan */
  *pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
  if (*pidfd < 0) {
    error = errno;
    kill(pid, SIGKILL);
    return error;
  }
  child->pid = pid;
  child->network = request->network;
  return 0;
}

static int start_and_keep(
    const struct flatline_lab_request *request, const int *descriptors, int count, int *pidfd) {
  int wanted = request->operation == FLATLINE_LAB_PEER ? 2 : 6;
  if (count != wanted) return EINVAL;
  struct child *child = free_child();
  int status = fcntl(descriptors[count - 1], F_DUPFD_CLOEXEC, CONTROL + 1);
  if (status < 0) return errno;
  int error = start_child(request, descriptors, pidfd);
  if (error != 0) {
    close(status);
    return error;
  }
  child->status = status;
  return 0;
}

/* Kills all of a network's programs, with their process groups, and waits for their end. */
static int crash(uint32_t network) {
  for (int i = 0; i < MAXIMUM_CHILDREN; i++) {
    if (children[i].pid == 0 || children[i].network != network) continue;
    pid_t pid = children[i].pid;
    kill(-pid, SIGKILL);
    int status;
    pid_t ended;
    do {
      ended = waitpid(pid, &status, 0);
    } while (ended < 0 && errno == EINTR);
    if (ended == pid) note_end(pid, status);
  }
  return 0;
}

/* ---- Its service ---- */

static int make_socket(const struct flatline_lab_request *request, int *made) {
  if (setns(networks[request->network], CLONE_NEWNET) != 0) return errno;
  *made = socket(request->arguments[0], request->arguments[1] | SOCK_CLOEXEC, request->arguments[2]);
  int error = *made < 0 ? errno : 0;
  setns(networks[FLATLINE_LAB_PATH], CLONE_NEWNET);
  return error;
}

static void serve_one(void) {
  struct flatline_lab_request request;
  int descriptors[FLATLINE_LAB_MAXIMUM_DESCRIPTORS];
  int count = FLATLINE_LAB_MAXIMUM_DESCRIPTORS;
  int error = flatline_lab_receive(CONTROL, &request, sizeof request, descriptors, &count);
  if (error == ECONNRESET) _exit(0); /* the lab is closed, or its process has ended */
  int made = -1;
  if (error == 0 && request.network >= FLATLINE_LAB_NETWORKS) error = EINVAL;
  if (error == 0) {
    switch (request.operation) {
    case FLATLINE_LAB_SOCKET: error = make_socket(&request, &made); break;
    case FLATLINE_LAB_SPAWN:
    case FLATLINE_LAB_PEER: error = start_and_keep(&request, descriptors, count, &made); break;
    case FLATLINE_LAB_CRASH: error = crash(request.network); break;
    default: error = EINVAL;
    }
  }
  for (int i = 0; i < count; i++) close(descriptors[i]);
  struct flatline_lab_reply reply = {.error = error};
  flatline_lab_send(CONTROL, &reply, sizeof reply, &made, made >= 0 ? 1 : 0);
  if (made >= 0) close(made);
}

static _Noreturn void serve(void) {
  sigset_t none;
  sigemptyset(&none);
  while (1) {
    struct pollfd entry = {.fd = CONTROL, .events = POLLIN};
    /* The end of a child interrupts this, and nothing else does: SIGCHLD is blocked elsewhere. */
    int ready = ppoll(&entry, 1, NULL, &none);
    reap();
    if (ready > 0) serve_one();
  }
}

static _Noreturn void fail(int error, int step) {
  struct flatline_lab_reply reply = {.error = error, .step = step};
  flatline_lab_send(CONTROL, &reply, sizeof reply, NULL, 0);
  _exit(1);
}

/* Nothing of our process's stays open here: a socket that it closes must be closed. */
static void keep_only(int control) {
  dup2(control, CONTROL);
  syscall(SYS_close_range, (unsigned)CONTROL + 1, ~0U, 0);
  int null = open("/dev/null", O_RDWR);
  for (int stream = 0; stream < 3; stream++) dup2(null, stream);
  if (null > CONTROL) close(null);
  fcntl(CONTROL, F_SETFD, FD_CLOEXEC);
}

void flatline_lab_agent(int control, int has_user_namespace, uid_t user, gid_t group) {
  keep_only(control);
  setsid(); /* Ctrl-C is for our process: it decides when the lab ends */
  prctl(PR_SET_NAME, "flatline-lab");
  flatline_lab_reset_signals();
  struct sigaction action = {.sa_handler = on_child};
  sigaction(SIGCHLD, &action, NULL);
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, NULL);

  int error = has_user_namespace ? map_user(user, group) : 0;
  if (error != 0) fail(error, FLATLINE_LAB_STEP_USER_MAP);
  mount_own_proc();
  error = make_networks();
  if (error != 0) fail(error, FLATLINE_LAB_STEP_NETWORKS);
  struct flatline_lab_reply reply = {0};
  if (flatline_lab_send(CONTROL, &reply, sizeof reply, networks, FLATLINE_LAB_NETWORKS) != 0) _exit(1);
  serve();
}
