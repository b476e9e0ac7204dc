// A seeded random program for GICv2: every PE works on the Distributor and its CPU interface and reads them back, takes
// the interrupts that follow, and counts what it acknowledged.
#include "platform.h"
#include "random.h"

// Options of a run, written by the loader.
struct options {
  u64 seed, operations, features, cpus;
  u64 spis;  // SPIs to play with, a multiple of 32
  u64 reserved;
};
#define options ((volatile struct options *)OPTIONS)

enum {
  NESTING = 1 << 1,        // takes interrupts inside handlers
  SPLIT_EOI = 1 << 2,      // changes EOImode
  GROUP0 = 1 << 3,         // moves interrupts to Group 0 (with Security Extensions), AckCtl
  BAD_ACCESSES = 1 << 4,   // reserved offsets and odd sizes
  WRONG_ENDS = 1 << 7,     // ends and deactivates what is not active
  LINES = 1 << 8,          // timers, UART and RTC
  AP_WRITES = 1 << 12,     // writes active priorities
  CTLR_TOGGLE = 1 << 15,   // toggles GICD_CTLR
};

enum {
  GICD_CTLR = 0x0, GICD_TYPER = 0x4, GICD_IGROUPR = 0x80, GICD_ISENABLER = 0x100, GICD_ICENABLER = 0x180,
  GICD_ISPENDR = 0x200, GICD_ICPENDR = 0x280, GICD_ISACTIVER = 0x300, GICD_ICACTIVER = 0x380,
  GICD_IPRIORITYR = 0x400, GICD_ITARGETSR = 0x800, GICD_ICFGR = 0xc00, GICD_SGIR = 0xf00, GICD_CPENDSGIR = 0xf10,
  GICD_SPENDSGIR = 0xf20,
  GICC_CTLR = 0x0, GICC_PMR = 0x4, GICC_BPR = 0x8, GICC_IAR = 0xc, GICC_EOIR = 0x10, GICC_RPR = 0x14,
  GICC_HPPIR = 0x18, GICC_ABPR = 0x1c, GICC_AIAR = 0x20, GICC_AEOIR = 0x24, GICC_AHPPIR = 0x28, GICC_APR = 0xd0,
  GICC_NSAPR = 0xe0, GICC_IIDR = 0xfc, GICC_DIR = 0x1000,
};

static u32 acknowledged[CPU_LIMIT][1024];
static u32 spurious[CPU_LIMIT], depth[CPU_LIMIT], aborts[CPU_LIMIT];
static volatile u32 ready, finished, dumping, go;
static volatile u32 consoleLock;
static u32 lastAcknowledged[CPU_LIMIT];

static u32 self(void) { return get(mpidr_el1) & 0xff; }
static int has(u64 feature) { return (options->features & feature) != 0; }

// A word with few bits set, many, all or none.
static u32 bits(u32 cpu) {
  u32 w = next(cpu);
  switch (below(cpu, 6)) {
  case 0: return 1u << (w & 31);
  case 1: return w & next(cpu) & next(cpu);
  case 2: return w & next(cpu);
  case 3: return w;
  case 4: return 0xffffffff;
  default: return 1u << (w & 31) | 1u << (w >> 5 & 31);
  }
}

