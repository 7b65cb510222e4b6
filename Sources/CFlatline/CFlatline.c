/* Before any header: asks the C library for the XSI strerror_r. */
#undef _GNU_SOURCE
#define _POSIX_C_SOURCE 200112L
#define _DEFAULT_SOURCE

#include "CFlatline.h"

#include <errno.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SO_COOKIE
#define SO_COOKIE 57
#endif

#define FLATLINE_SO_MEMINFO 55 /* <asm/socket.h>; glibc before 2.34 does not have it */
#define FLATLINE_TCP_INFO 11 /* TCP_INFO: <linux/tcp.h> and <netinet/tcp.h> clash, so neither is included */

/* struct tcp_info up to tcpi_rcv_wnd, as in include/uapi/linux/tcp.h. The kernel only ever appends. */
struct kernel_tcp_info {
  uint8_t state, ca_state, retransmits, probes, backoff, options, wscale, flags;
  uint32_t rto, ato, snd_mss, rcv_mss;
  uint32_t unacked, sacked, lost, retrans, fackets;
  uint32_t last_data_sent, last_ack_sent, last_data_recv, last_ack_recv;
  uint32_t pmtu, rcv_ssthresh, rtt, rttvar, snd_ssthresh, snd_cwnd, advmss, reordering;
  uint32_t rcv_rtt, rcv_space, total_retrans;
  uint64_t pacing_rate, max_pacing_rate, bytes_acked, bytes_received;
  uint32_t segs_out, segs_in, notsent_bytes, min_rtt, data_segs_in, data_segs_out;
  uint64_t delivery_rate, busy_time, rwnd_limited, sndbuf_limited;
  uint32_t delivered, delivered_ce;
  uint64_t bytes_sent, bytes_retrans;
  uint32_t dsack_dups, reord_seen, rcv_ooopack, snd_wnd, rcv_wnd;
};

static void decode(const struct kernel_tcp_info *raw, size_t length, struct flatline_tcp_reading *info) {
  info->state = raw->state;
  info->retransmits = raw->retransmits;
  info->probes = raw->probes;
  info->backoff = raw->backoff;
  info->rto = raw->rto;
  info->unacked = raw->unacked;
  info->sacked = raw->sacked;
  info->last_data_sent = raw->last_data_sent;
  info->last_data_recv = raw->last_data_recv;
  info->last_ack_recv = raw->last_ack_recv;
  info->rtt = raw->rtt;
  info->rttvar = raw->rttvar;
  info->min_rtt = raw->min_rtt;
  info->segs_out = raw->segs_out;
  info->segs_in = raw->segs_in;
  info->data_segs_out = raw->data_segs_out;
  info->data_segs_in = raw->data_segs_in;
  info->notsent_bytes = raw->notsent_bytes;
  info->rcv_ooopack = raw->rcv_ooopack;
  info->snd_wnd = raw->snd_wnd;
  info->rcv_wnd = raw->rcv_wnd;
  info->bytes_acked = raw->bytes_acked;
  info->bytes_received = raw->bytes_received;
  info->bytes_sent = raw->bytes_sent;
  info->bytes_retrans = raw->bytes_retrans;
  info->reported = length;
}

int flatline_get_tcp_info(int descriptor, struct flatline_tcp_reading *info) {
  struct kernel_tcp_info raw;
  memset(&raw, 0, sizeof raw);
  socklen_t length = sizeof raw;
  if (getsockopt(descriptor, IPPROTO_TCP, FLATLINE_TCP_INFO, &raw, &length) != 0) return errno;
  decode(&raw, length, info);
  return 0;
}

void flatline_decode_tcp_info(const void *bytes, size_t count, struct flatline_tcp_reading *info) {
  struct kernel_tcp_info raw;
  memset(&raw, 0, sizeof raw);
  memcpy(&raw, bytes, count < sizeof raw ? count : sizeof raw);
  decode(&raw, count, info);
}

int flatline_get_socket_cookie(int descriptor, uint64_t *cookie) {
  socklen_t length = sizeof *cookie;
  return getsockopt(descriptor, SOL_SOCKET, SO_COOKIE, cookie, &length) == 0 ? 0 : errno;
}

int flatline_get_socket_memory(int descriptor, uint32_t *receive, uint32_t *option) {
  uint32_t values[9]; /* SK_MEMINFO_VARS of Linux 4.12; a newer kernel's further ones are left out */
  socklen_t length = sizeof values;
  if (getsockopt(descriptor, SOL_SOCKET, FLATLINE_SO_MEMINFO, values, &length) != 0) return errno;
  if (length < 7 * sizeof values[0]) return ENOPROTOOPT;
  *receive = values[0];
  *option = values[6];
  return 0;
}

int flatline_get_unread_bytes(int descriptor, int *count) {
  return ioctl(descriptor, SIOCINQ, count) == 0 ? 0 : errno;
}

int flatline_is_connected_to_itself(int descriptor) {
  struct sockaddr_in6 near, far;
  socklen_t near_length = sizeof near, far_length = sizeof far;
  if (getsockname(descriptor, (struct sockaddr *)&near, &near_length) != 0 ||
      getpeername(descriptor, (struct sockaddr *)&far, &far_length) != 0 || near.sin6_family != far.sin6_family ||
      near.sin6_port != far.sin6_port)
    return 0;
  if (near.sin6_family == AF_INET6) return memcmp(&near.sin6_addr, &far.sin6_addr, sizeof near.sin6_addr) == 0;
  return memcmp(&((struct sockaddr_in *)&near)->sin_addr, &((struct sockaddr_in *)&far)->sin_addr,
                sizeof(struct in_addr)) == 0;
}

int flatline_get_unacknowledged(int descriptor, int *count) {
  return ioctl(descriptor, SIOCOUTQ, count) == 0 ? 0 : errno;
}

uint64_t flatline_clock_nanoseconds(int clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

void flatline_set_timer(int timer, uint64_t nanoseconds) {
  struct itimerspec setting = {.it_value = {.tv_sec = (time_t)(nanoseconds / 1000000000u),
                                            .tv_nsec = (long)(nanoseconds % 1000000000u)}};
  timerfd_settime(timer, TFD_TIMER_ABSTIME, &setting, NULL);
}

int flatline_error_text(int error, char *text, size_t size) { return strerror_r(error, text, size); }

int flatline_unshare_descriptors(unsigned first) {
  /* CLOSE_RANGE_UNSHARE; glibc before 2.34 has no function for it. */
  return syscall(SYS_close_range, first, ~0U, 1U << 1) == 0 ? 0 : errno;
}

void flatline_name_thread(const char *name) { prctl(PR_SET_NAME, name, 0, 0, 0); }

void flatline_end_with_parent(void) { prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0); }
