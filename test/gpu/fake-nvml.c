/*
 * A libnvidia-ml.so.1 for tests: answers as the scenario says that VIGIE_FAKE_NVML names, and reads it again when it changes.
 *
 * A scenario is a text of lines; `#` begins a comment:
 *   driver 550.163.01            driver version
 *   gpus 8 h100                  boards, and the profile they begin as: k20m v100 t4 a100 h100 h200 none
 *   gpu 0 KEY VALUE              a value of GPU 0, or of each with `gpu *`; `none` is NOT_SUPPORTED. Keys: KEYS below and the texts
 *                                name, uuid, serial, bus_id
 *   gpu 0 field 82 VALUE         a field value; `fail CODE` for its own return code
 *   gpu 0 gpm 2 VALUE            a GPM metric, `nan` too
 *   gpu 0 fail FUNCTION CODE     what a call answers
 *   gpu 0 lost 15                every call answers 15 (lost) or 16 (reset required); 0: back
 *   gpu 0 process KIND PID BYTES a process; KIND compute, graphics or mps; `none` bytes: the driver does not tell
 *   gpu 0 sample PID TIME SM MEM ENC DEC    utilization of a process, TIME in microseconds
 *   mig 0:1 KEY VALUE            an instance of GPU 0; any word of `gpu` goes (gi, ci, uuid, name, memory_*, process, gpm)
 *   event SEQUENCE GPU TYPE DATA an event, delivered once
 *   stride 16|24|32              size of a process entry
 *   hang FUNCTION SECONDS        sleeps in that call; `segfault FUNCTION` falls over in it
 *   init CODE, all CODE          what nvmlInit, and every call, answers (18: library and driver differ)
 *   frozen                       never looks at the file again
 *
 * Struct layouts and codes are those of nvml.h 13; sizes are asserted below.
 */
#define _GNU_SOURCE
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define X __attribute__((visibility("default")))
typedef unsigned long long u64;

enum { OK = 0, UNINITIALIZED = 1, INVALID = 2, NOT_SUPPORTED = 3, NOT_FOUND = 6, TOO_SMALL = 7, TIMEOUT = 10, BAD_VERSION = 25 };

#define KEYS(K) \
  K(minor) K(arch) K(cc_major) K(cc_minor) K(persistence) K(util_gpu) K(util_memory) K(encoder) K(decoder) \
  K(memory_total) K(memory_used) K(memory_reserved) K(temperature) K(margin) \
  K(threshold_shutdown) K(threshold_slowdown) K(threshold_memory) K(threshold_gpu) \
  K(power) K(limit) K(limit_default) K(limit_min) K(limit_max) \
  K(clock_graphics) K(clock_sm) K(clock_memory) K(clock_video) K(max_graphics) K(max_sm) K(max_memory) K(max_video) \
  K(pstate) K(reasons) K(reasons_known) K(fans) K(fan) K(ecc) K(pcie_gen) K(pcie_width) K(pcie_gen_max) K(pcie_width_max) \
  K(pcie_replay) K(links) K(links_up) K(mig) K(mig_slots) K(gi) K(ci) K(gpm_supported) K(events) K(process_utilization)