static void distributor(u32 cpu) {
  u32 word = below(cpu, options->spis / 32 + 1) * 4;
  u32 intid = below(cpu, 32 + options->spis);
  u32 cpus = (1u << options->cpus) - 1;
  switch (below(cpu, 22)) {
  case 0: case 1: write32(GICD + GICD_ISENABLER + word, bits(cpu)); break;
  case 2: write32(GICD + GICD_ICENABLER + word, bits(cpu) & bits(cpu)); break;
  case 3: case 4: case 5: write32(GICD + GICD_ISPENDR + word, bits(cpu)); break;
  case 6: write32(GICD + GICD_ICPENDR + word, bits(cpu)); break;
  case 7: write32(GICD + GICD_ISACTIVER + word, bits(cpu) & bits(cpu)); break;
  case 8: write32(GICD + GICD_ICACTIVER + word, bits(cpu) | (chance(cpu, 2) ? 0xffffffff : 0)); break;
  case 9: write32(GICD + GICD_IPRIORITYR + (intid & ~3), next(cpu)); break;
  case 10: write8(GICD + GICD_IPRIORITYR + intid, next(cpu)); break;
  case 11: write32(GICD + GICD_ICFGR + (intid / 16) * 4, next(cpu)); break;
  case 12: write8(GICD + GICD_ITARGETSR + intid, chance(cpu, 8) ? next(cpu) : 1u << below(cpu, options->cpus)); break;
  case 13: write32(GICD + GICD_ITARGETSR + (intid & ~3), next(cpu) & (cpus * 0x01010101)); break;
  case 14: if (has(GROUP0)) write32(GICD + GICD_IGROUPR + word, bits(cpu) | bits(cpu)); break;
  case 15: if (has(CTLR_TOGGLE)) write32(GICD + GICD_CTLR, below(cpu, 4)); break;
  case 16: write8(GICD + GICD_CPENDSGIR + below(cpu, 16), next(cpu) & cpus); break;
  case 17: write8(GICD + GICD_SPENDSGIR + below(cpu, 16), 1u << below(cpu, options->cpus)); break;
  case 18: write8(GICD + (chance(cpu, 2) ? GICD_ISENABLER : GICD_ISPENDR) + word + below(cpu, 4), bits(cpu)); break;
  default: // The line of an SPI that exists nowhere else.
    intid = 32 + below(cpu, options->spis);
    write32(GICD + GICD_ISPENDR + (intid / 32) * 4, 1u << (intid & 31));
    break;
  }
}

static void readDistributor(u32 cpu) {
  u32 word = below(cpu, options->spis / 32 + 1) * 4;
  u32 intid = below(cpu, options->spis + 32);
  static const u16 families[] = {GICD_IGROUPR, GICD_ISENABLER, GICD_ICENABLER, GICD_ISPENDR, GICD_ICPENDR,
                                 GICD_ISACTIVER, GICD_ICACTIVER, GICD_ISPENDR, GICD_ISACTIVER};
  switch (below(cpu, 9)) {
  case 0: read32(GICD + GICD_IPRIORITYR + (intid & ~3)); break;
  case 1: read8(GICD + GICD_IPRIORITYR + intid); break;
  case 2: read32(GICD + GICD_ICFGR + (intid / 16) * 4); break;
  case 3: read32(GICD + GICD_ITARGETSR + (intid & ~3)); break;
  case 4: read8(GICD + GICD_ITARGETSR + intid); break;
  case 5: read32(GICD + (chance(cpu, 3) ? GICD_TYPER : GICD_CTLR)); break;
  case 6: read8(GICD + (chance(cpu, 2) ? GICD_CPENDSGIR : GICD_SPENDSGIR) + below(cpu, 16)); break;
  default: read32(GICD + families[below(cpu, 9)] + word); break;
  }
}

static void cpuInterface(u32 cpu) {
  static const u8 masks[] = {0xff, 0xf0, 0xf8, 0xa0, 0x80, 0xc0, 0x40, 0x00};
  switch (below(cpu, 12)) {
  case 0: case 1: write32(GICC + GICC_PMR, chance(cpu, 4) ? next(cpu) & 0xff : masks[below(cpu, 8)]); break;
  case 2: write32(GICC + GICC_BPR, below(cpu, 8)); break;
  case 3: write32(GICC + GICC_ABPR, below(cpu, 8)); break;
  case 4: {
    u32 value = chance(cpu, 6) ? 0 : 1;
    if (has(SPLIT_EOI)) value |= below(cpu, 2) << 9;
    if (has(GROUP0)) value |= 2 | below(cpu, 8) << 2;
    write32(GICC + GICC_CTLR, value);
    break;
  }
  case 5:
    if (has(AP_WRITES)) write32(GICC + (chance(cpu, 2) ? GICC_APR : GICC_NSAPR), chance(cpu, 2) ? 0 : bits(cpu));
    break;
  case 6: case 7:
    if (has(WRONG_ENDS)) {
      u32 intid = chance(cpu, 2) ? below(cpu, 32 + options->spis) : 1016 + below(cpu, 8);
      if (chance(cpu, 16)) intid |= below(cpu, 8) << 10;
      write32(GICC + (chance(cpu, 3) ? GICC_DIR : chance(cpu, 4) ? GICC_AEOIR : GICC_EOIR), intid);
    }
    break;
  case 8: if (lastAcknowledged[cpu]) write32(GICC + GICC_DIR, lastAcknowledged[cpu]); break;
  default: // Back to where interrupts are taken.
    if (has(AP_WRITES)) { write32(GICC + GICC_APR, 0); write32(GICC + GICC_NSAPR, 0); }
    write32(GICC + GICC_PMR, 0xff);
    write32(GICC + GICC_CTLR, has(GROUP0) ? 7 : 1);
    break;
  }
}

