#define _GNU_SOURCE

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/ethtool.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "CFlatlineLab.h"

/* For an ioctl about an interface. */
static struct ifreq request_about(const char *interface) {
  struct ifreq request = {0};
  strncpy(request.ifr_name, interface, IFNAMSIZ - 1);
  return request;
}

static int result(long value) { return value < 0 ? -errno : (int)value; }

int flatline_lab_socket_pair(int ends[2]) {
  return result(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends));
}

int flatline_lab_memory_file(const void *bytes, size_t size) {
  int file = memfd_create("flatline-lab", MFD_CLOEXEC);
  if (file < 0) return -errno;
  for (size_t done = 0; done < size;) {
    ssize_t count = write(file, (const char *)bytes + done, size - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      int error = errno;
      close(file);
      return -error;
    }
    done += (size_t)count;
  }
  return file;
}

int flatline_lab_signal_process(int pidfd, int signal) {
  return result(syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0));
}

int flatline_lab_turn_offloads_off(int socket, const char *interface) {
  static const uint32_t commands[] = {ETHTOOL_STXCSUM, ETHTOOL_STSO, ETHTOOL_SGSO};
  struct ifreq request = request_about(interface);
  for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
    struct ethtool_value value = {.cmd = commands[i], .data = 0};
    request.ifr_data = (char *)&value;
    if (ioctl(socket, SIOCETHTOOL, &request) < 0) return -errno;
  }
  return 0;
}

int flatline_lab_is_running(int socket, const char *interface) {
  struct ifreq request = request_about(interface);
  if (ioctl(socket, SIOCGIFFLAGS, &request) < 0) return -errno;
  return (request.ifr_flags & IFF_RUNNING) != 0;
}

int flatline_lab_open_port(int socket, int interface_index) {
  int on = 1;
  if (setsockopt(socket, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof on) < 0) return -errno;
  if (setsockopt(socket, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on) < 0) return -errno;
  /* A burst shall wait for the forwarder, not be lost to it; beyond the limit of net.core.rmem_max for those
     who may. */
  int room = 8 << 20;
  if (setsockopt(socket, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room) < 0) {
    setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
  }
  struct sockaddr_ll address = {
      .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL), .sll_ifindex = interface_index};
  return result(bind(socket, (struct sockaddr *)&address, sizeof address));
}

int flatline_lab_take_overruns(int port) {
  struct tpacket_stats statistics = {0};
  socklen_t length = sizeof statistics;
  if (getsockopt(port, SOL_PACKET, PACKET_STATISTICS, &statistics, &length) < 0) return -errno;
  return (int)statistics.tp_drops;
}

static uint64_t nanoseconds(struct timespec time) {
  return (uint64_t)time.tv_sec * 1000000000U + (uint64_t)time.tv_nsec;
}

static uint64_t clock_now(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return nanoseconds(time);
}

/* The kernel stamps by the wall clock. A stamp from before the wall clock was set is of no use: then the frame
   came just now. */
static uint64_t arrival(struct msghdr *message, uint64_t wall, uint64_t monotonic) {
  for (struct cmsghdr *header = CMSG_FIRSTHDR(message); header != NULL; header = CMSG_NXTHDR(message, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_TIMESTAMPNS) continue;
    struct timespec stamp;
    memcpy(&stamp, CMSG_DATA(header), sizeof stamp);
    uint64_t age = wall - nanoseconds(stamp);
    if (age < 1000000000U) return monotonic - age;
  }
  return monotonic;
}