#define FUNCTIONS(F) \
  F(nvmlInit_v2) F(nvmlShutdown) F(nvmlSystemGetDriverVersion) F(nvmlDeviceGetCount_v2) F(nvmlDeviceGetHandleByIndex_v2) \
  F(nvmlDeviceGetName) F(nvmlDeviceGetUUID) F(nvmlDeviceGetSerial) F(nvmlDeviceGetMinorNumber) F(nvmlDeviceGetPciInfo_v3) \
  F(nvmlDeviceGetArchitecture) F(nvmlDeviceGetCudaComputeCapability) F(nvmlDeviceGetPersistenceMode) \
  F(nvmlDeviceGetUtilizationRates) F(nvmlDeviceGetEncoderUtilization) F(nvmlDeviceGetDecoderUtilization) \
  F(nvmlDeviceGetMemoryInfo) F(nvmlDeviceGetMemoryInfo_v2) F(nvmlDeviceGetPerformanceState) F(nvmlDeviceGetClockInfo) \
  F(nvmlDeviceGetMaxClockInfo) F(nvmlDeviceGetCurrentClocksEventReasons) F(nvmlDeviceGetCurrentClocksThrottleReasons) \
  F(nvmlDeviceGetSupportedClocksEventReasons) F(nvmlDeviceGetSupportedClocksThrottleReasons) \
  F(nvmlDeviceGetTemperature) F(nvmlDeviceGetTemperatureV) F(nvmlDeviceGetTemperatureThreshold) F(nvmlDeviceGetMarginTemperature) \
  F(nvmlDeviceGetNumFans) F(nvmlDeviceGetFanSpeed_v2) F(nvmlDeviceGetFanSpeed) F(nvmlDeviceGetPowerUsage) \
  F(nvmlDeviceGetEnforcedPowerLimit) F(nvmlDeviceGetPowerManagementLimitConstraints) F(nvmlDeviceGetPowerManagementDefaultLimit) \
  F(nvmlDeviceGetTotalEnergyConsumption) F(nvmlDeviceGetFieldValues) F(nvmlDeviceGetEccMode) F(nvmlDeviceGetTotalEccErrors) \
  F(nvmlDeviceGetPcieThroughput) F(nvmlDeviceGetPcieReplayCounter) F(nvmlDeviceGetCurrPcieLinkGeneration) \
  F(nvmlDeviceGetCurrPcieLinkWidth) F(nvmlDeviceGetMaxPcieLinkGeneration) F(nvmlDeviceGetMaxPcieLinkWidth) \
  F(nvmlDeviceGetNvLinkState) F(nvmlDeviceGetComputeRunningProcesses) F(nvmlDeviceGetComputeRunningProcesses_v2) \
  F(nvmlDeviceGetComputeRunningProcesses_v3) F(nvmlDeviceGetGraphicsRunningProcesses) F(nvmlDeviceGetGraphicsRunningProcesses_v2) \
  F(nvmlDeviceGetGraphicsRunningProcesses_v3) F(nvmlDeviceGetMPSComputeRunningProcesses) \
  F(nvmlDeviceGetMPSComputeRunningProcesses_v2) F(nvmlDeviceGetMPSComputeRunningProcesses_v3) F(nvmlDeviceGetProcessUtilization) \
  F(nvmlDeviceGetMigMode) F(nvmlDeviceGetMaxMigDeviceCount) F(nvmlDeviceGetMigDeviceHandleByIndex) F(nvmlDeviceGetGpuInstanceId) \
  F(nvmlDeviceGetComputeInstanceId) F(nvmlEventSetCreate) F(nvmlEventSetFree) F(nvmlDeviceGetSupportedEventTypes) \
  F(nvmlDeviceRegisterEvents) F(nvmlEventSetWait_v2) F(nvmlGpmQueryDeviceSupport) F(nvmlGpmSampleAlloc) F(nvmlGpmSampleFree) \
  F(nvmlGpmSampleGet) F(nvmlGpmMigSampleGet) F(nvmlGpmMetricsGet)

#define AS_KEY(name) KEY_##name,
enum { KEYS(AS_KEY) KEY_COUNT };
#define AS_FUNCTION(name) F_##name,
enum { FUNCTIONS(AS_FUNCTION) FUNCTION_COUNT };
#define AS_TEXT(name) #name,
static const char *const key_names[] = {KEYS(AS_TEXT)};
static const char *const function_names[] = {FUNCTIONS(AS_TEXT)};

enum { GPUS = 16, SLOTS = 8, FIELDS = 320, GPM = 333, PROCESSES = 300, EVENTS = 64 };
enum { COMPUTE, GRAPHICS, MPS };

struct process { unsigned pid, kind; u64 bytes; };
struct sample { unsigned pid; u64 time; unsigned sm, memory, encoder, decoder; };
struct device {
  char name[96], uuid[96], serial[30], bus_id[32];
  int present, lost, is_mig, gpu, slot, registered;
  double value[KEY_COUNT], field[FIELDS], gpm[GPM];
  int field_code[FIELDS], fail[FUNCTION_COUNT];
  struct process process[PROCESSES];
  int processes;
  struct sample sample[PROCESSES];
  int samples;
};
struct event { int sequence, gpu; u64 type, data; };

static struct device boards[GPUS], instances[GPUS][SLOTS], nobody;
static struct event events[EVENTS];
static int board_count, event_count, delivered, stride, init_code, all_code, frozen, initialised;
static char driver_version[80];
static int hang_in = -1, hang_seconds, segfault_in = -1;
static struct stat seen;

#include "fake-nvml-profiles.h"

static int index_of(const char *const *names, int count, const char *name) {
  for (int at = 0; at < count; at++) if (strcmp(names[at], name) == 0) return at;
  fprintf(stderr, "fake nvml: nothing is called %s\n", name);
  abort();
}

static double number(const char *text) {
  return text == NULL || strcmp(text, "none") == 0 || strcmp(text, "nan") == 0 ? NAN : strtod(text, NULL);
}

static void clear(struct device *d, int gpu, int slot) {
  memset(d, 0, sizeof *d);
  for (int at = 0; at < KEY_COUNT; at++) d->value[at] = NAN;
  for (int at = 0; at < FIELDS; at++) d->field[at] = NAN;
  for (int at = 0; at < GPM; at++) d->gpm[at] = NAN;
  d->gpu = gpu;
  d->slot = slot;
  d->is_mig = slot >= 0;
}

