// A seeded random program for GICv3 with or without an ITS: every PE works on the controller and reads it back, takes
// the interrupts that follow, and counts what it acknowledged.
#include "gicv3.h"
#include "random.h"

// Options of a run, written by the loader.
struct options {
  u64 seed, operations, features, cpus;
  u64 spis;  // SPIs to play with, a multiple of 32
  u64 weights; // reserved
};
#define options ((volatile struct options *)OPTIONS)

enum {
  HAS_ITS = 1 << 0,
  NESTING = 1 << 1,        // takes interrupts inside handlers
  SPLIT_EOI = 1 << 2,      // changes EOImode
  GROUP0 = 1 << 3,         // moves interrupts to Group 0
  BAD_ACCESSES = 1 << 4,   // reserved offsets and wrong sizes
  LPI_CHURN = 1 << 5,      // changes configuration with and without INV, toggles EnableLPIs
  WIDE_VALUES = 1 << 6,    // sets bits that are reserved
  WRONG_ENDS = 1 << 7,     // ends and deactivates what is not active
  LINES = 1 << 8,          // timers, UART and RTC
  HOTPLUG = 1 << 9,        // turns PEs off and on
  SNAPSHOT = 1 << 10,      // asks the recorder for the state at the end
  ITS_ERRORS = 1 << 11,    // commands with operands out of range, unknown commands
  AP_WRITES = 1 << 12,     // writes active priorities
  REMOTE = 1 << 13,        // accesses other PEs' redistributors
  INDIRECT = 1 << 14,      // two-level device table
  DS_TOGGLE = 1 << 15,     // toggles GICD_CTLR
  RESETS = 1 << 16,        // resets the machine twice, once with interrupts active
  SECOND_SETUP = 1 << 17,  // sets the ITS up again, with tables elsewhere; moves LPI pending tables
};

static u32 acknowledged[CPU_LIMIT][1024];
static u32 acknowledgedLPI[CPU_LIMIT][512];
static u32 spurious[CPU_LIMIT], depth[CPU_LIMIT], aborts[CPU_LIMIT];
static volatile u32 ready, finished, dumping, go;
static volatile u32 queueLock, consoleLock;
static u32 queueAt;
static u64 queueSet;  // SECOND_SET, or 0
static u64 lastAcknowledged[CPU_LIMIT];
static volatile u32 offline[CPU_LIMIT];

#define FIRST_LPI 8192
#define LPIS 128

static u32 self(void) {
  u64 m = get(mpidr_el1);
  return (m & 0xff) + ((m >> 8 & 0xff) << CLUSTER_SHIFT);
}
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

static u64 routing(u32 cpu) {
  u32 target = below(cpu, options->cpus);
  u64 a = (u64)(target & ((1 << CLUSTER_SHIFT) - 1)) | (u64)(target >> CLUSTER_SHIFT) << 8;
  if (chance(cpu, 24)) a |= 1ul << 31;          // one of N
  if (chance(cpu, 24)) a ^= 1ul << below(cpu, 40); // nobody, mostly
  return a;
}

// MARK: Distributor

