// A program for GICv3 with an ITS that does everything right for a while, and then one thing wrong: which, the options'
// first word says. What the controller shows of it is for the findings to be tested with.
#include "gicv3.h"

// Bit 0 of the features: the log ends with what the fault leaves, and no access marks the end.
struct options { u64 fault, operations, features; };
#define options ((volatile struct options *)OPTIONS)

enum {
  HEALTHY, NEVER_END_SPI, NEVER_END_LPI, NEVER_END_SGI, NEVER_END_PPI, WRONG_END, DOUBLE_END, ENDS_OUT_OF_ORDER,
  MASK_CLOSED, GROUP_OFF_DISTRIBUTOR, GROUP_OFF_INTERFACE, ROUTE_ASLEEP, ROUTE_NOBODY, LPIS_OFF, NO_DEACTIVATE,
  DISABLED_WHILE_PENDING, LPI_DISABLED, PULSES_ON_LEVEL, LEVEL_ON_EDGE, STORM_SPI, STORM_LPI, STARVED, ITS_OFF,
  QUEUE_STALLED, COLLECTION_UNMAPPED, EVENT_OUT_OF_RANGE, DISCARD_DISABLED, STALE_CONFIGURATION, POLLING, SGI_DISABLED,
  END_ON_OTHER_PE, DEVICE_UNMAPPED, PE_NOT_STARTED, SGI_ANSWERED, PE_MASKED,
};

#define FIRST_LPI 8192
#define PROCESSOR_SLEEP 2

static volatile u32 go, ready, armed, phase, done;
static volatile u32 taken[2][64], takenLPI[2];
static volatile u32 rounds;
static u32 queueAt;

static u32 self(void) { return get(mpidr_el1) & 0xff; }
static int is(u64 fault) { return armed && options->fault == fault; }

static void pause(u32 microseconds) {
  u64 until = get(cntvct_el0) + (u64)microseconds * get(cntfrq_el0) / 1000000;
  while (get(cntvct_el0) < until) {}
}

static void interruptsOn(void) { asm volatile("msr daifclr, #2" ::: "memory"); }
static void interruptsOff(void) { asm volatile("msr daifset, #2" ::: "memory"); }

static void pend(u32 intid) { write32(GICD + GICD_ISPENDR + intid / 32 * 4, 1u << (intid & 31)); }
static void send(u32 intid, u32 cpu) { setx(ICC_SGI1R, (u64)intid << 24 | 1ul << cpu); }

static void command(u64 a, u64 b, u64 c, u64 d) {
  u64 words[4] = {a, b, c, d};
  for (u32 i = 0; i < 4; i++) write64(ITS_QUEUE + queueAt + i * 8, words[i]);
  queueAt = (queueAt + 32) & 0xffff;
  asm volatile("dsb sy");
  write64(GITS + GITS_CWRITER, queueAt);
  for (u32 tries = 0; tries < 4 && read64(GITS + GITS_CREADR) != queueAt; tries++) {}
}

static void mapDevice(u64 device, u64 bits, u64 table) { command(0x08 | device << 32, bits - 1, 1ul << 63 | table, 0); }
static void mapCollection(u64 collection, u64 cpu, u64 valid) { command(0x09, 0, valid << 63 | cpu << 16 | collection, 0); }
static void mapEvent(u64 device, u64 event, u64 collection) {
  command(0x0a | device << 32, event | (FIRST_LPI + device * 8 + event) << 32, collection, 0);
}
static void trigger(u64 device, u64 event) { command(0x03 | device << 32, event, 0, 0); }
static void invalidate(u64 device, u64 event) { command(0x0c | device << 32, event, 0, 0); command(0x05, 0, 0, 0); }
static void configure(u32 lpi, u8 property) { write8(LPI_PROPERTIES + lpi - FIRST_LPI, property); asm volatile("dsb sy"); }

static void end(u64 intid) {
  setx(ICC_EOIR1, intid);
  if (getx(ICC_CTLR) & 2 && intid < 1020 && !is(NO_DEACTIVATE)) setx(ICC_DIR, intid);
}