/* One line of a device, after `gpu 0`: KEY and what follows. */
static void apply(struct device *d, char *key, char **rest) {
  char *word = strtok_r(NULL, " ", rest), *more = NULL;
  if (d->is_mig) d->present = 1;
  if (strcmp(key, "name") == 0) snprintf(d->name, sizeof d->name, "%s %s", word, *rest ? *rest : ""), d->name[strcspn(d->name, "\n")] = 0;
  else if (strcmp(key, "uuid") == 0) snprintf(d->uuid, sizeof d->uuid, "%s", word);
  else if (strcmp(key, "serial") == 0) snprintf(d->serial, sizeof d->serial, "%s", word);
  else if (strcmp(key, "bus_id") == 0) snprintf(d->bus_id, sizeof d->bus_id, "%s", word);
  else if (strcmp(key, "lost") == 0) d->lost = atoi(word);
  else if (strcmp(key, "fail") == 0) d->fail[index_of(function_names, FUNCTION_COUNT, word)] = atoi(strtok_r(NULL, " ", rest));
  else if (strcmp(key, "gpm") == 0) d->gpm[atoi(word)] = number(strtok_r(NULL, " ", rest));
  else if (strcmp(key, "field") == 0) {
    more = strtok_r(NULL, " ", rest);
    if (strcmp(more, "fail") == 0) d->field_code[atoi(word)] = atoi(strtok_r(NULL, " ", rest));
    else d->field[atoi(word)] = number(more), d->field_code[atoi(word)] = 0;
  } else if (strcmp(key, "process") == 0) {
    struct process *p = &d->process[d->processes++ % PROCESSES];
    p->kind = *word == 'c' ? COMPUTE : *word == 'g' ? GRAPHICS : MPS;
    p->pid = atoi(strtok_r(NULL, " ", rest));
    more = strtok_r(NULL, " ", rest);
    p->bytes = strcmp(more, "none") == 0 ? ~0ULL : strtoull(more, NULL, 10);
  } else if (strcmp(key, "sample") == 0) {
    struct sample *s = &d->sample[d->samples++ % PROCESSES];
    s->pid = atoi(word);
    s->time = strtoull(strtok_r(NULL, " ", rest), NULL, 10);
    s->sm = atoi(strtok_r(NULL, " ", rest));
    s->memory = atoi(strtok_r(NULL, " ", rest));
    s->encoder = atoi(strtok_r(NULL, " ", rest));
    s->decoder = atoi(strtok_r(NULL, " ", rest));
  } else d->value[index_of(key_names, KEY_COUNT, key)] = number(word);
  while (d->name[0] && d->name[strlen(d->name) - 1] == ' ') d->name[strlen(d->name) - 1] = 0;
}

static void begin_as(struct device *d, const char *profile) {
  clear(d, (int)(d - boards), -1);
  d->present = 1;
  snprintf(d->uuid, sizeof d->uuid, "GPU-00000000-0000-0000-0000-%012d", d->gpu);
  snprintf(d->bus_id, sizeof d->bus_id, "00000000:%02X:00.0", 0x10 + d->gpu);
  d->value[KEY_minor] = d->gpu;
  for (const struct profile *p = profiles; p->name != NULL; p++) {
    if (strcmp(p->name, profile) != 0) continue;
    char *text = strdup(p->text), *rest = NULL;
    for (char *line = strtok_r(text, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest)) {
      char *words = NULL, *key = strtok_r(line, " ", &words);
      if (key != NULL) apply(d, key, &words);
    }
    free(text);
    return;
  }
  fprintf(stderr, "fake nvml: no profile %s\n", profile);
  abort();
}