static void distributor(u32 cpu) {
  u32 words = options->spis / 32;
  u32 word = (1 + below(cpu, words)) * 4;
  u32 intid = 32 + below(cpu, options->spis);
  if (chance(cpu, 40)) word = below(cpu, 32) * 4;
  switch (below(cpu, 20)) {
  case 0: case 1: write32(GICD + GICD_ISENABLER + word, bits(cpu)); break;
  case 2: write32(GICD + GICD_ICENABLER + word, bits(cpu) & bits(cpu)); break;
  case 3: case 4: case 5: write32(GICD + GICD_ISPENDR + word, bits(cpu)); break;
  case 6: write32(GICD + GICD_ICPENDR + word, bits(cpu)); break;
  case 7: write32(GICD + GICD_ISACTIVER + word, bits(cpu) & bits(cpu)); break;
  case 8: write32(GICD + GICD_ICACTIVER + word, bits(cpu) | (chance(cpu, 2) ? 0xffffffff : 0)); break;
  case 9: write32(GICD + GICD_IPRIORITYR + (intid & ~3), next(cpu)); break;
  case 10: write8(GICD + GICD_IPRIORITYR + intid, next(cpu)); break;
  case 11: write32(GICD + GICD_ICFGR + (intid / 16) * 4, next(cpu)); break;
  case 12: case 13: write64(GICD + GICD_IROUTER + intid * 8, routing(cpu)); break;
  case 14: {
    u64 r = routing(cpu);
    if (chance(cpu, 2)) write32(GICD + GICD_IROUTER + intid * 8, r);
    else write32(GICD + GICD_IROUTER + intid * 8 + 4, r >> 32);
    break;
  }
  case 15: if (has(GROUP0)) write32(GICD + GICD_IGROUPR + word, bits(cpu) | bits(cpu)); break;
  case 16: if (has(GROUP0)) write32(GICD + (chance(cpu, 2) ? GICD_IGRPMODR : GICD_NSACR) + word, bits(cpu)); break;
  case 17:
    if (chance(cpu, 2)) write32(GICD + GICD_SETSPI_NSR + below(cpu, 4) * 8, intid);
    break;
  case 18:
    if (has(DS_TOGGLE)) write32(GICD + GICD_CTLR, chance(cpu, 3) ? next(cpu) : 0x53);
    break;
  default: write32(GICD + GICD_ISPENDR + (intid / 32) * 4, 1u << (intid & 31)); break;
  }
}

static void readDistributor(u32 cpu) {
  u32 word = below(cpu, options->spis / 32 + 1) * 4;
  u32 intid = below(cpu, options->spis + 32);
  static const u16 families[] = {GICD_IGROUPR, GICD_ISENABLER, GICD_ICENABLER, GICD_ISPENDR, GICD_ICPENDR,
                                 GICD_ISACTIVER, GICD_ICACTIVER, GICD_IGRPMODR, GICD_ISPENDR, GICD_ISACTIVER};
  switch (below(cpu, 9)) {
  case 0: read32(GICD + GICD_IPRIORITYR + (intid & ~3)); break;
  case 1: read8(GICD + GICD_IPRIORITYR + intid); break;
  case 2: read32(GICD + GICD_ICFGR + (intid / 16) * 4); break;
  case 3: read64(GICD + GICD_IROUTER + intid * 8); break;
  case 4: read32(GICD + GICD_IROUTER + intid * 8 + (chance(cpu, 2) ? 4 : 0)); break;
  case 5: read32(GICD + (chance(cpu, 3) ? GICD_TYPER : GICD_CTLR)); break;
  case 6: if (chance(cpu, 8)) read32(GICD + below(cpu, 0x4000) * 4); break;
  default: read32(GICD + families[below(cpu, 10)] + word); break;
  }
}

// MARK: Redistributors

static u64 frame(u32 cpu) {
  return redistributor(has(REMOTE) && chance(cpu, 3) ? below(cpu, options->cpus) : cpu);
}

static void private(u32 cpu) {
  u64 base = frame(cpu), sgi = base + GICR_SGI;
  u32 intid = below(cpu, 32);
  switch (below(cpu, 16)) {
  case 0: case 1: write32(sgi + GICD_ISENABLER, bits(cpu)); break;
  case 2: write32(sgi + GICD_ICENABLER, bits(cpu) & bits(cpu)); break;
  case 3: case 4: case 5: write32(sgi + GICD_ISPENDR, bits(cpu)); break;
  case 6: write32(sgi + GICD_ICPENDR, bits(cpu)); break;
  case 7: write32(sgi + GICD_ISACTIVER, bits(cpu) & bits(cpu)); break;
  case 8: write32(sgi + GICD_ICACTIVER, bits(cpu) | (chance(cpu, 2) ? 0xffffffff : 0)); break;
  case 9: write32(sgi + GICD_IPRIORITYR + (intid & ~3), next(cpu)); break;
  case 10: write8(sgi + GICD_IPRIORITYR + intid, next(cpu)); break;
  case 11: write32(sgi + GICD_ICFGR + (chance(cpu, 8) ? 0 : 4), next(cpu)); break;
  case 12: if (has(GROUP0)) write32(sgi + GICD_IGROUPR, bits(cpu) | bits(cpu)); break;
  case 13: if (has(GROUP0)) write32(sgi + (chance(cpu, 2) ? GICD_IGRPMODR : GICD_NSACR), bits(cpu)); break;
  case 14: if (chance(cpu, 8)) write32(base + GICR_WAKER, below(cpu, 8)); break;
  default: write32(sgi + GICD_ISPENDR, 1u << intid); break;
  }
}