void exception(u64 vector, struct frame *f, u64 syndrome) {
  u32 cpu = self();
  if ((vector & 3) != 1) {
    print("\n@@FAULT esr "); print_hex(syndrome); print(" elr "); print_hex(f->elr); print("\n");
    power_off();
  }
  u64 intid = getx(ICC_IAR1);
  if (intid >= 1020 && intid < 1024) return;
  if (intid < 64) taken[cpu][intid]++; else takenLPI[cpu]++;
  if (intid == 27) set(cntv_ctl_el0, 0);
  if (intid == 33 && !is(LEVEL_ON_EDGE) && !(is(STORM_SPI) && ++rounds < 300)) write32(UART + 0x38, 0);
  if (is(NEVER_END_SPI) && intid == 42) return;
  if (is(NEVER_END_LPI) && intid == FIRST_LPI + 2) return;
  if (is(NEVER_END_SGI) && intid == 3) return;
  if (is(NEVER_END_PPI) && intid == 27) return;
  if (is(WRONG_END) && intid == 42) { setx(ICC_EOIR1, 44); return; }
  if (is(DOUBLE_END) && intid == 42) { end(intid); end(intid); return; }
  if (is(END_ON_OTHER_PE) && intid == 42) { phase = 1; while (phase != 2) {} return; }
  if (is(ENDS_OUT_OF_ORDER) && intid == 40) {
    pend(41);
    u64 elr = get(elr_el1), spsr = get(spsr_el1);
    interruptsOn();
    pause(200);
    interruptsOff();
    set(elr_el1, elr);
    set(spsr_el1, spsr);
    return;
  }
  if (is(ENDS_OUT_OF_ORDER) && intid == 41) { end(40); end(41); return; }
  if (is(STORM_LPI) && intid == FIRST_LPI && ++rounds < 300) trigger(0, 0);
  if (is(SGI_ANSWERED) && intid == 3 && ++rounds < 300) send(3, !cpu);
  if (is(STARVED) && (intid == 40 || intid == 42) && ++rounds < 300) pend(intid == 40 ? 42 : 40);
  end(intid);
}

static void enable(u32 cpu) {
  write32(redistributor(cpu) + GICR_WAKER, 0);
  while (read32(redistributor(cpu) + GICR_WAKER) & 4) {}
  u64 sgi = redistributor(cpu) + GICR_SGI;
  write32(sgi + GICD_IGROUPR, 0xffffffff);
  for (u32 n = 0; n < 32; n += 4) write32(sgi + GICD_IPRIORITYR + n, 0xa0a0a0a0);
  write32(sgi + GICD_ISENABLER, 0x0800000e);
  write64(redistributor(cpu) + GICR_PROPBASER, LPI_PROPERTIES | 15);
  write64(redistributor(cpu) + GICR_PENDBASER, (LPI_PENDING + cpu * 0x10000) | 1ul << 62);
  write32(redistributor(cpu) + GICR_CTLR, 1);
  setx(ICC_SRE, 7);
  setx(ICC_PMR, 0xf0);
  setx(ICC_BPR1, 0);
  setx(ICC_IGRPEN1, 1);
}

