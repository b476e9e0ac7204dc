// A seeded random program for a GICv3 with two Security states: EL3 and Non-secure EL1 take turns on every PE, both work
// on the controller at random and take the interrupts that are theirs. Recorded with -d int, which shows exception levels.
#include "gicv3.h"
#include "random.h"

struct options {
  u64 seed, operations, features, cpus, spis, reserved;
};
#define options ((volatile struct options *)OPTIONS)

enum {
  SPLIT_EOI = 1 << 2,   // changes EOImode
  NESTING = 1 << 1,     // takes interrupts inside handlers at Non-secure EL1
  LINES = 1 << 8,       // timers
  AP_WRITES = 1 << 12,  // writes active priorities
  NSACR = 1 << 13,      // opens Secure interrupts to the Non-secure side
};

static u32 acknowledged[CPU_LIMIT][1024];
static u32 spurious[CPU_LIMIT], depth[CPU_LIMIT];
static u64 done[CPU_LIMIT];
static volatile u32 ready, finished, go;
static volatile u32 consoleLock;
static u8 innerStacks[CPU_LIMIT][32768] __attribute__((aligned(16)));

static u32 self(void) { return get(mpidr_el1) & 0xff; }
static int has(u64 feature) { return (options->features & feature) != 0; }

static u32 bits(u32 cpu) {
  u32 w = next(cpu);
  switch (below(cpu, 5)) {
  case 0: return 1u << (w & 31);
  case 1: return w & next(cpu) & next(cpu);
  case 2: return w & next(cpu);
  case 3: return 0xffffffff;
  default: return 1u << (w & 31) | 1u << (w >> 5 & 31);
  }
}

static void distributor(u32 cpu) {
  u32 word = (1 + below(cpu, options->spis / 32)) * 4;
  u32 intid = 32 + below(cpu, options->spis);
  static const u16 families[] = {GICD_ISENABLER, GICD_ISENABLER, GICD_ICENABLER, GICD_ISPENDR, GICD_ISPENDR,
                                 GICD_ISPENDR, GICD_ICPENDR, GICD_ISACTIVER, GICD_ICACTIVER, GICD_ICACTIVER};
  switch (below(cpu, 9)) {
  case 0: write32(GICD + GICD_IPRIORITYR + (intid & ~3), next(cpu)); break;
  case 1: write8(GICD + GICD_IPRIORITYR + intid, next(cpu)); break;
  case 2: write32(GICD + GICD_ICFGR + (intid / 16) * 4, next(cpu)); break;
  case 3: write64(GICD + GICD_IROUTER + intid * 8, below(cpu, options->cpus)); break;
  case 4: write32(GICD + GICD_IGROUPR + word, bits(cpu) | bits(cpu)); break;
  case 5: write32(GICD + GICD_IGRPMODR + word, bits(cpu)); break;
  case 6: if (has(NSACR)) write32(GICD + GICD_NSACR + word * 2 + below(cpu, 2) * 4, next(cpu)); break;
  default: write32(GICD + families[below(cpu, 10)] + word, bits(cpu)); break;
  }
}

static void private(u32 cpu) {
  u64 sgi = redistributor(chance(cpu, 3) ? below(cpu, options->cpus) : cpu) + GICR_SGI;
  u32 intid = below(cpu, 32);
  static const u16 families[] = {GICD_ISENABLER, GICD_ISENABLER, GICD_ICENABLER, GICD_ISPENDR, GICD_ISPENDR,
                                 GICD_ISPENDR, GICD_ICPENDR, GICD_ISACTIVER, GICD_ICACTIVER, GICD_ICACTIVER};
  switch (below(cpu, 8)) {
  case 0: write32(sgi + GICD_IPRIORITYR + (intid & ~3), next(cpu)); break;
  case 1: write8(sgi + GICD_IPRIORITYR + intid, next(cpu)); break;
  case 2: write32(sgi + GICD_IGROUPR, bits(cpu) | bits(cpu)); break;
  case 3: write32(sgi + GICD_IGRPMODR, bits(cpu)); break;
  case 4: if (has(NSACR)) write32(sgi + GICD_NSACR, next(cpu)); break;
  default: write32(sgi + families[below(cpu, 10)], bits(cpu)); break;
  }
}