static void readPrivate(u32 cpu) {
  u64 base = frame(cpu), sgi = base + GICR_SGI;
  u32 intid = below(cpu, 32);
  static const u16 families[] = {GICD_IGROUPR, GICD_ISENABLER, GICD_ICENABLER, GICD_ISPENDR, GICD_ICPENDR,
                                 GICD_ISACTIVER, GICD_ICACTIVER, GICD_IGRPMODR, GICD_ISPENDR, GICD_NSACR};
  switch (below(cpu, 9)) {
  case 0: read32(sgi + GICD_IPRIORITYR + (intid & ~3)); break;
  case 1: read8(sgi + GICD_IPRIORITYR + intid); break;
  case 2: read32(sgi + GICD_ICFGR + (chance(cpu, 2) ? 0 : 4)); break;
  case 3: read32(base + GICR_CTLR); read32(base + GICR_WAKER); break;
  case 4: chance(cpu, 2) ? read64(base + GICR_TYPER) : read32(base + GICR_TYPER + (chance(cpu, 2) ? 4 : 0)); break;
  case 5: read64(base + (chance(cpu, 2) ? GICR_PROPBASER : GICR_PENDBASER)); break;
  case 6: if (chance(cpu, 8)) read32(base + below(cpu, 0x8000) * 4); break;
  default: read32(sgi + families[below(cpu, 10)]); break;
  }
}

// MARK: CPU interface

static u64 wide(u32 cpu, u64 value) {
  return has(WIDE_VALUES) && chance(cpu, 4) ? value | next(cpu) << below(cpu, 24) : value;
}

static void cpuInterface(u32 cpu) {
  static const u8 masks[] = {0xff, 0xf0, 0xf8, 0xa0, 0x80, 0xc0, 0x40, 0x00};
  switch (below(cpu, 14)) {
  case 0: case 1: setx(ICC_PMR, wide(cpu, chance(cpu, 4) ? next(cpu) & 0xff : masks[below(cpu, 8)])); break;
  case 2: setx(ICC_BPR0, wide(cpu, below(cpu, 8))); break;
  case 3: setx(ICC_BPR1, wide(cpu, below(cpu, 8))); break;
  case 4: setx(ICC_CTLR, wide(cpu, below(cpu, 2) | (has(SPLIT_EOI) ? below(cpu, 2) * 2 : 0))); break;
  case 5: setx(ICC_IGRPEN1, wide(cpu, chance(cpu, 4) ? 0 : 1)); break;
  case 6: setx(ICC_IGRPEN0, wide(cpu, chance(cpu, 4) ? 0 : 1)); break;
  case 7:
    if (has(AP_WRITES)) {
      if (chance(cpu, 2)) setx(ICC_AP0R0, chance(cpu, 2) ? 0 : wide(cpu, bits(cpu)));
      else setx(ICC_AP1R0, chance(cpu, 2) ? 0 : wide(cpu, bits(cpu)));
    }
    break;
  case 8: case 9:
    if (has(WRONG_ENDS)) {
      u64 intid = chance(cpu, 2) ? below(cpu, 32 + options->spis) : chance(cpu, 2) ? 1016 + below(cpu, 8) : FIRST_LPI + below(cpu, LPIS);
      if (chance(cpu, 3)) setx(ICC_DIR, wide(cpu, intid));
      else if (chance(cpu, 2)) setx(ICC_EOIR0, wide(cpu, intid));
      else setx(ICC_EOIR1, wide(cpu, intid));
    }
    break;
  case 10: if (lastAcknowledged[cpu]) { setx(ICC_DIR, lastAcknowledged[cpu]); } break;
  default: // Back to where interrupts are taken.
    if (has(AP_WRITES)) { setx(ICC_AP0R0, 0); setx(ICC_AP1R0, 0); }
    setx(ICC_PMR, 0xff); setx(ICC_IGRPEN0, 1); setx(ICC_IGRPEN1, 1);
    break;
  }
}

