// A seeded random program for a GICv2 with the Security Extensions: EL3 and Non-secure EL1 take turns on every PE, both work
// on the controller at random and take the interrupts that are theirs: Group 0 as FIQs at EL3, Group 1 as IRQs at EL1.
// Recorded with -d int, which shows exception levels.
#include "platform.h"
#include "random.h"

struct options {
  u64 seed, operations, features, cpus, spis, reserved;
};
#define options ((volatile struct options *)OPTIONS)

enum {
  SPLIT_EOI = 1 << 2,  // changes EOImode
  LINES = 1 << 8,      // timers
};

enum {
  GICD_CTLR = 0x0, GICD_TYPER = 0x4, GICD_IGROUPR = 0x80, GICD_ISENABLER = 0x100, GICD_ICENABLER = 0x180,
  GICD_ISPENDR = 0x200, GICD_ICPENDR = 0x280, GICD_ISACTIVER = 0x300, GICD_ICACTIVER = 0x380,
  GICD_IPRIORITYR = 0x400, GICD_ITARGETSR = 0x800, GICD_ICFGR = 0xc00, GICD_SGIR = 0xf00,
  GICC_CTLR = 0x0, GICC_PMR = 0x4, GICC_BPR = 0x8, GICC_IAR = 0xc, GICC_EOIR = 0x10, GICC_RPR = 0x14,
  GICC_HPPIR = 0x18, GICC_ABPR = 0x1c, GICC_DIR = 0x1000,
};

static u32 acknowledged[CPU_LIMIT][1024];
static u32 spurious[CPU_LIMIT];
static u64 done[CPU_LIMIT];
static volatile u32 ready, finished, go;
static volatile u32 consoleLock;
static u8 innerStacks[CPU_LIMIT][32768] __attribute__((aligned(16)));

static u32 self(void) { return get(mpidr_el1) & 0xff; }
static int has(u64 feature) { return (options->features & feature) != 0; }

static u32 bits(u32 cpu) {
  u32 w = next(cpu);
  switch (below(cpu, 4)) {
  case 0: return 1u << (w & 31);
  case 1: return w & next(cpu);
  case 2: return 0xffffffff;
  default: return 1u << (w & 31) | 1u << (w >> 5 & 31);
  }
}

static void distributor(u32 cpu) {
  u32 word = below(cpu, options->spis / 32 + 1) * 4, intid = below(cpu, 32 + options->spis);
  static const u16 families[] = {GICD_ISENABLER, GICD_ISENABLER, GICD_ICENABLER, GICD_ISPENDR, GICD_ISPENDR,
                                 GICD_ISPENDR, GICD_ICPENDR, GICD_ISACTIVER, GICD_ICACTIVER, GICD_ICACTIVER};
  switch (below(cpu, 10)) {
  case 0: write32(GICD + GICD_IPRIORITYR + (intid & ~3), next(cpu)); break;
  case 1: write8(GICD + GICD_IPRIORITYR + intid, next(cpu)); break;
  case 2: write32(GICD + GICD_ICFGR + (intid / 16) * 4, next(cpu)); break;
  case 3: write8(GICD + GICD_ITARGETSR + intid, 1u << below(cpu, options->cpus)); break;
  case 4: write32(GICD + GICD_IGROUPR + word, bits(cpu)); break;
  case 5: if (chance(cpu, 6)) write32(GICD + GICD_CTLR, below(cpu, 4)); else write32(GICD + GICD_CTLR, 3); break;
  default: write32(GICD + families[below(cpu, 10)] + word, bits(cpu)); break;
  }
}

static void reads(u32 cpu) {
  static const u16 families[] = {GICD_IGROUPR, GICD_ISENABLER, GICD_ICENABLER, GICD_ISPENDR, GICD_ICPENDR,
                                 GICD_ISACTIVER, GICD_ICACTIVER};
  u32 word = below(cpu, options->spis / 32 + 1) * 4, intid = below(cpu, options->spis + 32);
  switch (below(cpu, 8)) {
  case 0: read32(GICD + GICD_IPRIORITYR + (intid & ~3)); break;
  case 1: read32(GICD + GICD_ICFGR + (intid / 16) * 4); break;
  case 2: read32(GICD + GICD_ITARGETSR + (intid & ~3)); break;
  case 3: read32(GICD + (chance(cpu, 4) ? GICD_TYPER : GICD_CTLR)); break;
  default: read32(GICD + families[below(cpu, 7)] + word); break;
  }
}

static void open(u32 cpu) {
  write32(GICC + GICC_PMR, 0xff);
  write32(GICC + GICC_CTLR, level() == 3 ? 0xb : 1);
}

