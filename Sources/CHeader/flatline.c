#include "flatline.h"

const char *flatline_version(void) { return FLATLINE_VERSION; }

const char *flatline_reusability_text(int32_t reason) {
  static const char *const texts[] = {
      [FLATLINE_REUSABLE] = "reusable",
      [FLATLINE_NOT_OPEN] = "not open",
      [FLATLINE_NOT_TCP] = "not TCP",
      [FLATLINE_NOT_CONNECTED] = "not connected",
      [FLATLINE_CLOSED] = "closed",
      [FLATLINE_ONE_WAY] = "half-closed",
      [FLATLINE_RESET] = "reset",
      [FLATLINE_TIMED_OUT] = "timed out",
      [FLATLINE_UNREAD] = "unread bytes",
      [FLATLINE_SILENT] = "silent",
      [FLATLINE_CONNECTED_TO_ITSELF] = "connected to itself",
  };
  return reason >= 0 && (size_t)reason < sizeof texts / sizeof *texts ? texts[reason] : "unknown";
}

/* What the ABI promises of sizes and places, checked by every build, on 64-bit machines. */

#if UINTPTR_MAX == UINT64_MAX
_Static_assert(sizeof(flatline_error) == 512, "flatline_error");
_Static_assert(offsetof(flatline_error, message) == 4, "flatline_error.message");
_Static_assert(sizeof(flatline_change) >= 48, "flatline_change grows only at its end");
_Static_assert(offsetof(flatline_change, verdict) == 4, "flatline_change.verdict");
_Static_assert(offsetof(flatline_change, previous) == 8, "flatline_change.previous");
_Static_assert(offsetof(flatline_change, half_close) == 12, "flatline_change.half_close");
_Static_assert(offsetof(flatline_change, connection) == 16, "flatline_change.connection");
_Static_assert(offsetof(flatline_change, time_ns) == 24, "flatline_change.time_ns");
_Static_assert(offsetof(flatline_change, cause) == 32, "flatline_change.cause");
_Static_assert(offsetof(flatline_change, reason) == 40, "flatline_change.reason");
_Static_assert(offsetof(flatline_change, orderly) == 48, "flatline_change.orderly");
_Static_assert(sizeof(flatline_mistake) >= 40, "flatline_mistake grows only at its end");
_Static_assert(offsetof(flatline_mistake, connection) == 8, "flatline_mistake.connection");
_Static_assert(offsetof(flatline_mistake, time_ns) == 16, "flatline_mistake.time_ns");
_Static_assert(offsetof(flatline_mistake, cause) == 24, "flatline_mistake.cause");
_Static_assert(offsetof(flatline_mistake, reason) == 32, "flatline_mistake.reason");
_Static_assert(sizeof(flatline_options) >= 24, "flatline_options grows only at its end");
_Static_assert(offsetof(flatline_options, fin) == 4, "flatline_options.fin");
_Static_assert(offsetof(flatline_options, ping) == 8, "flatline_options.ping");
_Static_assert(offsetof(flatline_options, on_mistake) == 16, "flatline_options.on_mistake");
#endif