static void readCPUInterface(u32 cpu) {
  static const u8 registers[] = {GICC_CTLR, GICC_PMR, GICC_BPR, GICC_RPR, GICC_RPR, GICC_HPPIR, GICC_HPPIR,
                                 GICC_ABPR, GICC_AHPPIR, GICC_APR, GICC_NSAPR, GICC_IIDR};
  read32(GICC + registers[below(cpu, 12)]);
}

static void generateSGI(u32 cpu) {
  u32 value = below(cpu, 16) | (next(cpu) & 0xff) << 16 | below(cpu, 4) << 24;
  if (chance(cpu, 4)) value |= 1u << 15;
  write32(GICD + GICD_SGIR, value);
}

static void timers(u32 cpu) {
  if (!has(LINES)) return;
  switch (below(cpu, 8)) {
  case 0: case 1: set(cntv_tval_el0, below(cpu, 20000)); set(cntv_ctl_el0, 1); break;
  case 2: case 3: set(cntp_tval_el0, below(cpu, 20000)); set(cntp_ctl_el0, 1); break;
  case 4: set(cntv_ctl_el0, below(cpu, 4)); break;
  case 5: set(cntp_ctl_el0, below(cpu, 4)); break;
  case 6: write32(RTC + 0x04, read32(RTC) + below(cpu, 2)); write32(RTC + 0x10, 1); break;
  default: // The transmitter is always ready.
    write32(UART + 0x38, 0x20);
    write32(UART, ' ');
    break;
  }
}

static void quiet(u32 intid) {
  switch (intid) {
  case 27: set(cntv_ctl_el0, 0); break;
  case 30: set(cntp_ctl_el0, 0); break;
  case 33: write32(UART + 0x38, 0); write32(UART + 0x44, 0x7ff); break;
  case 34: write32(RTC + 0x10, 0); write32(RTC + 0x1c, 1); break;
  default: break;
  }
}

static void badAccess(u32 cpu) {
  if (!has(BAD_ACCESSES)) return;
  u64 a = GICD + (next(cpu) & 0xfff);
  switch (below(cpu, 3)) {
  case 0: read8(a); break;
  case 1: read16(a & ~1ul); break;
  default: read32(a & ~3ul); break;
  }
}

static void operate(u32 cpu) {
  switch (below(cpu, 14)) {
  case 0: case 1: case 2: case 3: distributor(cpu); break;
  case 4: case 5: case 6: readDistributor(cpu); break;
  case 7: if (chance(cpu, 2)) cpuInterface(cpu); break;
  case 8: case 9: readCPUInterface(cpu); break;
  case 10: case 11: generateSGI(cpu); break;
  case 12: badAccess(cpu); break;
  default: timers(cpu); break;
  }
}

static void interrupt(u32 cpu) {
  if (chance(cpu, 6)) readCPUInterface(cpu);
  int aliased = has(GROUP0) && chance(cpu, 3);
  u32 value = read32(GICC + (aliased ? GICC_AIAR : GICC_IAR));
  u32 intid = value & 0x3ff;
  if (intid >= 1020) {
    spurious[cpu]++;
    return;
  }
  acknowledged[cpu][intid]++;
  quiet(intid);
  if (chance(cpu, 6)) read32(GICC + GICC_RPR);
  if (has(NESTING) && depth[cpu] < 3 && chance(cpu, 2)) {
    depth[cpu]++;
    asm volatile("msr daifclr, #3");
    for (u32 n = below(cpu, 6); n > 0; n--) operate(cpu);
    asm volatile("msr daifset, #3");
    depth[cpu]--;
  }
  if (has(WRONG_ENDS) && chance(cpu, 12)) write32(GICC + GICC_EOIR, value ^ below(cpu, 4));
  write32(GICC + (aliased ? GICC_AEOIR : GICC_EOIR), value);
  if (has(SPLIT_EOI)) {
    if (!chance(cpu, 4)) write32(GICC + GICC_DIR, value);
    else lastAcknowledged[cpu] = value;
  }
}

