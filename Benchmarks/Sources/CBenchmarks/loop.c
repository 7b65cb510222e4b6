#include "CBenchmarks.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>

/* What any program must keep: whom to tell. Indexed by descriptor. */
struct watch {
  bench_callback callback;
  void *context;
};

struct bench_loop {
  int set;
  pthread_t thread;
  pthread_mutex_t lock;
  struct watch *watches;
  int room;
  bool looks;
  /* Where the looks go on. */
  int position;
};

static void *run(void *argument) {
  struct bench_loop *loop = argument;
  struct epoll_event events[256];
  for (;;) {
    int count = epoll_wait(loop->set, events, 256, -1);
    if (count < 0 && errno != EINTR) return NULL;
    for (int index = 0; index < count; index++) {
      if (!(events[index].events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR))) continue;
      pthread_mutex_lock(&loop->lock);
      struct watch watch = loop->watches[events[index].data.fd];
      pthread_mutex_unlock(&loop->lock);
      if (watch.callback != NULL) watch.callback(watch.context);
    }
  }
}

struct bench_loop *bench_loop_create(void) {
  struct bench_loop *loop = calloc(1, sizeof *loop);
  if (loop == NULL) return NULL;
  pthread_mutex_init(&loop->lock, NULL);
  loop->set = epoll_create1(EPOLL_CLOEXEC);
  if (loop->set < 0) return NULL;
  int error = pthread_create(&loop->thread, NULL, run, loop);
  if (error == 0) return loop;
  errno = error;
  return NULL;
}

static int make_room(struct bench_loop *loop, int descriptor) {
  if (descriptor < loop->room) return 0;
  int room = loop->room > 0 ? loop->room : 64;
  while (room <= descriptor) room *= 2;
  struct watch *watches = realloc(loop->watches, (size_t)room * sizeof *watches);
  if (watches == NULL) return ENOMEM;
  memset(watches + loop->room, 0, (size_t)(room - loop->room) * sizeof *watches);
  loop->watches = watches;
  loop->room = room;
  return 0;
}

/* Looks at the next of 52 shares. Nobody removes any meanwhile. */
static void look(struct bench_loop *loop) {
  for (int count = (loop->room + 51) / 52; count > 0; count--) {
    int descriptor = loop->position++ % loop->room;
    if (loop->watches[descriptor].callback == NULL) continue;
    struct tcp_info info;
    socklen_t length = sizeof info;
    getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, &info, &length);
    uint64_t cookie;
    length = sizeof cookie;
    if (loop->position % 4 == 0) getsockopt(descriptor, SOL_SOCKET, SO_COOKIE, &cookie, &length);
  }
}

static void *keep_looking(void *argument) {
  struct bench_loop *loop = argument;
  for (;;) {
    nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
    pthread_mutex_lock(&loop->lock);
    look(loop);
    pthread_mutex_unlock(&loop->lock);
  }
}

int bench_loop_look(struct bench_loop *loop) {
  pthread_t thread;
  loop->looks = true;
  return pthread_create(&thread, NULL, keep_looking, loop);
}

static void keep_alive(int descriptor) {
  int one = 1, most = 127;
  setsockopt(descriptor, IPPROTO_TCP, TCP_KEEPIDLE, &one, sizeof one);
  setsockopt(descriptor, IPPROTO_TCP, TCP_KEEPINTVL, &one, sizeof one);
  setsockopt(descriptor, IPPROTO_TCP, TCP_KEEPCNT, &most, sizeof most);
  setsockopt(descriptor, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof one);
}

int bench_loop_add(struct bench_loop *loop, int descriptor, bench_callback callback, void *context) {
  pthread_mutex_lock(&loop->lock);
  int error = make_room(loop, descriptor);
  if (error == 0) loop->watches[descriptor] = (struct watch){callback, context};
  pthread_mutex_unlock(&loop->lock);
  if (error != 0) return error;
  if (loop->looks) keep_alive(descriptor);
  struct epoll_event event = {.events = EPOLLRDHUP | EPOLLET, .data.fd = descriptor};
  return epoll_ctl(loop->set, EPOLL_CTL_ADD, descriptor, &event) == 0 ? 0 : errno;
}

int bench_loop_remove(struct bench_loop *loop, int descriptor) {
  if (epoll_ctl(loop->set, EPOLL_CTL_DEL, descriptor, NULL) != 0) return errno;
  pthread_mutex_lock(&loop->lock);
  loop->watches[descriptor] = (struct watch){NULL, NULL};
  pthread_mutex_unlock(&loop->lock);
  return 0;
}
