// A program for GICv2 that does everything right for a while, and then one thing wrong: which, the options' first word
// says. What the controller shows of it is for the findings to be tested with.
#include "platform.h"

// Bit 0 of the features: the log ends with what the fault leaves, and no access marks the end.
struct options { u64 fault, operations, features; };
#define options ((volatile struct options *)OPTIONS)

enum {
  HEALTHY, NEVER_END_SPI, NEVER_END_SGI, NEVER_END_PPI, WRONG_END, DOUBLE_END, ENDS_OUT_OF_ORDER, MASK_CLOSED,
  DISTRIBUTOR_OFF, INTERFACE_OFF, NO_TARGET, NO_DEACTIVATE, DISABLED_WHILE_PENDING, PULSES_ON_LEVEL, LEVEL_ON_EDGE,
  STORM_SPI, STARVED, POLLING, END_ON_OTHER_PE, STORM_SGI,
};

enum {
  GICD_CTLR = 0x0, GICD_ISENABLER = 0x100, GICD_ICENABLER = 0x180, GICD_ISPENDR = 0x200, GICD_IPRIORITYR = 0x400,
  GICD_ITARGETSR = 0x800, GICD_ICFGR = 0xc00, GICD_SGIR = 0xf00,
  GICC_CTLR = 0x0, GICC_PMR = 0x4, GICC_IAR = 0xc, GICC_EOIR = 0x10, GICC_DIR = 0x1000,
};

static volatile u32 go, ready, armed, phase, rounds, timers;

static u32 self(void) { return get(mpidr_el1) & 0xff; }
static int is(u64 fault) { return armed && options->fault == fault; }

static void pause(u32 microseconds) {
  u64 until = get(cntvct_el0) + (u64)microseconds * get(cntfrq_el0) / 1000000;
  while (get(cntvct_el0) < until) {}
}

static void interruptsOn(void) { asm volatile("msr daifclr, #2" ::: "memory"); }
static void interruptsOff(void) { asm volatile("msr daifset, #2" ::: "memory"); }

static void pend(u32 intid) { write32(GICD + GICD_ISPENDR + intid / 32 * 4, 1u << (intid & 31)); }
static void send(u32 intid, u32 cpu) { write32(GICD + GICD_SGIR, 1u << (16 + cpu) | intid); }

static void end(u32 value) {
  write32(GICC + GICC_EOIR, value);
  if (read32(GICC + GICC_CTLR) & 0x200 && !is(NO_DEACTIVATE)) write32(GICC + GICC_DIR, value);
}

void exception(u64 vector, struct frame *f, u64 syndrome) {
  if ((vector & 3) != 1) {
    print("\n@@FAULT esr "); print_hex(syndrome); print(" elr "); print_hex(f->elr); print("\n");
    power_off();
  }
  u32 value = read32(GICC + GICC_IAR), intid = value & 0x3ff;
  if (intid >= 1020) return;
  if (intid == 27) { timers++; set(cntv_ctl_el0, 0); }
  if (intid == 33 && !is(LEVEL_ON_EDGE) && !(is(STORM_SPI) && ++rounds < 300)) write32(UART + 0x38, 0);
  if (is(NEVER_END_SPI) && intid == 42) return;
  if (is(NEVER_END_SGI) && intid == 3) return;
  if (is(NEVER_END_PPI) && intid == 27) return;
  if (is(WRONG_END) && intid == 42) { write32(GICC + GICC_EOIR, 44); return; }
  if (is(DOUBLE_END) && intid == 42) { end(value); end(value); return; }
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
  if (is(STARVED) && (intid == 40 || intid == 42) && ++rounds < 300) pend(intid == 40 ? 42 : 40);
  if (is(STORM_SGI) && intid == 3 && ++rounds < 300) send(3, self());
  end(value);
}

static void enable(void) {
  for (u32 n = 0; n < 32; n += 4) write32(GICD + GICD_IPRIORITYR + n, 0xa0a0a0a0);
  write32(GICD + GICD_ISENABLER, 0x0800000e);
  write32(GICC + GICC_PMR, 0xf0);
  write32(GICC + GICC_CTLR, 1);
}