static void prepare(void) {
  write32(GICD + GICD_CTLR, 0x12);
  write32(GICD + GICD_IGROUPR + 4, 0xffffffff);
  for (u32 n = 32; n < 64; n += 4) write32(GICD + GICD_IPRIORITYR + n, 0xa0a0a0a0);
  write8(GICD + GICD_IPRIORITYR + 41, 0x40);
  write8(GICD + GICD_IPRIORITYR + 46, 0xe0);
  write32(GICD + GICD_ICFGR + 8, 0xaaaaaaa0);  // 32 to 33 level-sensitive
  write32(GICD + GICD_ICFGR + 12, 0xaaaaaaaa);
  for (u64 n = 32; n < 64; n++) write64(GICD + GICD_IROUTER + n * 8, n & 1 && n >= 40 && n != 41 ? 1 : 0);
  write32(GICD + GICD_ISENABLER + 4, 0x0000ff02);
  for (u64 a = 0; a < 0x10000; a += 8) { write64(ITS_DEVICES + a, 0); write64(ITS_COLLECTIONS + a, 0); }
  for (u32 n = 0; n < 64; n++) write8(LPI_PROPERTIES + n, 0xa3);
  write64(GITS + GITS_CBASER, 1ul << 63 | ITS_QUEUE | 15);
  for (u32 n = 0; n < 2; n++) {
    u64 type = read64(GITS + GITS_BASER + n * 8) >> 56 & 7;
    write64(GITS + GITS_BASER + n * 8, 1ul << 63 | 15 | (type == 1 ? ITS_DEVICES : ITS_COLLECTIONS));
  }
  write64(GITS + GITS_CWRITER, 0);
  write32(GITS + GITS_CTLR, 1);
  print("\n");  // From now on the transmitter has an interrupt to show.
}

static void mapAll(void) {
  mapCollection(0, 0, 1);
  mapCollection(1, 1, 1);
  for (u64 device = 0; device < 2; device++) {
    mapDevice(device, 4, ITS_TABLES + device * 0x1000);
    for (u64 event = 0; event < 8; event++) { mapEvent(device, event, event & 1); invalidate(device, event); }
  }
}

// Interrupts of every class, each taken and ended.
static void baseline(void) {
  for (u32 round = 0; round < 6; round++) {
    for (u32 intid = 40; intid < 46; intid++) { pend(intid); pause(20); }
    send(1, 0);
    send(2, 1);
    pause(20);
    set(cntv_tval_el0, 100);
    set(cntv_ctl_el0, 1);
    pause(100);
    for (u32 event = 0; event < 8; event++) { trigger(0, event); pause(20); }
    write32(UART + 0x38, 0x20);
    pause(50);
  }
  pause(500);
}