static void readCPUInterface(u32 cpu) {
  switch (below(cpu, 11)) {
  case 0: getx(ICC_PMR); break;
  case 1: getx(ICC_BPR0); break;
  case 2: getx(ICC_BPR1); break;
  case 3: getx(ICC_CTLR); break;
  case 4: getx(ICC_IGRPEN0); getx(ICC_IGRPEN1); break;
  case 5: getx(ICC_AP0R0); getx(ICC_AP1R0); break;
  case 6: case 7: getx(ICC_RPR); break;
  case 8: getx(ICC_HPPIR0); break;
  default: getx(ICC_HPPIR1); break;
  }
}

static void generateSGI(u32 cpu) {
  u32 target = below(cpu, options->cpus);
  u64 value = (u64)below(cpu, 16) << 24;
  if (chance(cpu, 8)) value |= 1ul << 40;
  value |= (u64)(target >> CLUSTER_SHIFT) << 16;
  value |= chance(cpu, 2) ? 1ul << (target & ((1 << CLUSTER_SHIFT) - 1)) : next(cpu) & 0xffff;
  if (chance(cpu, 32)) value ^= 1ul << below(cpu, 56);
  u32 kind = has(GROUP0) ? below(cpu, 6) : 3;
  if (kind == 0) setx(ICC_SGI0R, value);
  else if (kind == 1) setx(ICC_ASGI1R, value);
  else setx(ICC_SGI1R, value);
}

// MARK: Lines

static void timers(u32 cpu) {
  if (!has(LINES)) return;
  switch (below(cpu, 8)) {
  case 0: case 1: set(cntv_tval_el0, below(cpu, 20000)); set(cntv_ctl_el0, 1); break;
  case 2: case 3: set(cntp_tval_el0, below(cpu, 20000)); set(cntp_ctl_el0, 1); break;
  case 4: set(cntv_ctl_el0, below(cpu, 4)); break;
  case 5: set(cntp_ctl_el0, below(cpu, 4)); break;
#ifdef RTC
  case 6: write32(RTC + 0x04, read32(RTC) + below(cpu, 2)); write32(RTC + 0x10, 1); break;
#endif
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
#ifdef RTC
  case 34: write32(RTC + 0x10, 0); write32(RTC + 0x1c, 1); break;
#endif
  default: break;
  }
}

// MARK: ITS

struct command { u64 dw[4]; };

static u32 deviceLimit(u32 cpu) { return has(ITS_ERRORS) && chance(cpu, 16) ? 1u << 20 : 6; }

static struct command command(u32 cpu) {
  u64 device = below(cpu, deviceLimit(cpu));
  u64 event = below(cpu, has(ITS_ERRORS) && chance(cpu, 16) ? 4096 : 12);
  u64 collection = below(cpu, has(ITS_ERRORS) && chance(cpu, 16) ? 0x10000 : options->cpus + 1);
  u64 target = below(cpu, has(ITS_ERRORS) && chance(cpu, 16) ? 64 : options->cpus);
  u64 intid = FIRST_LPI + below(cpu, LPIS);
  if (has(ITS_ERRORS) && chance(cpu, 16)) intid = chance(cpu, 2) ? below(cpu, 8192) : below(cpu, 1 << 20);
  struct command c = {{0, 0, 0, 0}};
  u64 d = device << 32;
  switch (below(cpu, 26)) {
  case 0: {
    u64 valid = chance(cpu, 4) ? 0 : 1ul << 63;
    u64 size = has(ITS_ERRORS) && chance(cpu, 8) ? below(cpu, 32) : 3 + below(cpu, 2);
    c = (struct command){{0x08 | d, size, valid | (queueSet + ITS_TABLES + (device & 63) * 0x1000 + below(cpu, 2) * 0x800), 0}};
    break;
  }
  case 1: c = (struct command){{0x09, 0, (chance(cpu, 8) ? 0 : 1ul << 63) | target << 16 | collection, 0}}; break;
  case 2: case 3: case 4: case 5: c = (struct command){{0x0a | d, event | intid << 32, collection, 0}}; break;
  case 6: c = (struct command){{0x0b | d, chance(cpu, 2) ? intid : event, collection, 0}}; break;
  case 7: case 8: case 9: c = (struct command){{0x01 | d, event, collection, 0}}; break;
  case 10: c = (struct command){{0x0e, 0, target << 16, (u64)below(cpu, options->cpus) << 16}}; break;
  case 11: case 12: case 13: case 14: case 15: c = (struct command){{0x03 | d, event, 0, 0}}; break;
  case 16: case 17: c = (struct command){{0x04 | d, event, 0, 0}}; break;
  case 18: c = (struct command){{0x0f | d, event, 0, 0}}; break;
  case 19: case 20: c = (struct command){{0x0c | d, event, 0, 0}}; break;
  case 21: c = (struct command){{0x0d, 0, collection, 0}}; break;
  case 22: if (has(ITS_ERRORS)) { c = (struct command){{below(cpu, 64), next(cpu), next(cpu), next(cpu)}}; break; }
  // fall through
  default: c = (struct command){{0x05, 0, target << 16, 0}}; break;
  }
  return c;
}

