// Console, locks, and starting and stopping the machine.
#include "platform.h"

void print(const char *s) {
  while (*s) write32(UART, *s++);
}

void print_number(u64 n) {
  char digits[24];
  int i = 23;
  digits[i] = 0;
  do { digits[--i] = '0' + n % 10; n /= 10; } while (n);
  print(digits + i);
}

void print_hex(u64 n) {
  print("0x");
  int shift = 60;
  while (shift > 0 && !(n >> shift)) shift -= 4;
  for (; shift >= 0; shift -= 4) { char d[2] = {"0123456789abcdef"[n >> shift & 15], 0}; print(d); }
}

void lock(volatile u32 *l) {
  while (__atomic_exchange_n(l, 1, __ATOMIC_ACQUIRE)) asm volatile("yield");
}

void unlock(volatile u32 *l) { __atomic_store_n(l, 0, __ATOMIC_RELEASE); }

u32 level(void) { return get(CurrentEL) >> 2; }

void snapshot(const char *name) {
  print("@@SNAP ");
  print(name);
  print("\n");
  while (read32(UART + 0x18) & 0x10) {}
  (void)read32(UART);
}

// PSCI is reached by HVC, or by SMC from EL2; where EL3 is the program's own there is none.
static u64 psci(u64 function, u64 a, u64 b, u64 c) {
  return level() == 1 ? call_hvc(function, a, b, c) : call_smc(function, a, b, c);
}

void power_off(void) {
  if (level() != 3) psci(0x84000008, 0, 0, 0);
  u64 block[2] = {0x20026, 0};
  semihost(0x18, block);
  for (;;) asm volatile("wfi");
}

void reset(void) {
  psci(0x84000009, 0, 0, 0);
  for (;;) asm volatile("wfi");
}

int start_cpu(u32 cpu) {
  u64 affinity = (u64)(cpu & ((1 << CLUSTER_SHIFT) - 1)) | (u64)(cpu >> CLUSTER_SHIFT) << 8;
  return (int)psci(0xC4000003, affinity, (u64)_start, 0);
}