static void reads(u32 cpu) {
  static const u16 families[] = {GICD_IGROUPR, GICD_ISENABLER, GICD_ICENABLER, GICD_ISPENDR, GICD_ICPENDR,
                                 GICD_ISACTIVER, GICD_ICACTIVER, GICD_IGRPMODR, GICD_NSACR};
  u32 word = (1 + below(cpu, options->spis / 32)) * 4;
  u32 intid = below(cpu, options->spis + 32);
  u64 sgi = redistributor(below(cpu, options->cpus)) + GICR_SGI;
  switch (below(cpu, 10)) {
  case 0: read32(GICD + GICD_IPRIORITYR + (intid & ~3)); break;
  case 1: read32(GICD + GICD_ICFGR + (intid / 16) * 4); break;
  case 2: read64(GICD + GICD_IROUTER + intid * 8); break;
  case 3: read32(GICD + (chance(cpu, 4) ? GICD_TYPER : GICD_CTLR)); break;
  case 4: read32(sgi + GICD_IPRIORITYR + (intid & 28)); break;
  case 5: read32(sgi + GICD_ICFGR + 4); break;
  case 6: case 7: read32(sgi + families[below(cpu, 9)]); break;
  default: read32(GICD + families[below(cpu, 9)] + word); break;
  }
}

static void cpuInterface(u32 cpu) {
  static const u8 masks[] = {0xff, 0xf0, 0xf8, 0xa0, 0x80, 0xc0, 0x40, 0x00};
  switch (below(cpu, 12)) {
  case 0: case 1: setx(ICC_PMR, chance(cpu, 4) ? next(cpu) & 0xff : masks[below(cpu, 8)]); break;
  case 2: setx(ICC_BPR1, below(cpu, 8)); break;
  case 3: if (level() == 3) setx(ICC_BPR0, below(cpu, 8)); break;
  case 4: setx(ICC_CTLR, has(SPLIT_EOI) ? below(cpu, 2) * 2 : 0); break;
  case 5: setx(ICC_IGRPEN1, chance(cpu, 4) ? 0 : 1); break;
  case 6:
    if (level() == 3) {
      if (chance(cpu, 2)) setx(ICC_IGRPEN1_EL3, chance(cpu, 3) ? below(cpu, 4) : 3);
      else setx(ICC_CTLR_EL3, has(SPLIT_EOI) ? below(cpu, 32) : below(cpu, 4));
    }
    break;
  case 7:
    if (has(AP_WRITES)) setx(ICC_AP1R0, chance(cpu, 2) ? 0 : bits(cpu));
    break;
  default:
    if (level() == 3) {
      if (has(AP_WRITES)) { setx(ICC_AP0R0, 0); setx(ICC_AP1R0, 0); }
      setx(ICC_IGRPEN0, 1);
      setx(ICC_IGRPEN1_EL3, 3);
    } else if (has(AP_WRITES)) {
      setx(ICC_AP1R0, 0);
    }
    setx(ICC_PMR, 0xff);
    setx(ICC_IGRPEN1, 1);
    break;
  }
}

static void readCPUInterface(u32 cpu) {
  switch (below(cpu, 12)) {
  case 0: getx(ICC_PMR); break;
  case 1: if (level() == 3) getx(ICC_BPR0); break;
  case 2: getx(ICC_BPR1); break;
  case 3: getx(ICC_CTLR); break;
  case 4: getx(ICC_IGRPEN1); break;
  case 5: getx(ICC_AP1R0); break;
  case 6: getx(ICC_RPR); break;
  case 7: if (level() == 3) getx(ICC_HPPIR0); break;
  case 8: if (level() == 3) { getx(ICC_CTLR_EL3); getx(ICC_IGRPEN1_EL3); } break;
  case 9: if (level() == 3) getx(ICC_AP0R0); break;
  default: getx(ICC_HPPIR1); break;
  }
}

static void generateSGI(u32 cpu) {
  u64 value = (u64)below(cpu, 16) << 24 | 1ul << below(cpu, options->cpus);
  if (chance(cpu, 8)) value |= 1ul << 40;
  switch (below(cpu, 4)) {
  case 0: setx(ICC_SGI0R, value); break;
  case 1: setx(ICC_ASGI1R, value); break;
  default: setx(ICC_SGI1R, value); break;
  }
}