static void fault(void) {
  u32 lpi = FIRST_LPI + 2;
  switch (options->fault) {
  case NEVER_END_SPI: case WRONG_END: pend(42); pause(300); pend(44); trigger(0, 0); break;
  case DOUBLE_END: pend(42); break;
  case NEVER_END_LPI: trigger(0, 2); pause(300); pend(44); break;
  case NEVER_END_SGI: send(3, 0); pause(300); pend(44); break;
  case NEVER_END_PPI: {
    u32 before = taken[0][27];
    set(cntv_tval_el0, 10);
    set(cntv_ctl_el0, 1);
    while (taken[0][27] == before) {}
    pend(44);
    break;
  }
  case ENDS_OUT_OF_ORDER: pend(40); break;
  case MASK_CLOSED: case GROUP_OFF_INTERFACE: case SGI_DISABLED:
    phase = 1;
    while (phase != 2) {}
    if (options->fault == SGI_DISABLED) { send(2, 1); } else { pend(43); send(2, 1); trigger(0, 1); }
    break;
  case GROUP_OFF_DISTRIBUTOR: write32(GICD + GICD_CTLR, 0x10); pend(42); break;
  case ROUTE_ASLEEP:
    write32(redistributor(1) + GICR_WAKER, PROCESSOR_SLEEP);
    write64(GICD + GICD_IROUTER + 44 * 8, 1);
    pend(44);
    break;
  case PE_NOT_STARTED:
    write64(GICD + GICD_IROUTER + 44 * 8, 1);
    for (u32 n = 0; n < 20; n++) { pend(42); send(1, 0); pause(30); }
    pend(44);
    break;
  case ROUTE_NOBODY: write64(GICD + GICD_IROUTER + 44 * 8, 7); pend(44); break;
  case LPIS_OFF:
    write32(redistributor(0) + GICR_CTLR, 0);
    for (u32 n = 0; n < 3; n++) write32(GITS + GITS_TRANSLATER, 2);
    trigger(1, 4);
    break;
  case NO_DEACTIVATE: setx(ICC_CTLR, 2); pend(42); pause(100); pend(42); break;
  case DISABLED_WHILE_PENDING:
    interruptsOff();
    pend(45 - 1);
    write32(GICD + GICD_ICENABLER + 4, 1u << (44 - 32));
    interruptsOn();
    break;
  case LPI_DISABLED: configure(lpi, 0xa2); invalidate(0, 2); write32(GITS + GITS_TRANSLATER, 2); break;
  case PULSES_ON_LEVEL:
    interruptsOff();
    for (u32 n = 0; n < 4; n++) { write32(UART + 0x38, 0x20); pause(5); write32(UART + 0x38, 0); pause(5); }
    interruptsOn();
    break;
  case LEVEL_ON_EDGE: write32(GICD + GICD_ICFGR + 8, 0xaaaaaaa8); write32(UART + 0x38, 0x20); break;
  case STORM_SPI: write32(UART + 0x38, 0x20); break;
  case STORM_LPI: trigger(0, 0); break;
  case STARVED: interruptsOff(); pend(40); pend(46); interruptsOn(); break;
  case ITS_OFF: write32(GITS + GITS_CTLR, 0); trigger(0, 2); write32(GITS + GITS_TRANSLATER, 4); break;
  case QUEUE_STALLED:
    mapDevice(3, 4, 0x0000f00000000000);
    mapEvent(3, 0, 0);
    for (u32 n = 0; n < 4; n++) { read64(GITS + GITS_CREADR); pause(20); }
    trigger(0, 2);
    break;
  case COLLECTION_UNMAPPED: mapCollection(0, 0, 0); write32(GITS + GITS_TRANSLATER, 2); break;
  case EVENT_OUT_OF_RANGE: write32(GITS + GITS_TRANSLATER, 40); break;
  case DEVICE_UNMAPPED: command(0x08, 0, 0, 0); write32(GITS + GITS_TRANSLATER, 2); break;
  case DISCARD_DISABLED:
    configure(lpi, 0xa2);
    invalidate(0, 2);
    trigger(0, 2);
    command(0x0f, 2, 0, 0);
    break;
  case STALE_CONFIGURATION:
    configure(lpi, 0xa2);
    invalidate(0, 2);
    trigger(0, 2);
    configure(lpi, 0xa3);
    pause(3000);
    trigger(0, 4);
    break;
  case POLLING: interruptsOff(); for (u32 n = 0; n < 30; n++) getx(ICC_IAR1); interruptsOn(); break;
  case END_ON_OTHER_PE: pend(42); break;
  case SGI_ANSWERED: send(3, 1); while (rounds < 300) {} break;
  case PE_MASKED:
    phase = 1;
    while (phase != 2) {}
    pend(43);
    send(2, 1);
    pause(1500000);
    break;
  default: break;
  }
}

void start(u64 number) {
  u32 cpu = number;
  if (cpu == 0) {
    prepare();
    enable(0);
    go = 1;
    if (options->fault != PE_NOT_STARTED) {
      start_cpu(1);
      while (!ready) {}
    }
    mapAll();
    interruptsOn();
    if (options->fault != PE_NOT_STARTED) baseline();
    read8(GICD + GICD_IPRIORITYR + 160);  // where the fault begins
    armed = 1;
    fault();
    pause(8000);
    if (!(options->features & 1)) read8(GICD + GICD_IPRIORITYR + 161);  // where the capture ends
    print("@@DONE\n");
    power_off();
  }
  while (!go) {}
  enable(cpu);
  ready = 1;
  interruptsOn();
  for (;;) {
    if (phase != 1) continue;
    if (options->fault == MASK_CLOSED) setx(ICC_PMR, 0x80);
    if (options->fault == GROUP_OFF_INTERFACE) setx(ICC_IGRPEN1, 0);
    if (options->fault == SGI_DISABLED) write32(redistributor(1) + GICR_SGI + GICD_ICENABLER, 4);
    if (options->fault == PE_MASKED) interruptsOff();
    if (options->fault == END_ON_OTHER_PE) setx(ICC_EOIR1, 42);
    phase = 2;
  }
}
