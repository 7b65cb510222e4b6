/* Suspicious, then dead, after so many retransmission time-outs in a row. */
#include <flatline_plugin.h>
#include <string.h>

enum { SUSPECT_AFTER, DEAD_AFTER, PERIOD };

static const flatline_setting settings[] = {
    {.key = "suspectAfter", .kind = FLATLINE_INTEGER, .standard = {.integer = 2},
     .least = {.integer = 1}, .most = {.integer = 15}, .summary = "Time-outs in a row that are suspicious."},
    {.key = "deadAfter", .kind = FLATLINE_INTEGER, .standard = {.integer = 4},
     .least = {.integer = 1}, .most = {.integer = 15}, .summary = "Time-outs in a row that are a death."},
    {.key = "period", .kind = FLATLINE_DURATION, .standard = {.integer = 50000000},
     .least = {.integer = 10000000}, .most = {.integer = 60000000000}, .summary = "Time between two looks."}};

static void needs(const flatline_value *settings, flatline_needs *needs) {
  needs->period_ns = settings[PERIOD].integer;
}

static void examine(const flatline_look *look, const flatline_value *settings, void *state, flatline_opinion *opinion) {
  int32_t *standing = state;
  if (look->tcp_info == NULL) return;
  if (look->end) {
    opinion->leaning = FLATLINE_SHOWS_END;
    return;
  }
  int attempts = look->tcp_info->retransmits;
  int32_t leaning = attempts >= settings[DEAD_AFTER].integer      ? FLATLINE_LEANS_DEAD
                    : attempts >= settings[SUSPECT_AFTER].integer ? FLATLINE_LEANS_SUSPICIOUS
                                                                  : FLATLINE_UNCHANGED;
  if (leaning == *standing) return;
  *standing = leaning;
  opinion->leaning = leaning ? leaning : FLATLINE_ABSTAINS;
  if (leaning == FLATLINE_UNCHANGED) return;
  opinion->layer = FLATLINE_LAYER_PATH;
  opinion->rests_on_reading = 1;
  strcpy(opinion->cause, "pathSilent");
  opinion->fact_count = 1;
  opinion->facts[0] = (flatline_fact){.name = "attempts", .value = {.integer = attempts}};
}

static const flatline_detector detector = {
    .size = sizeof detector, .state_size = sizeof(int32_t), .name = "retransmitting",
    .settings = settings, .setting_count = 3, .setting_size = sizeof *settings,
    .needs = needs, .examine = examine};
static const flatline_detector *const detectors[] = {&detector};
static const flatline_plugin plugin = {
    .size = sizeof plugin, .abi = FLATLINE_PLUGIN_ABI, .detectors = detectors, .detector_count = 1};

const flatline_plugin *flatline_plugin_entry(uint32_t abi) { return abi == FLATLINE_PLUGIN_ABI ? &plugin : NULL; }
