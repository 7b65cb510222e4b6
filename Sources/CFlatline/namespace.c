/* For setns(2); the rest of this module is built without. */
#define _GNU_SOURCE

#include "CFlatline.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/socket.h>

struct opening {
  int namespace;
  int protocol;
  int descriptor;
  int error;
};

/* A thread of its own: setns(2) moves only the calling one, and descriptors belong to the whole process. */
static void *open_there(void *argument) {
  struct opening *opening = argument;
  if (setns(opening->namespace, CLONE_NEWNET) == 0)
    opening->descriptor = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, opening->protocol);
  if (opening->descriptor < 0) opening->error = errno;
  return NULL;
}

int flatline_open_netlink_in(int namespace, int protocol, int *descriptor) {
  struct opening opening = {.namespace = namespace, .protocol = protocol, .descriptor = -1};
  sigset_t all, before;
  pthread_t thread;
  /* No handler of the app's runs on it. */
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  int code = pthread_create(&thread, NULL, open_there, &opening);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  if (code != 0) return code;
  pthread_join(thread, NULL);
  *descriptor = opening.descriptor;
  return opening.error;
}