static void apply_line(char *line) {
  line[strcspn(line, "#\n")] = 0;
  char *rest = NULL, *key = strtok_r(line, " ", &rest), *word = key == NULL ? NULL : strtok_r(NULL, " ", &rest);
  if (key == NULL) return;
  if (strcmp(key, "driver") == 0) snprintf(driver_version, sizeof driver_version, "%s", word);
  else if (strcmp(key, "gpus") == 0) {
    char *profile = strtok_r(NULL, " ", &rest);
    board_count = atoi(word);
    for (int at = 0; at < board_count && at < GPUS; at++) begin_as(&boards[at], profile == NULL ? "none" : profile);
  } else if (strcmp(key, "gpu") == 0) {
    char *what = strtok_r(NULL, " ", &rest), copy[512];
    for (int at = 0; at < board_count; at++) {
      if (*word != '*' && atoi(word) != at) continue;
      char *own = copy;
      snprintf(copy, sizeof copy, "%s", rest == NULL ? "" : rest);
      apply(&boards[at], what, &own);
    }
  } else if (strcmp(key, "mig") == 0) {
    int gpu = atoi(word), slot = atoi(strchr(word, ':') + 1);
    struct device *d = &instances[gpu % GPUS][slot % SLOTS];
    apply(d, strtok_r(NULL, " ", &rest), &rest);
  } else if (strcmp(key, "event") == 0) {
    struct event *e = &events[event_count++ % EVENTS];
    e->sequence = atoi(word);
    e->gpu = atoi(strtok_r(NULL, " ", &rest));
    e->type = strtoull(strtok_r(NULL, " ", &rest), NULL, 0);
    e->data = strtoull(strtok_r(NULL, " ", &rest), NULL, 0);
  } else if (strcmp(key, "stride") == 0) stride = atoi(word);
  else if (strcmp(key, "hang") == 0) hang_in = index_of(function_names, FUNCTION_COUNT, word), hang_seconds = atoi(strtok_r(NULL, " ", &rest));
  else if (strcmp(key, "segfault") == 0) segfault_in = index_of(function_names, FUNCTION_COUNT, word);
  else if (strcmp(key, "init") == 0) init_code = atoi(word);
  else if (strcmp(key, "all") == 0) all_code = atoi(word);
  else if (strcmp(key, "frozen") == 0) frozen = 1;
  else { fprintf(stderr, "fake nvml: what is %s?\n", key); abort(); }
}

static void refresh(void) {
  struct stat now;
  const char *path = getenv("VIGIE_FAKE_NVML");
  if (frozen || path == NULL || stat(path, &now) != 0) return;
  if (now.st_ino == seen.st_ino && now.st_size == seen.st_size && now.st_mtim.tv_sec == seen.st_mtim.tv_sec &&
      now.st_mtim.tv_nsec == seen.st_mtim.tv_nsec) return;
  FILE *file = fopen(path, "r");
  if (file == NULL) return;
  seen = now;
  board_count = event_count = init_code = all_code = 0;
  hang_in = segfault_in = -1;
  stride = 24;
  strcpy(driver_version, "590.48.01");
  int registered[GPUS];
  for (int at = 0; at < GPUS; at++) {
    registered[at] = boards[at].registered;
    clear(&boards[at], at, -1);
    for (int slot = 0; slot < SLOTS; slot++) clear(&instances[at][slot], at, slot);
  }
  char line[512];
  while (fgets(line, sizeof line, file) != NULL) apply_line(line);
  for (int at = 0; at < GPUS; at++) boards[at].registered = registered[at];
  fclose(file);
}

/* What every call does first; answers its code. `d` is NULL where it is about no device. */
static int enter(int function, struct device *d) {
  refresh();
  if (function == segfault_in) raise(SIGSEGV);
  if (function == hang_in) sleep(hang_seconds);
  if (all_code != 0) return all_code;
  if (!initialised && function != F_nvmlInit_v2) return UNINITIALIZED;
  if (d == NULL) return OK;
  if (!d->present) return INVALID;
  if ((d->is_mig ? &boards[d->gpu] : d)->lost != 0) return (d->is_mig ? &boards[d->gpu] : d)->lost;
  return d->fail[function];
}
#define ENTER(name, d) do { int code_ = enter(F_##name, d); if (code_ != OK) return code_; } while (0)

static int give(const struct device *d, int key, unsigned *out) {
  if (isnan(d->value[key])) return NOT_SUPPORTED;
  *out = (unsigned)d->value[key];
  return OK;
}
#define GETTER(name, key) X int name(struct device *d, unsigned *out) { ENTER(name, d); return give(d, KEY_##key, out); }
#define TEXT(name, member) \
  X int name(struct device *d, char *out, unsigned length) { \
    ENTER(name, d); \
    if (d->member[0] == 0) return NOT_SUPPORTED; \
    if (strlen(d->member) >= length) return TOO_SMALL; \
    strcpy(out, d->member); \
    return OK; \
  }

X int nvmlInit_v2(void) {
  ENTER(nvmlInit_v2, NULL);
  if (init_code == OK) initialised++;
  return init_code;
}
X int nvmlShutdown(void) {
  ENTER(nvmlShutdown, NULL);
  initialised--;
  return OK;
}
/* How often nvmlInit was called without nvmlShutdown, and GPM samples were allocated and not freed: for tests only. */
static int gpm_samples;
X int fakeOpenSessions(void) { return initialised; }
X int fakeGpmSamples(void) { return gpm_samples; }