// For who holds the queue's lock.
static void enqueue(const struct command *c, u32 count) {
  for (u32 n = 0; n < count; n++) {
    for (u32 i = 0; i < 4; i++) write64(queueSet + ITS_QUEUE + queueAt + i * 8, c[n].dw[i]);
    queueAt = (queueAt + 32) & 0xffff;
  }
  asm volatile("dsb sy");
  write64(GITS + GITS_CWRITER, queueAt);
  for (u32 tries = 0; tries < 3; tries++) {
    u64 at = read64(GITS + GITS_CREADR);
    if (at == queueAt) break;
    if (at & 1) { // Stalled: go on behind the command.
      write64(GITS + GITS_CWRITER, queueAt | 1);
    }
  }
}

static u64 lockQueue(void) {
  u64 masked = get(daif);
  asm volatile("msr daifset, #3");  // A handler on this PE may want the queue too.
  lock(&queueLock);
  return masked;
}

static void unlockQueue(u64 masked) {
  unlock(&queueLock);
  set(daif, masked);
}

static void push(const struct command *c, u32 count) {
  u64 masked = lockQueue();
  enqueue(c, count);
  unlockQueue(masked);
}

static void its(u32 cpu) {
  if (!has(HAS_ITS)) return;
  struct command c[8];
  switch (below(cpu, 12)) {
  case 0: case 1: case 2: case 3: write32(GITS + GITS_TRANSLATER, below(cpu, 12)); break;
  case 4: write16(GITS + GITS_TRANSLATER, below(cpu, 12)); break;
  case 5:
    switch (below(cpu, 6)) {
    case 0: read32(GITS + GITS_CTLR); break;
    case 1: read64(GITS + GITS_CBASER); break;
    case 2: read64(GITS + GITS_CWRITER); break;
    case 3: read64(GITS + GITS_BASER + below(cpu, 8) * 8); break;
    case 4: read32(GITS + GITS_BASER + below(cpu, 16) * 4); break;
    default: read64(GITS + GITS_TYPER); break;
    }
    break;
  default: {
    u32 count = chance(cpu, 3) ? 1 + below(cpu, 8) : 1;
    for (u32 n = 0; n < count; n++) c[n] = command(cpu);
    push(c, count);
  }
  }
}

