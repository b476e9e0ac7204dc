// The end and the exceptions of the programs with two Security states; included behind their operate() and interrupt().
#ifndef SECURE_H
#define SECURE_H

static void report(void) {
  print("\n");
  for (u32 cpu = 0; cpu < options->cpus; cpu++) {
    for (u32 n = 0; n < 1020; n++)
      if (acknowledged[cpu][n]) {
        print("ack cpu "); print_number(cpu); print(" intid "); print_number(n); print(" n ");
        print_number(acknowledged[cpu][n]); print("\n");
      }
    print("spurious cpu "); print_number(cpu); print(" n "); print_number(spurious[cpu]); print("\n");
  }
  print("@@DONE\n");
}

static void finish(u32 cpu) {
  __atomic_add_fetch(&finished, 1, __ATOMIC_SEQ_CST);
  while (finished < options->cpus) {}
  if (cpu != 0) for (;;) asm volatile("wfi");
  report();
  power_off();
}

void exception(u64 vector, struct frame *f, u64 syndrome) {
  u32 cpu = self();
  if ((vector & 3) == 1 || (vector & 3) == 2) { interrupt(cpu); return; }
  if (level() == 3 && syndrome >> 26 == 0x17) {
    // SMC: a turn of the Secure side.
    if (done[cpu] >= options->operations) finish(cpu);
    for (u32 n = 1 + below(cpu, 8); n > 0; n--) operate(cpu);
    return;
  }
  lock(&consoleLock);
  print("\n@@FAULT cpu "); print_number(cpu); print(" vector "); print_number(vector); print(" esr "); print_hex(syndrome);
  print(" elr "); print_hex(f->elr); print("\n");
  power_off();
}

#endif