X int nvmlSystemGetDriverVersion(char *out, unsigned length) {
  ENTER(nvmlSystemGetDriverVersion, NULL);
  snprintf(out, length, "%s", driver_version);
  return OK;
}
X const char *nvmlErrorString(int code) {
  switch (code) {
    case OK: return "Success";
    case NOT_SUPPORTED: return "Not Supported";
    case 4: return "Insufficient Permissions";
    case 9: return "Driver Not Loaded";
    case 15: return "GPU is lost";
    case 16: return "GPU requires reset";
    case 18: return "Driver/library version mismatch";
    default: return "Unknown Error";
  }
}
X int nvmlDeviceGetCount_v2(unsigned *count) {
  ENTER(nvmlDeviceGetCount_v2, NULL);
  *count = board_count;
  return OK;
}
X int nvmlDeviceGetHandleByIndex_v2(unsigned at, struct device **d) {
  ENTER(nvmlDeviceGetHandleByIndex_v2, NULL);
  if (at >= (unsigned)board_count) return INVALID;
  ENTER(nvmlDeviceGetHandleByIndex_v2, &boards[at]);
  *d = &boards[at];
  return OK;
}
TEXT(nvmlDeviceGetName, name)
TEXT(nvmlDeviceGetUUID, uuid)
TEXT(nvmlDeviceGetSerial, serial)
GETTER(nvmlDeviceGetMinorNumber, minor)
GETTER(nvmlDeviceGetArchitecture, arch)
GETTER(nvmlDeviceGetPersistenceMode, persistence)
GETTER(nvmlDeviceGetPerformanceState, pstate)
GETTER(nvmlDeviceGetPowerUsage, power)
GETTER(nvmlDeviceGetEnforcedPowerLimit, limit)
GETTER(nvmlDeviceGetPowerManagementDefaultLimit, limit_default)
GETTER(nvmlDeviceGetNumFans, fans)
GETTER(nvmlDeviceGetFanSpeed, fan)
GETTER(nvmlDeviceGetPcieReplayCounter, pcie_replay)
GETTER(nvmlDeviceGetCurrPcieLinkGeneration, pcie_gen)
GETTER(nvmlDeviceGetCurrPcieLinkWidth, pcie_width)
GETTER(nvmlDeviceGetMaxPcieLinkGeneration, pcie_gen_max)
GETTER(nvmlDeviceGetMaxPcieLinkWidth, pcie_width_max)
GETTER(nvmlDeviceGetMaxMigDeviceCount, mig_slots)
GETTER(nvmlDeviceGetGpuInstanceId, gi)
GETTER(nvmlDeviceGetComputeInstanceId, ci)

X int nvmlDeviceGetCudaComputeCapability(struct device *d, int *major, int *minor) {
  ENTER(nvmlDeviceGetCudaComputeCapability, d);
  return give(d, KEY_cc_major, (unsigned *)major) || give(d, KEY_cc_minor, (unsigned *)minor);
}