// Sets the ITS up, with its tables at `set`; for who holds the lock of its queue.
static void prepareITS(u64 set) {
  for (u64 a = 0; a < 0x10000; a += 8) {
    write64(set + ITS_DEVICES + a, 0); write64(set + ITS_COLLECTIONS + a, 0);
  }
  write64(GITS + GITS_CBASER, 1ul << 63 | (set + ITS_QUEUE) | 15);
  u64 pages = 1ul << 63 | 0x000 | 15;  // 16 pages of 4 KiB
  for (u32 n = 0; n < 8; n++) {
    u64 b = read64(GITS + GITS_BASER + n * 8);
    u64 type = b >> 56 & 7;
    if (type == 1 && has(INDIRECT)) {
      // Level 1 at ITS_DEVICES, level 2 pages behind it; one of them stays unmapped.
      for (u32 i = 0; i < 8; i++)
        if (i != 3) write64(set + ITS_DEVICES + i * 8, 1ul << 63 | (set + ITS_DEVICES + 0x10000 + i * 0x1000));
      for (u64 a = 0; a < 0x8000; a += 8) write64(set + ITS_DEVICES + 0x10000 + a, 0);
      write64(GITS + GITS_BASER + n * 8, 1ul << 63 | 1ul << 62 | (set + ITS_DEVICES));
    } else if (type == 1) {
      write64(GITS + GITS_BASER + n * 8, pages | (set + ITS_DEVICES));
    } else if (type == 4) {
      write64(GITS + GITS_BASER + n * 8, pages | (set + ITS_COLLECTIONS));
    }
    read64(GITS + GITS_BASER + n * 8);
  }
  queueSet = set;
  queueAt = 0;
  write64(GITS + GITS_CWRITER, 0);
  write32(GITS + GITS_CTLR, 1);
  struct command c[CPU_LIMIT];
  for (u32 n = 0; n < options->cpus; n++) c[n] = (struct command){{0x09, 0, 1ul << 63 | (u64)n << 16 | n, 0}};
  enqueue(c, options->cpus);
  for (u32 n = 0; n < 6; n++)
    c[n] = (struct command){{0x08 | (u64)n << 32, 3, 1ul << 63 | (set + ITS_TABLES + n * 0x1000), 0}};
  enqueue(c, 6);
}

// What a second kernel does with an ITS that runs.
static void setUpAgain(u32 cpu) {
  u64 masked = lockQueue();
  write32(GITS + GITS_CTLR, 0);
  if (chance(cpu, 3)) read32(GITS + GITS_CTLR);
  if (chance(cpu, 4)) write32(GITS + GITS_TRANSLATER, below(cpu, 12));
  prepareITS(chance(cpu, 4) ? queueSet : SECOND_SET - queueSet);
  unlockQueue(masked);
}

// An LPI pending table that is another, zeroed, with and without saying so.
static void movePendingTable(u32 cpu) {
  static u64 moved[CPU_LIMIT];
  u64 table = LPI_PENDING + cpu * 0x10000 + (moved[cpu] ^= SECOND_SET);
  write32(redistributor(cpu) + GICR_CTLR, 0);
  for (u64 a = 0; a < 0x4000; a += 8) write64(table + a, 0);
  write64(redistributor(cpu) + GICR_PENDBASER, table | (chance(cpu, 2) ? 1ul << 62 : 0));
  write32(redistributor(cpu) + GICR_CTLR, 1);
}

static void lpis(u32 cpu) {
  if (!has(HAS_ITS) || !has(LPI_CHURN)) return;
  if (has(SECOND_SETUP) && chance(cpu, 12)) {
    if (chance(cpu, 2)) setUpAgain(cpu);
    else movePendingTable(cpu);
    return;
  }
  switch (below(cpu, 6)) {
  case 0: case 1: case 2: { // The byte changes now, the controller may notice later.
    u32 n = below(cpu, LPIS);
    write8(LPI_PROPERTIES + n, (chance(cpu, 3) ? 0xa0 : next(cpu)) | 3);
    break;
  }
  case 3: write8(LPI_PROPERTIES + below(cpu, LPIS), 0xa2); break;
  case 4: if (chance(cpu, 6)) write32(redistributor(cpu) + GICR_CTLR, 0); break;
  default: write32(redistributor(cpu) + GICR_CTLR, 1); break;
  }
}

// MARK: Reserved offsets and wrong sizes

static void badAccess(u32 cpu) {
  if (!has(BAD_ACCESSES)) return;
  u64 base = chance(cpu, 2) ? GICD : chance(cpu, 2) || !has(HAS_ITS) ? frame(cpu) : GITS;
  u64 limit = base == GITS ? 0x10000 : base == GICD ? 0x10000 : 0x20000;
  u64 offset = next(cpu) % limit;
  // Mostly near registers; the ITS's own registers stay as they are.
  if (chance(cpu, 2)) offset &= 0xfff;
  int write = chance(cpu, 3);
  if (write && base == GITS && offset < 0x140) write = 0;
  if (write && base == GICD && offset < 4) write = 0;
  if (write && base != GICD && base != GITS && offset < 0x80) write = 0;
  u64 a = base + offset;
  switch (below(cpu, 4)) {
  case 0: write ? write8(a, next(cpu)) : (void)read8(a); break;
  case 1: a &= ~1ul; write ? write16(a, next(cpu)) : (void)read16(a); break;
  case 2: a &= ~3ul; write ? write32(a, next(cpu)) : (void)read32(a); break;
  default: a &= ~7ul; write ? write64(a, next(cpu)) : (void)read64(a); break;
  }
}