static void timers(u32 cpu) {
  if (!has(LINES)) return;
  if (chance(cpu, 2)) { set(cntv_tval_el0, below(cpu, 20000)); set(cntv_ctl_el0, 1); }
  else { set(cntp_tval_el0, below(cpu, 20000)); set(cntp_ctl_el0, 1); }
}

static void operate(u32 cpu) {
  switch (below(cpu, 14)) {
  case 0: case 1: case 2: distributor(cpu); break;
  case 3: case 4: private(cpu); break;
  case 5: case 6: case 7: reads(cpu); break;
  case 8: if (chance(cpu, 2)) cpuInterface(cpu); break;
  case 9: case 10: readCPUInterface(cpu); break;
  case 11: case 12: generateSGI(cpu); break;
  default: timers(cpu); break;
  }
}

static void quiet(u32 intid) {
  if (intid == 27) set(cntv_ctl_el0, 0);
  if (intid == 30 || intid == 29) set(cntp_ctl_el0, 0);
}

static void end(u32 cpu, int group0, u64 intid) {
  acknowledged[cpu][intid]++;
  quiet(intid);
  if (chance(cpu, 4)) getx(ICC_RPR);
  if (group0) setx(ICC_EOIR0, intid);
  else setx(ICC_EOIR1, intid);
  if (has(SPLIT_EOI) && !chance(cpu, 6)) setx(ICC_DIR, intid);
}

// An FIQ or IRQ. At EL3 whatever does not belong to the world that was interrupted: the special INTIDs tell which.
static void interrupt(u32 cpu) {
  if (level() == 1) {
    u64 intid = getx(ICC_IAR1);
    if (intid >= 1020) { spurious[cpu]++; return; }
    if (has(NESTING) && depth[cpu] < 2 && chance(cpu, 3)) {
      depth[cpu]++;
      asm volatile("msr daifclr, #3");
      for (u32 n = below(cpu, 4); n > 0; n--) operate(cpu);
      asm volatile("msr daifset, #3");
      depth[cpu]--;
    }
    end(cpu, 0, intid);
    return;
  }
  u64 intid = getx(ICC_IAR0);
  if (intid < 1020) { end(cpu, 1, intid); return; }
  spurious[cpu]++;
  if (intid == 1020 || intid == 1021) {
    // The bank of Group 1 is chosen by SCR_EL3.NS.
    u64 scr = get(scr_el3);
    set(scr_el3, intid == 1021 ? scr | 1 : scr & ~1ul);
    intid = getx(ICC_IAR1);
    if (intid < 1020) end(cpu, 0, intid);
    else spurious[cpu]++;
    set(scr_el3, scr);
  }
}

#include "secure.h"

// The Non-secure side, at EL1.
static void world(void) {
  u32 cpu = self();
  setx(ICC_PMR, 0xff);
  setx(ICC_IGRPEN1, 1);
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
  setx(ICC_SRE_EL3, 0xf);
  if (cpu == 0) {
    write32(GICD + GICD_CTLR, 0x37);
    for (u32 word = 4; word <= options->spis / 8; word += 4) write32(GICD + GICD_IGROUPR + word, 0xf0f0ff00);
    for (u32 n = 1; n < options->cpus; n++) start_cpu(n);
    go = 1;
  }
  while (!go) {}
  write32(redistributor(cpu) + GICR_WAKER, 0);
  write32(redistributor(cpu) + GICR_SGI + GICD_IGROUPR, 0xffff00ff);
  write32(redistributor(cpu) + GICR_SGI + GICD_IGRPMODR, 0x0000f000);
  // FIQs to EL3, Non-secure lower levels in AArch64, no traps, SMC allowed.
  set(scr_el3, 1 | 1 << 2 | 1 << 10);
  setx(ICC_SRE, 7);
  setx(ICC_PMR, 0xff);
  setx(ICC_IGRPEN0, 1);
  setx(ICC_IGRPEN1_EL3, 3);
  __atomic_add_fetch(&ready, 1, __ATOMIC_SEQ_CST);
  if (ready > options->cpus) for (;;) asm volatile("wfi");
  while (ready < options->cpus) {}
  enter_el1((u64)world, (u64)innerStacks[cpu] + sizeof innerStacks[cpu], 0x3c5);
}