struct pci { char legacy[16]; unsigned domain, bus, device, id, subsystem; char bus_id[32]; };
_Static_assert(sizeof(struct pci) == 68, "nvmlPciInfo_t");
X int nvmlDeviceGetPciInfo_v3(struct device *d, struct pci *out) {
  ENTER(nvmlDeviceGetPciInfo_v3, d);
  memset(out, 0, sizeof *out);
  memcpy(out->bus_id, d->bus_id, sizeof out->bus_id);
  return OK;
}
X int nvmlDeviceGetUtilizationRates(struct device *d, unsigned *out) {
  ENTER(nvmlDeviceGetUtilizationRates, d);
  return give(d, KEY_util_gpu, out) || give(d, KEY_util_memory, out + 1) ? NOT_SUPPORTED : OK;
}
#define CODEC(name, key) \
  X int name(struct device *d, unsigned *out, unsigned *period) { \
    ENTER(name, d); \
    *period = 167000; \
    return give(d, KEY_##key, out); \
  }
CODEC(nvmlDeviceGetEncoderUtilization, encoder)
CODEC(nvmlDeviceGetDecoderUtilization, decoder)

/* Version 1 counts what the driver reserves as used; version 2 tells it apart. */
X int nvmlDeviceGetMemoryInfo(struct device *d, u64 *out) {
  ENTER(nvmlDeviceGetMemoryInfo, d);
  if (isnan(d->value[KEY_memory_total])) return NOT_SUPPORTED;
  double reserved = isnan(d->value[KEY_memory_reserved]) ? 0 : d->value[KEY_memory_reserved];
  out[0] = (u64)d->value[KEY_memory_total];
  out[2] = (u64)(d->value[KEY_memory_used] + reserved);
  out[1] = out[0] - out[2];
  return OK;
}
struct memory2 { unsigned version; u64 total, reserved, free, used; };
_Static_assert(sizeof(struct memory2) == 40, "nvmlMemory_v2_t");
X int nvmlDeviceGetMemoryInfo_v2(struct device *d, struct memory2 *out) {
  ENTER(nvmlDeviceGetMemoryInfo_v2, d);
  if (out->version != 0x02000028) return BAD_VERSION;
  if (isnan(d->value[KEY_memory_total]) || isnan(d->value[KEY_memory_reserved])) return NOT_SUPPORTED;
  out->total = (u64)d->value[KEY_memory_total];
  out->reserved = (u64)d->value[KEY_memory_reserved];
  out->used = (u64)d->value[KEY_memory_used];
  out->free = out->total - out->reserved - out->used;
  return OK;
}
X int nvmlDeviceGetClockInfo(struct device *d, int type, unsigned *out) {
  ENTER(nvmlDeviceGetClockInfo, d);
  return type < 0 || type > 3 ? INVALID : give(d, KEY_clock_graphics + type, out);
}
X int nvmlDeviceGetMaxClockInfo(struct device *d, int type, unsigned *out) {
  ENTER(nvmlDeviceGetMaxClockInfo, d);
  return type < 0 || type > 3 ? INVALID : give(d, KEY_max_graphics + type, out);
}
#define REASONS(name, key) \
  X int name(struct device *d, u64 *out) { \
    ENTER(name, d); \
    if (isnan(d->value[KEY_##key])) return NOT_SUPPORTED; \
    *out = (u64)d->value[KEY_##key]; \
    return OK; \
  }
REASONS(nvmlDeviceGetCurrentClocksEventReasons, reasons)
REASONS(nvmlDeviceGetCurrentClocksThrottleReasons, reasons)
REASONS(nvmlDeviceGetSupportedClocksEventReasons, reasons_known)
REASONS(nvmlDeviceGetSupportedClocksThrottleReasons, reasons_known)
REASONS(nvmlDeviceGetSupportedEventTypes, events)

X int nvmlDeviceGetTemperature(struct device *d, int sensor, unsigned *out) {
  ENTER(nvmlDeviceGetTemperature, d);
  return sensor != 0 ? INVALID : give(d, KEY_temperature, out);
}
struct temperature { unsigned version; int sensor, celsius; };
X int nvmlDeviceGetTemperatureV(struct device *d, struct temperature *out) {
  ENTER(nvmlDeviceGetTemperatureV, d);
  return out->version != 0x0100000c ? BAD_VERSION : give(d, KEY_temperature, (unsigned *)&out->celsius);
}
struct margin { unsigned version; int celsius; };
X int nvmlDeviceGetMarginTemperature(struct device *d, struct margin *out) {
  ENTER(nvmlDeviceGetMarginTemperature, d);
  if (out->version != 0x01000008) return BAD_VERSION;
  if (isnan(d->value[KEY_margin])) return NOT_SUPPORTED;
  out->celsius = (int)d->value[KEY_margin];
  return OK;
}
X int nvmlDeviceGetTemperatureThreshold(struct device *d, int type, unsigned *out) {
  ENTER(nvmlDeviceGetTemperatureThreshold, d);
  return type < 0 || type > 3 ? INVALID : give(d, KEY_threshold_shutdown + type, out);
}
X int nvmlDeviceGetFanSpeed_v2(struct device *d, unsigned fan, unsigned *out) {
  ENTER(nvmlDeviceGetFanSpeed_v2, d);
  return isnan(d->value[KEY_fan]) ? NOT_SUPPORTED : fan >= d->value[KEY_fans] ? INVALID : (*out = (unsigned)d->value[KEY_fan] + fan, OK);
}
X int nvmlDeviceGetPowerManagementLimitConstraints(struct device *d, unsigned *least, unsigned *most) {
  ENTER(nvmlDeviceGetPowerManagementLimitConstraints, d);
  return give(d, KEY_limit_min, least) || give(d, KEY_limit_max, most) ? NOT_SUPPORTED : OK;
}
X int nvmlDeviceGetTotalEnergyConsumption(struct device *d, u64 *out) {
  ENTER(nvmlDeviceGetTotalEnergyConsumption, d);
  if (isnan(d->field[83])) return NOT_SUPPORTED;
  *out = (u64)d->field[83];
  return OK;
}

struct field { unsigned id, scope; long long time, latency; unsigned type; int code; union { double d; unsigned u; u64 l; long long s; int i; } value; };
_Static_assert(sizeof(struct field) == 40, "nvmlFieldValue_t");
/* What each field comes as: u32 1, u64 3, i32 5. PCIe bytes are counted in 32 bits, unless the scenario says more than that holds. */
static unsigned type_of(unsigned id, double value) {
  if (id == 197 || id == 198) return value > 4294967295.0 ? 3 : 1;
  if (id >= 193 && id <= 196) return 5;
  if (id == 82 || id == 91 || id == 94 || (id >= 142 && id <= 145) || (id >= 185 && id <= 190) || id == 192 || id == 230) return 1;
  return 3;
}
X int nvmlDeviceGetFieldValues(struct device *d, int count, struct field *out) {
  ENTER(nvmlDeviceGetFieldValues, d);
  for (int at = 0; at < count; at++) {
    struct field *f = &out[at];
    if (f->id >= FIELDS) { f->code = INVALID; continue; }
    f->code = d->field_code[f->id] != 0 ? d->field_code[f->id] : isnan(d->field[f->id]) ? NOT_SUPPORTED : OK;
    f->type = type_of(f->id, d->field[f->id]);
    f->value.l = 0;
    if (f->code != OK) continue;
    if (f->type == 5) f->value.i = (int)d->field[f->id];
    else if (f->type == 1) f->value.u = (unsigned)d->field[f->id];
    else f->value.l = (u64)d->field[f->id];
  }
  return OK;
}
X int nvmlDeviceGetEccMode(struct device *d, unsigned *now, unsigned *pending) {
  ENTER(nvmlDeviceGetEccMode, d);
  return give(d, KEY_ecc, now) || give(d, KEY_ecc, pending) ? NOT_SUPPORTED : OK;
}
X int nvmlDeviceGetTotalEccErrors(struct device *d, int type, int counter, u64 *out) {
  ENTER(nvmlDeviceGetTotalEccErrors, d);
  double errors = d->field[3 + type + 2 * counter];
  if (isnan(errors)) return NOT_SUPPORTED;
  *out = (u64)errors;
  return OK;
}
/* Blocks 20 ms as the real one does, and nobody should call it. */
X int nvmlDeviceGetPcieThroughput(struct device *d, int counter, unsigned *out) {
  ENTER(nvmlDeviceGetPcieThroughput, d);
  (void)counter, (void)out;
  abort();
}
X int nvmlDeviceGetNvLinkState(struct device *d, unsigned link, unsigned *up) {
  ENTER(nvmlDeviceGetNvLinkState, d);
  if (isnan(d->value[KEY_links])) return NOT_SUPPORTED;
  if (link >= d->value[KEY_links]) return INVALID;
  *up = link < d->value[KEY_links_up];
  return OK;
}

static int list_processes(struct device *d, unsigned kind, int size, unsigned *count, char *out) {
  unsigned found = 0;
  for (int at = 0; at < d->processes; at++) found += d->process[at].kind == kind;
  if (found > *count) return *count = found, TOO_SMALL;
  for (int at = 0; at < d->processes; at++) {
    const struct process *p = &d->process[at];
    if (p->kind != kind) continue;
    memset(out, 0, size);
    memcpy(out, &p->pid, 4);
    memcpy(out + 8, &p->bytes, 8);
    unsigned gi = d->is_mig ? (unsigned)d->value[KEY_gi] : ~0u, ci = d->is_mig ? (unsigned)d->value[KEY_ci] : ~0u;
    if (size >= 24) memcpy(out + 16, &gi, 4), memcpy(out + 20, &ci, 4);
    out += size;
  }
  *count = found;
  return OK;
}
#define LIST(name, kind, size) X int name(struct device *d, unsigned *count, char *out) { ENTER(name, d); return list_processes(d, kind, size, count, out); }
#define LISTS(name, kind) LIST(name, kind, 16) LIST(name##_v2, kind, stride == 16 ? 16 : 24) LIST(name##_v3, kind, stride)
LISTS(nvmlDeviceGetComputeRunningProcesses, COMPUTE)
LISTS(nvmlDeviceGetGraphicsRunningProcesses, GRAPHICS)
LISTS(nvmlDeviceGetMPSComputeRunningProcesses, MPS)

struct process_sample { unsigned pid; u64 time; unsigned sm, memory, encoder, decoder; };
_Static_assert(sizeof(struct process_sample) == 32, "nvmlProcessUtilizationSample_t");
X int nvmlDeviceGetProcessUtilization(struct device *d, struct process_sample *out, unsigned *count, u64 since) {
  ENTER(nvmlDeviceGetProcessUtilization, d);
  if (!(d->value[KEY_process_utilization] > 0) || d->value[KEY_mig] == 1) return NOT_SUPPORTED;
  unsigned found = 0;
  for (int at = 0; at < d->samples; at++) found += d->sample[at].time > since;
  if (found == 0) return NOT_FOUND;
  if (out == NULL || found > *count) return *count = found, TOO_SMALL;
  *count = found;
  for (int at = 0; at < d->samples; at++) {
    const struct sample *s = &d->sample[at];
    if (s->time <= since) continue;
    *out++ = (struct process_sample){s->pid, s->time, s->sm, s->memory, s->encoder, s->decoder};
  }
  return OK;
}

X int nvmlDeviceGetMigMode(struct device *d, unsigned *now, unsigned *pending) {
  ENTER(nvmlDeviceGetMigMode, d);
  return give(d, KEY_mig, now) || give(d, KEY_mig, pending) ? NOT_SUPPORTED : OK;
}
X int nvmlDeviceGetMigDeviceHandleByIndex(struct device *d, unsigned slot, struct device **out) {
  ENTER(nvmlDeviceGetMigDeviceHandleByIndex, d);
  if (slot >= SLOTS) return INVALID;
  if (!instances[d->gpu][slot].present) return NOT_FOUND;
  *out = &instances[d->gpu][slot];
  return OK;
}

X int nvmlEventSetCreate(void **set) {
  ENTER(nvmlEventSetCreate, NULL);
  *set = events;
  return OK;
}
X int nvmlEventSetFree(void *set) {
  ENTER(nvmlEventSetFree, NULL);
  for (int at = 0; at < GPUS; at++) boards[at].registered = 0;
  return set == events ? OK : INVALID;
}
X int nvmlDeviceRegisterEvents(struct device *d, u64 mask, void *set) {
  ENTER(nvmlDeviceRegisterEvents, d);
  if (isnan(d->value[KEY_events]) || (mask & ~(u64)d->value[KEY_events]) != 0) return NOT_SUPPORTED;
  d->registered = set == events;
  return OK;
}
struct event_data { struct device *device; u64 type, data; unsigned gi, ci; };
_Static_assert(sizeof(struct event_data) == 32, "nvmlEventData_t");
X int nvmlEventSetWait_v2(void *set, struct event_data *out, unsigned timeout) {
  ENTER(nvmlEventSetWait_v2, NULL);
  if (set != events) return INVALID;
  for (int at = 0; at < event_count; at++) {
    const struct event *e = &events[at];
    if (e->sequence <= delivered || !boards[e->gpu].registered) continue;
    delivered = e->sequence;
    *out = (struct event_data){&boards[e->gpu], e->type, e->data, ~0u, ~0u};
    return OK;
  }
  usleep(timeout * 1000);
  return TIMEOUT;
}

struct gpm_support { unsigned version, supported; };
struct gpm_sample { const struct device *of; };
struct gpm_metric { unsigned id; int code; double value; const char *names[3]; };
struct gpm_get { unsigned version, count; struct gpm_sample *first, *second; struct gpm_metric metric[GPM]; };
_Static_assert(sizeof(struct gpm_get) == 13344, "nvmlGpmMetricsGet_t");
X int nvmlGpmQueryDeviceSupport(struct device *d, struct gpm_support *out) {
  ENTER(nvmlGpmQueryDeviceSupport, d);
  if (out->version != 1) return BAD_VERSION;
  out->supported = d->value[KEY_gpm_supported] > 0;
  return OK;
}
X int nvmlGpmSampleAlloc(struct gpm_sample **out) {
  ENTER(nvmlGpmSampleAlloc, NULL);
  gpm_samples++;
  *out = calloc(1, sizeof **out);
  return OK;
}
X int nvmlGpmSampleFree(struct gpm_sample *sample) {
  ENTER(nvmlGpmSampleFree, NULL);
  gpm_samples--;
  free(sample);
  return OK;
}
X int nvmlGpmSampleGet(struct device *d, struct gpm_sample *out) {
  ENTER(nvmlGpmSampleGet, d);
  if (!(d->value[KEY_gpm_supported] > 0)) return NOT_SUPPORTED;
  out->of = d;
  return OK;
}
X int nvmlGpmMigSampleGet(struct device *d, unsigned gi, struct gpm_sample *out) {
  ENTER(nvmlGpmMigSampleGet, d);
  if (!(d->value[KEY_gpm_supported] > 0)) return NOT_SUPPORTED;
  for (int slot = 0; slot < SLOTS; slot++) {
    const struct device *instance = &instances[d->gpu][slot];
    if (instance->present && instance->value[KEY_gi] == gi) return out->of = instance, OK;
  }
  return INVALID;
}
X int nvmlGpmMetricsGet(struct gpm_get *get) {
  ENTER(nvmlGpmMetricsGet, NULL);
  if (get->version != 1) return BAD_VERSION;
  if (get->first == NULL || get->second == NULL || get->first == get->second || get->first->of != get->second->of) return INVALID;
  for (unsigned at = 0; at < get->count; at++) {
    struct gpm_metric *m = &get->metric[at];
    m->code = m->id < GPM ? OK : INVALID;
    m->value = m->id < GPM ? get->second->of->gpm[m->id] : 0;
  }
  return OK;
}
