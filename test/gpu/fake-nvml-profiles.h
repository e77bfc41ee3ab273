/*
 * What cards begin as. What is not named is NOT_SUPPORTED. Figures: the vendor's headers and data sheets, and recorded outputs of
 * nvidia-smi (idle cards; H200 with driver 590.48, V100 with its table of four idle boards, A100 with driver 535.54).
 */
struct profile { const char *name, *text; };

#define LOAD "util_gpu 0\nutil_memory 0\nencoder 0\ndecoder 0\n"
#define LINK(gen, width) "pcie_gen " #gen "\npcie_width " #width "\npcie_gen_max " #gen "\npcie_width_max " #width "\n"
#define ECC "ecc 1\nfield 3 0\nfield 4 0\nfield 5 0\nfield 6 0\n"
#define RETIRED "field 29 0\nfield 30 0\nfield 31 0\n"
#define REMAPPED "field 142 0\nfield 143 0\nfield 144 0\nfield 145 0\n"
#define VIOLATIONS "field 74 0\nfield 75 0\nfield 76 0\nfield 77 0\nfield 79 0\n"
#define PCIE_BYTES "field 197 1000\nfield 198 2000\n"
#define NVLINK(links) "links " #links "\nlinks_up " #links "\nfield 91 " #links "\nfield 138 1000\nfield 139 2000\nfield 38 0\nfield 45 0\nfield 52 0\nfield 59 0\n"
#define GPM_IDLE "gpm_supported 1\ngpm 1 0\ngpm 2 0\ngpm 3 0\ngpm 4 0\ngpm 5 0\ngpm 10 0\ngpm 11 0\ngpm 12 0\ngpm 13 0\ngpm 20 2\ngpm 21 4\n"