void exception(u64 vector, struct frame *f, u64 syndrome) {
  u32 cpu = self();
  if ((vector & 3) == 1 || (vector & 3) == 2) {
    interrupt(cpu);
    return;
  }
  aborts[cpu]++;
  u32 class = syndrome >> 26;
  if (class == 0x25 || class == 0x24 || class == 0) { f->elr += 4; return; }
  lock(&consoleLock);
  print("\n@@FAULT cpu "); print_number(cpu); print(" vector "); print_number(vector); print(" esr "); print_hex(syndrome);
  print(" elr "); print_hex(f->elr); print("\n");
  power_off();
}

static void dump(u32 cpu) {
  static const u16 families[] = {GICD_IGROUPR, GICD_ISENABLER, GICD_ISPENDR, GICD_ISACTIVER};
  static const u8 registers[] = {GICC_CTLR, GICC_PMR, GICC_BPR, GICC_ABPR, GICC_RPR, GICC_HPPIR, GICC_APR, GICC_NSAPR};
  for (u32 n = 0; n < 8; n++) read32(GICC + registers[n]);
  for (u32 word = 0; word <= (cpu == 0 ? options->spis / 8 : 0); word += 4) {
    for (u32 n = 0; n < 4; n++) read32(GICD + families[n] + word);
    for (u32 n = 0; n < 32; n += 4) {
      read32(GICD + GICD_IPRIORITYR + word * 8 + n);
      read32(GICD + GICD_ITARGETSR + word * 8 + n);
    }
    read32(GICD + GICD_ICFGR + word * 2); read32(GICD + GICD_ICFGR + word * 2 + 4);
  }
  for (u32 n = 0; n < 16; n += 4) read32(GICD + GICD_SPENDSGIR + n);
}

static void report(void) {
  print("\n");
  for (u32 cpu = 0; cpu < options->cpus; cpu++) {
    for (u32 n = 0; n < 1020; n++)
      if (acknowledged[cpu][n]) {
        print("ack cpu "); print_number(cpu); print(" intid "); print_number(n); print(" n ");
        print_number(acknowledged[cpu][n]); print("\n");
      }
    print("spurious cpu "); print_number(cpu); print(" n "); print_number(spurious[cpu]);
    print(" aborts "); print_number(aborts[cpu]); print("\n");
  }
}

void start(u64 number) {
  u32 cpu = number;
  state[cpu] = (options->seed + 1) * 0x9e3779b97f4a7c15ul + cpu * 0xbf58476d1ce4e5b9ul + 1;
  if (cpu == 0) {
    write32(GICD + GICD_CTLR, has(GROUP0) ? 3 : 1);
    for (u32 n = 32; n < 32 + options->spis; n += 4) write32(GICD + GICD_ITARGETSR + n, 0x01010101);
    go = 1;
    for (u32 n = 1; n < options->cpus; n++) start_cpu(n);
  }
  while (!go) {}
  if (level() == 2) set(hcr_el2, 7ul << 3 | 1ul << 31);
  write32(GICC + GICC_PMR, 0xff);
  write32(GICC + GICC_CTLR, has(GROUP0) ? 7 : 1);
  __atomic_add_fetch(&ready, 1, __ATOMIC_SEQ_CST);
  while (ready < options->cpus) {}
  asm volatile("msr daifclr, #3");
  for (u64 n = 0; n < options->operations; n++) operate(cpu);
  asm volatile("msr daifset, #3");
  set(cntv_ctl_el0, 0);
  set(cntp_ctl_el0, 0);
  __atomic_add_fetch(&finished, 1, __ATOMIC_SEQ_CST);
  while (finished < options->cpus) {}
  while (dumping != cpu) {}
  dump(cpu);
  dumping++;
  if (cpu != 0) return;
  while (dumping < options->cpus) {}
  report();
  print("@@DONE\n");
  power_off();
}