static void prepare(void) {
  write32(GICD + GICD_CTLR, 1);
  for (u32 n = 32; n < 64; n += 4) write32(GICD + GICD_IPRIORITYR + n, 0xa0a0a0a0);
  write8(GICD + GICD_IPRIORITYR + 41, 0x40);
  write8(GICD + GICD_IPRIORITYR + 46, 0xe0);
  write32(GICD + GICD_ICFGR + 8, 0xaaaaaaa0);
  write32(GICD + GICD_ICFGR + 12, 0xaaaaaaaa);
  for (u32 n = 32; n < 64; n++) write8(GICD + GICD_ITARGETSR + n, n & 1 && n >= 40 && n != 41 ? 2 : 1);
  write32(GICD + GICD_ISENABLER + 4, 0x0000ff02);
  print("\n");  // From now on the transmitter has an interrupt to show.
}

// Interrupts of every class, each taken and ended.
static void baseline(void) {
  for (u32 round = 0; round < 8; round++) {
    for (u32 intid = 40; intid < 46; intid++) { pend(intid); pause(20); }
    send(1, 0);
    send(2, 1);
    pause(20);
    set(cntv_tval_el0, 100);
    set(cntv_ctl_el0, 1);
    pause(100);
    write32(UART + 0x38, 0x20);
    pause(50);
  }
  pause(500);
}

static void fault(void) {
  switch (options->fault) {
  case NEVER_END_SPI: case WRONG_END: pend(42); pause(300); pend(44); break;
  case DOUBLE_END: case END_ON_OTHER_PE: pend(42); break;
  case NEVER_END_SGI: send(3, 0); pause(300); pend(44); break;
  case NEVER_END_PPI: {
    u32 before = timers;
    set(cntv_tval_el0, 10);
    set(cntv_ctl_el0, 1);
    while (timers == before) {}
    pend(44);
    break;
  }
  case ENDS_OUT_OF_ORDER: pend(40); break;
  case MASK_CLOSED: case INTERFACE_OFF:
    phase = 1;
    while (phase != 2) {}
    pend(43);
    send(2, 1);
    break;
  case DISTRIBUTOR_OFF: write32(GICD + GICD_CTLR, 0); pend(42); break;
  case NO_TARGET: write8(GICD + GICD_ITARGETSR + 44, 0); pend(44); break;
  case NO_DEACTIVATE: write32(GICC + GICC_CTLR, 0x201); pend(42); pause(100); pend(42); break;
  case DISABLED_WHILE_PENDING:
    interruptsOff();
    pend(44);
    write32(GICD + GICD_ICENABLER + 4, 1u << (44 - 32));
    interruptsOn();
    break;
  case PULSES_ON_LEVEL:
    interruptsOff();
    for (u32 n = 0; n < 4; n++) { write32(UART + 0x38, 0x20); pause(5); write32(UART + 0x38, 0); pause(5); }
    interruptsOn();
    break;
  case LEVEL_ON_EDGE: write32(GICD + GICD_ICFGR + 8, 0xaaaaaaa8); write32(UART + 0x38, 0x20); break;
  case STORM_SPI: write32(UART + 0x38, 0x20); break;
  case STORM_SGI: send(3, 0); break;
  case STARVED: interruptsOff(); pend(40); pend(46); interruptsOn(); break;
  case POLLING: interruptsOff(); for (u32 n = 0; n < 30; n++) read32(GICC + GICC_IAR); interruptsOn(); break;
  default: break;
  }
}

void start(u64 number) {
  u32 cpu = number;
  if (cpu == 0) {
    prepare();
    enable();
    go = 1;
    start_cpu(1);
    while (!ready) {}
    interruptsOn();
    baseline();
    read8(GICD + GICD_IPRIORITYR + 160);  // where the fault begins
    armed = 1;
    fault();
    pause(8000);
    if (!(options->features & 1)) read8(GICD + GICD_IPRIORITYR + 161);  // where the capture ends
    print("@@DONE\n");
    power_off();
  }
  while (!go) {}
  enable();
  ready = 1;
  interruptsOn();
  for (;;) {
    if (phase != 1) continue;
    if (options->fault == MASK_CLOSED) write32(GICC + GICC_PMR, 0x80);
    if (options->fault == INTERFACE_OFF) write32(GICC + GICC_CTLR, 0);
    if (options->fault == END_ON_OTHER_PE) write32(GICC + GICC_EOIR, 42);
    phase = 2;
  }
}