static const struct profile profiles[] = {
  {"none", ""},
  /* Kepler, driver 470: no HBM, energy, NVLink, per-process utilization; its fan is the server's. */
  {"k20m", "name Tesla K20m\nserial 0324512044720\narch 2\ncc_major 3\ncc_minor 5\npersistence 1\n" LOAD
    "memory_total 5032706048\nmemory_used 0\ntemperature 29\nthreshold_shutdown 95\nthreshold_slowdown 90\n"
    "power 16250\nlimit 225000\nlimit_default 225000\nlimit_min 150000\nlimit_max 225000\n"
    "clock_graphics 324\nclock_sm 324\nclock_memory 324\nclock_video 324\nmax_graphics 758\nmax_sm 758\nmax_memory 2600\nmax_video 540\n"
    "pstate 8\nreasons 1\nreasons_known 31\npcie_replay 0\nevents 15\n" LINK(2, 16) ECC RETIRED},
  {"v100", "name Tesla V100-SXM2-32GB\nserial 0323718151511\narch 5\ncc_major 7\ncc_minor 0\npersistence 1\n" LOAD
    "memory_total 34058797056\nmemory_used 0\nmemory_reserved 305135616\ntemperature 38\nfield 82 36\n"
    "threshold_shutdown 90\nthreshold_slowdown 87\nthreshold_memory 85\nthreshold_gpu 83\n"
    "power 57000\nfield 186 57000\nlimit 300000\nlimit_default 300000\nlimit_min 150000\nlimit_max 300000\nfield 83 1000000\n"
    "clock_graphics 135\nclock_sm 135\nclock_memory 877\nclock_video 555\nmax_graphics 1530\nmax_sm 1530\nmax_memory 877\nmax_video 1372\n"
    "pstate 0\nreasons 1\nreasons_known 511\npcie_replay 0\nevents 31\nprocess_utilization 1\n"
    "field 94 0\n" LINK(3, 16) ECC RETIRED VIOLATIONS NVLINK(6) PCIE_BYTES},
  {"t4", "name Tesla T4\nserial 0421819085498\narch 6\ncc_major 7\ncc_minor 5\npersistence 1\n" LOAD
    "memory_total 16106127360\nmemory_used 0\nmemory_reserved 454557696\ntemperature 30\n"
    "threshold_shutdown 96\nthreshold_slowdown 93\nthreshold_gpu 85\n"
    "power 12000\nfield 186 12000\nlimit 70000\nlimit_default 70000\nlimit_min 60000\nlimit_max 70000\nfield 83 900000\n"
    "clock_graphics 300\nclock_sm 300\nclock_memory 405\nclock_video 540\nmax_graphics 1590\nmax_sm 1590\nmax_memory 5001\nmax_video 1470\n"
    "pstate 8\nreasons 1\nreasons_known 511\npcie_replay 0\nevents 31\nprocess_utilization 1\nfield 94 0\n" LINK(3, 16) ECC RETIRED VIOLATIONS PCIE_BYTES},
  /* GA100 has no averaged power (185) and no GPM. */
  {"a100", "name NVIDIA A100-SXM4-80GB\nserial 1563221012345\narch 7\ncc_major 8\ncc_minor 0\npersistence 1\n" LOAD
    "memory_total 85899345920\nmemory_used 0\nmemory_reserved 681574400\ntemperature 31\nfield 82 44\n"
    "threshold_shutdown 92\nthreshold_slowdown 89\nthreshold_memory 95\nthreshold_gpu 85\n"
    "power 67000\nfield 186 67000\nlimit 400000\nlimit_default 400000\nlimit_min 100000\nlimit_max 400000\nfield 83 2000000\n"
    "clock_graphics 210\nclock_sm 210\nclock_memory 1593\nclock_video 585\nmax_graphics 1410\nmax_sm 1410\nmax_memory 1593\nmax_video 1290\n"
    "pstate 0\nreasons 1\nreasons_known 511\npcie_replay 0\nmig 0\nmig_slots 7\ngpm_supported 0\nevents 31\nprocess_utilization 1\n"
    "field 94 0\n" LINK(4, 16) ECC REMAPPED VIOLATIONS NVLINK(12) PCIE_BYTES},
  {"h100", "name NVIDIA H100 80GB HBM3\nserial 1562821083900\narch 9\ncc_major 9\ncc_minor 0\npersistence 1\n" LOAD
    "memory_total 85520809984\nmemory_used 0\nmemory_reserved 585105408\ntemperature 34\nmargin 53\nfield 82 41\n"
    "field 193 -8\nfield 194 -2\nfield 195 0\nfield 196 0\nfield 185 70100\nfield 186 70300\npower 70100\n"
    "limit 700000\nlimit_default 700000\nlimit_min 200000\nlimit_max 700000\nfield 83 3000000\n"
    "clock_graphics 345\nclock_sm 345\nclock_memory 2619\nclock_video 765\nmax_graphics 1980\nmax_sm 1980\nmax_memory 2619\nmax_video 1545\n"
    "pstate 0\nreasons 1\nreasons_known 511\npcie_replay 0\nmig 0\nmig_slots 7\nevents 0xc01f\nprocess_utilization 1\nfield 230 0\n"
    "field 94 0\nfield 269 0\nfield 270 0\nfield 271 0\n" LINK(5, 16) ECC REMAPPED VIOLATIONS NVLINK(18) PCIE_BYTES GPM_IDLE},
  {"h200", "name NVIDIA H200\nserial 1654123012345\narch 9\ncc_major 9\ncc_minor 0\npersistence 1\n" LOAD
    "memory_total 150754820096\nmemory_used 0\nmemory_reserved 643825664\ntemperature 28\nmargin 59\nfield 82 32\n"
    "field 193 -8\nfield 194 -2\nfield 195 0\nfield 196 0\nfield 185 77700\nfield 186 77500\npower 77700\n"
    "limit 700000\nlimit_default 700000\nlimit_min 200000\nlimit_max 700000\nfield 83 3000000\n"
    "clock_graphics 345\nclock_sm 345\nclock_memory 3201\nclock_video 765\nmax_graphics 1980\nmax_sm 1980\nmax_memory 3201\nmax_video 1545\n"
    "pstate 0\nreasons 1\nreasons_known 511\npcie_replay 0\nmig 0\nmig_slots 7\nevents 0xc01f\nprocess_utilization 1\nfield 230 0\n"
    "field 94 0\nfield 269 0\nfield 270 0\nfield 271 0\n" LINK(5, 16) ECC REMAPPED VIOLATIONS NVLINK(18) PCIE_BYTES GPM_IDLE},
  {NULL, NULL},
};