// MARK: Interrupts

static void operate(u32 cpu) {
  switch (below(cpu, 18)) {
  case 0: case 1: case 2: distributor(cpu); break;
  case 3: case 4: readDistributor(cpu); break;
  case 5: case 6: private(cpu); break;
  case 7: case 8: readPrivate(cpu); break;
  case 9: if (chance(cpu, 2)) cpuInterface(cpu); break;
  case 10: readCPUInterface(cpu); break;
  case 11: generateSGI(cpu); break;
  case 12: case 13: case 14: its(cpu); break;
  case 15: lpis(cpu); break;
  case 16: badAccess(cpu); break;
  default: timers(cpu); break;
  }
}

static void record(u32 cpu, u64 intid) {
  if (intid < 1020) acknowledged[cpu][intid]++;
  else if (intid >= FIRST_LPI && intid < FIRST_LPI + 512) acknowledgedLPI[cpu][intid - FIRST_LPI]++;
  else if (intid >= FIRST_LPI) acknowledged[cpu][1020]++;
  else spurious[cpu]++;
}

static void interrupt(u32 cpu, int fiq) {
  if (chance(cpu, 6)) readCPUInterface(cpu);
  int group0 = fiq;
  if (chance(cpu, 12)) group0 = !group0;
  u64 intid = group0 ? getx(ICC_IAR0) : getx(ICC_IAR1);
  record(cpu, intid);
  if (intid >= 1020 && intid < 1024) return;
  quiet(intid);
  if (chance(cpu, 6)) getx(ICC_RPR);
  if (has(NESTING) && depth[cpu] < 3 && chance(cpu, 2)) {
    depth[cpu]++;
    asm volatile("msr daifclr, #3");
    for (u32 n = below(cpu, 6); n > 0; n--) operate(cpu);
    asm volatile("msr daifset, #3");
    depth[cpu]--;
  }
  if (has(WRONG_ENDS) && chance(cpu, 12)) {
    if (chance(cpu, 2)) { setx(ICC_EOIR0, intid ^ below(cpu, 4)); } else { setx(ICC_EOIR1, intid ^ below(cpu, 4)); }
  }
  if (group0) setx(ICC_EOIR0, intid);
  else setx(ICC_EOIR1, intid);
  if (has(SPLIT_EOI)) {
    if (!chance(cpu, 4)) setx(ICC_DIR, intid);
    else lastAcknowledged[cpu] = intid;
  }
}

void exception(u64 vector, struct frame *f, u64 syndrome) {
  u32 cpu = self();
  switch (vector & 3) {
  case 1: interrupt(cpu, 0); return;
  case 2: interrupt(cpu, 1); return;
  default: break;
  }
  aborts[cpu]++;
  u32 class = syndrome >> 26;
  if (class == 0x25 || class == 0x24 || class == 0) { f->elr += 4; return; }
  lock(&consoleLock);
  print("\n@@FAULT cpu "); print_number(cpu); print(" vector "); print_number(vector); print(" esr "); print_hex(syndrome);
  print(" elr "); print_hex(f->elr); print("\n");
  power_off();
}

// MARK: A run

static void enableCPU(u32 cpu) {
  if (level() == 2) set(hcr_el2, 7ul << 3 | 1ul << 31);
  write32(redistributor(cpu) + GICR_WAKER, 0);
  write32(redistributor(cpu) + GICR_SGI + GICD_IGROUPR, 0xffffffff);
  if (has(HAS_ITS)) {
    write64(redistributor(cpu) + GICR_PROPBASER, LPI_PROPERTIES | 15);
    write64(redistributor(cpu) + GICR_PENDBASER, (LPI_PENDING + cpu * 0x10000) | 1ul << 62);
    write32(redistributor(cpu) + GICR_CTLR, 1);
  }
  setx(ICC_SRE, 7);
  setx(ICC_PMR, 0xff);
  setx(ICC_IGRPEN0, 1);
  setx(ICC_IGRPEN1, 1);
}