int flatline_lab_read_frames(
    int port, uint8_t *room, size_t share, struct flatline_lab_frame *frames, int limit) {
  struct mmsghdr messages[FLATLINE_LAB_MAXIMUM_FRAMES];
  struct iovec parts[FLATLINE_LAB_MAXIMUM_FRAMES];
  union {
    char bytes[CMSG_SPACE(sizeof(struct timespec))];
    struct cmsghdr alignment;
  } ancillary[FLATLINE_LAB_MAXIMUM_FRAMES];
  if (limit > FLATLINE_LAB_MAXIMUM_FRAMES) limit = FLATLINE_LAB_MAXIMUM_FRAMES;
  for (int i = 0; i < limit; i++) {
    parts[i] = (struct iovec){.iov_base = room + (size_t)i * share, .iov_len = share};
    messages[i].msg_hdr = (struct msghdr){
        .msg_iov = &parts[i],
        .msg_iovlen = 1,
        .msg_control = ancillary[i].bytes,
        .msg_controllen = sizeof ancillary[i].bytes};
  }
  int count = recvmmsg(port, messages, (unsigned)limit, MSG_DONTWAIT, NULL);
  if (count < 0) return -errno;
  uint64_t monotonic = clock_now(CLOCK_MONOTONIC);
  uint64_t wall = clock_now(CLOCK_REALTIME);
  for (int i = 0; i < count; i++) {
    frames[i].length = messages[i].msg_len;
    frames[i].arrival = arrival(&messages[i].msg_hdr, wall, monotonic);
  }
  return count;
}

int flatline_lab_wait(const int *descriptors, int count, int64_t nanoseconds) {
  struct pollfd entries[16];
  if (count > 16) return -EINVAL;
  for (int i = 0; i < count; i++) entries[i] = (struct pollfd){.fd = descriptors[i], .events = POLLIN};
  struct timespec timeout = {.tv_sec = nanoseconds / 1000000000, .tv_nsec = nanoseconds % 1000000000};
  int ready = ppoll(entries, (nfds_t)count, nanoseconds < 0 ? NULL : &timeout, NULL);
  if (ready < 0) return errno == EINTR ? 0 : -errno;
  int bits = 0;
  for (int i = 0; i < count; i++) {
    if (entries[i].revents != 0) bits |= 1 << i;
  }
  return bits;
}

int flatline_lab_join_groups(int socket, uint32_t groups) {
  struct sockaddr_nl address = {.nl_family = AF_NETLINK, .nl_groups = groups};
  return result(bind(socket, (struct sockaddr *)&address, sizeof address));
}

/* struct sched_attr of sched_setattr(2). */
struct scheduling {
  uint32_t size;
  uint32_t policy;
  uint64_t flags;
  int32_t nice;
  uint32_t priority;
  uint64_t runtime;
  uint64_t deadline;
  uint64_t period;
};

void flatline_lab_be_punctual(const char *thread_name) {
  prctl(PR_SET_NAME, thread_name);
  prctl(PR_SET_TIMERSLACK, 1UL);
  /* Short turns: 0.1 ms at a time, for which the scheduler lets it run the sooner (Linux 6.12 and later; before, it
     is ignored). Ahead of others too, for those who may. */
  struct scheduling wish = {.size = sizeof wish, .nice = -10, .runtime = 100000};
  if (syscall(SYS_sched_setattr, 0, &wish, 0) == 0) return;
  wish.nice = getpriority(PRIO_PROCESS, 0);
  syscall(SYS_sched_setattr, 0, &wish, 0);
}

int flatline_lab_connect(int socket, uint32_t address, uint16_t port, int milliseconds) {
  struct sockaddr_in name = {
      .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(address)};
  int flags = fcntl(socket, F_GETFL);
  if (flags < 0 || fcntl(socket, F_SETFL, flags | O_NONBLOCK) < 0) return -errno;
  if (connect(socket, (struct sockaddr *)&name, sizeof name) < 0) {
    if (errno != EINPROGRESS) return -errno;
    struct pollfd entry = {.fd = socket, .events = POLLOUT};
    int ready = poll(&entry, 1, milliseconds);
    if (ready < 0) return -errno;
    if (ready == 0) return -ETIMEDOUT;
    int error = 0;
    socklen_t length = sizeof error;
    if (getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &length) < 0) return -errno;
    if (error != 0) return -error;
  }
  return result(fcntl(socket, F_SETFL, flags));
}