static void cpuInterface(u32 cpu) {
  static const u8 masks[] = {0xff, 0xf0, 0xf8, 0xa0, 0x80, 0xc0, 0x40, 0x00};
  switch (below(cpu, 8)) {
  case 0: write32(GICC + GICC_PMR, masks[below(cpu, 8)]); break;
  case 1: write32(GICC + GICC_BPR, below(cpu, 8)); break;
  case 2: if (level() == 3) write32(GICC + GICC_ABPR, below(cpu, 8)); break;
  case 3: {
    u32 value = level() == 3 ? 0xb | below(cpu, 2) << 4 : below(cpu, 2);
    if (has(SPLIT_EOI)) value |= below(cpu, 2) << 9;
    write32(GICC + GICC_CTLR, value);
    break;
  }
  default: open(cpu); break;
  }
}

static void readCPUInterface(u32 cpu) {
  static const u8 registers[] = {GICC_CTLR, GICC_PMR, GICC_BPR, GICC_RPR, GICC_HPPIR};
  read32(GICC + registers[below(cpu, 5)]);
}

static void generateSGI(u32 cpu) {
  u32 value = below(cpu, 16) | (1u << below(cpu, options->cpus)) << 16;
  if (chance(cpu, 4)) value |= below(cpu, 3) << 24;
  if (chance(cpu, 2)) value |= 1u << 15;
  write32(GICD + GICD_SGIR, value);
}

static void timers(u32 cpu) {
  if (!has(LINES)) return;
  if (chance(cpu, 2)) { set(cntv_tval_el0, below(cpu, 20000)); set(cntv_ctl_el0, 1); }
  else { set(cntp_tval_el0, below(cpu, 20000)); set(cntp_ctl_el0, 1); }
}

static void operate(u32 cpu) {
  switch (below(cpu, 12)) {
  case 0: case 1: case 2: case 3: distributor(cpu); break;
  case 4: case 5: case 6: reads(cpu); break;
  case 7: if (chance(cpu, 2)) cpuInterface(cpu); break;
  case 8: readCPUInterface(cpu); break;
  case 9: case 10: generateSGI(cpu); break;
  default: timers(cpu); break;
  }
}

static void quiet(u32 intid) {
  if (intid == 27) set(cntv_ctl_el0, 0);
  if (intid == 30 || intid == 29) set(cntp_ctl_el0, 0);
}

static void interrupt(u32 cpu) {
  u32 value = read32(GICC + GICC_IAR), intid = value & 0x3ff;
  if (intid >= 1020) {
    spurious[cpu]++;
    // A line that stays up would be taken for ever.
    if (intid == 1022 || chance(cpu, 4)) write32(GICD + GICD_ICENABLER, 0xffff0000);
    return;
  }
  acknowledged[cpu][intid]++;
  quiet(intid);
  if (chance(cpu, 4)) read32(GICC + GICC_RPR);
  write32(GICC + GICC_EOIR, value);
  if (has(SPLIT_EOI)) write32(GICC + GICC_DIR, value);
}

#include "secure.h"

// The Non-secure side, at EL1.
static void world(void) {
  u32 cpu = self();
  open(cpu);
  asm volatile("msr daifclr, #3");
  for (; done[cpu] < options->operations; done[cpu]++) {
    operate(cpu);
    if (chance(cpu, 12)) call_smc(0, 0, 0, 0);
  }
  asm volatile("msr daifset, #3");
  for (;;) call_smc(0, 0, 0, 0);
}

void start(u64 number) {
  u32 cpu = number;
  state[cpu] = (options->seed + 1) * 0x9e3779b97f4a7c15ul + cpu * 0xbf58476d1ce4e5b9ul + 1;
  if (cpu == 0) {
    write32(GICD + GICD_CTLR, 3);
    for (u32 word = 4; word <= options->spis / 8; word += 4) write32(GICD + GICD_IGROUPR + word, 0xf0f0ff00);
    for (u32 n = 32; n < 32 + options->spis; n += 4) write32(GICD + GICD_ITARGETSR + n, 0x01010101);
    for (u32 n = 1; n < options->cpus; n++) start_cpu(n);
    go = 1;
  }
  while (!go) {}
  write32(GICD + GICD_IGROUPR, 0xffff00ff);
  open(cpu);
  // FIQs to EL3, Non-secure lower levels in AArch64, SMC allowed.
  set(scr_el3, 1 | 1 << 2 | 1 << 10);
  __atomic_add_fetch(&ready, 1, __ATOMIC_SEQ_CST);
  if (ready > options->cpus) for (;;) asm volatile("wfi");
  while (ready < options->cpus) {}
  enter_el1((u64)world, (u64)innerStacks[cpu] + sizeof innerStacks[cpu], 0x3c5);
}