static void dump(u32 cpu) {
  u64 sgi = redistributor(cpu) + GICR_SGI;
  static const u16 families[] = {GICD_IGROUPR, GICD_ISENABLER, GICD_ISPENDR, GICD_ISACTIVER, GICD_IGRPMODR, GICD_NSACR};
  for (u32 n = 0; n < 6; n++) read32(sgi + families[n]);
  for (u32 n = 0; n < 32; n += 4) read32(sgi + GICD_IPRIORITYR + n);
  read32(sgi + GICD_ICFGR + 4);
  read32(redistributor(cpu) + GICR_CTLR);
  getx(ICC_PMR); getx(ICC_BPR0); getx(ICC_BPR1); getx(ICC_CTLR); getx(ICC_IGRPEN0); getx(ICC_IGRPEN1);
  getx(ICC_AP0R0); getx(ICC_AP1R0); getx(ICC_RPR); getx(ICC_HPPIR0); getx(ICC_HPPIR1);
  if (cpu == 0) {
    for (u32 word = 4; word <= options->spis / 8; word += 4) {
      for (u32 n = 0; n < 5; n++) read32(GICD + families[n] + word);
      for (u32 n = 0; n < 32; n += 4) read32(GICD + GICD_IPRIORITYR + word * 8 + n);
      read32(GICD + GICD_ICFGR + word * 2); read32(GICD + GICD_ICFGR + word * 2 + 4);
    }
    for (u32 n = 32; n < options->spis + 32; n++) read64(GICD + GICD_IROUTER + n * 8);
    read32(GICD + GICD_CTLR);
  }
}

static void report(void) {
  print("\n");
  for (u32 cpu = 0; cpu < options->cpus; cpu++) {
    for (u32 n = 0; n < 1024; n++)
      if (acknowledged[cpu][n]) {
        print("ack cpu "); print_number(cpu); print(" intid "); print_number(n); print(" n ");
        print_number(acknowledged[cpu][n]); print("\n");
      }
    for (u32 n = 0; n < 512; n++)
      if (acknowledgedLPI[cpu][n]) {
        print("ack cpu "); print_number(cpu); print(" intid "); print_number(n + FIRST_LPI); print(" n ");
        print_number(acknowledgedLPI[cpu][n]); print("\n");
      }
    print("spurious cpu "); print_number(cpu); print(" n "); print_number(spurious[cpu]);
    print(" aborts "); print_number(aborts[cpu]); print("\n");
  }
}

void start(u64 number) {
  u32 cpu = number;
  state[cpu] = (options->seed + 1 + *BOOTS * 1000) * 0x9e3779b97f4a7c15ul + cpu * 0xbf58476d1ce4e5b9ul + 1;
  if (cpu == 0) {
    if (level() == 3) write32(GICD + GICD_CTLR, 1 << 6);
    write32(GICD + GICD_CTLR, 0x53);
    for (u32 word = 4; word <= options->spis / 8; word += 4) write32(GICD + GICD_IGROUPR + word, 0xffffffff);
    if (has(HAS_ITS)) {
      for (u64 a = 0; a < 0x10000; a += 8) write64(LPI_PROPERTIES + a, 0);
      for (u32 n = 0; n < LPIS; n++) write8(LPI_PROPERTIES + n, (0x80 + (n & 7) * 0x10) | 3);
      prepareITS(0);
    }
    go = 1;
    for (u32 n = 1; n < options->cpus; n++) start_cpu(n);
  }
  while (!go) {}
  enableCPU(cpu);
  if (offline[cpu] == 2) { offline[cpu] = 0; }
  else __atomic_add_fetch(&ready, 1, __ATOMIC_SEQ_CST);
  while (ready < options->cpus) {}
  asm volatile("msr daifclr, #3");
  for (u64 n = 0; n < options->operations; n++) {
    if (has(RESETS) && *BOOTS == 0 && cpu == 0 && n == options->operations / 2) {
      *BOOTS = 1;
      reset();
    }
    operate(cpu);
  }
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
  if (has(RESETS) && *BOOTS == 1) {
    *BOOTS = 2;
    reset();
  }
  if (has(SNAPSHOT)) snapshot("after");
  print("@@DONE\n");
  power_off();
}
