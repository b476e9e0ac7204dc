// What differs between the machines that the programs run on.
#ifndef PLATFORM_H
#define PLATFORM_H

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long u64;

#if defined(PLATFORM_SBSA)
#define RAM 0x10000000000ul
#define GICD 0x40060000ul
#define GICR 0x40080000ul
#define GITS 0x44081000ul
#define UART 0x60000000ul
#elif defined(PLATFORM_VERSAL)
#define RAM 0x00000000ul
#define GICD 0xf9000000ul
#define GICR 0xf9080000ul
#define GITS 0xf9020000ul
#define UART 0xff000000ul
#else
#define RAM 0x40000000ul
#define GICD 0x08000000ul
#define GICC 0x08010000ul
#define GITS 0x08080000ul
#define GICR 0x080a0000ul
#define UART 0x09000000ul
#define RTC 0x09010000ul
#endif

// Where QEMU's `-device loader` puts the options of a run, and where the programs keep what a controller reads.
#define OPTIONS (RAM + 0x08000000ul)
#define ITS_QUEUE (RAM + 0x09000000ul)
#define ITS_DEVICES (RAM + 0x09100000ul)
#define ITS_COLLECTIONS (RAM + 0x09200000ul)
#define LPI_PROPERTIES (RAM + 0x09300000ul)
#define LPI_PENDING (RAM + 0x09400000ul)
// As much again for a second set of the tables above.
#define SECOND_SET 0x01000000ul
// What outlives a reset.
#define BOOTS ((volatile u32 *)(RAM + 0x08001000ul))
#define ITS_TABLES (RAM + 0x09a00000ul)

#define CPU_LIMIT 32

static inline void write8(u64 a, u8 v) { asm volatile("strb %w0, [%1]" ::"r"(v), "r"(a) : "memory"); }
static inline void write16(u64 a, u16 v) { asm volatile("strh %w0, [%1]" ::"r"(v), "r"(a) : "memory"); }
static inline void write32(u64 a, u32 v) { asm volatile("str %w0, [%1]" ::"r"(v), "r"(a) : "memory"); }
static inline void write64(u64 a, u64 v) { asm volatile("str %0, [%1]" ::"r"(v), "r"(a) : "memory"); }
static inline u8 read8(u64 a) { u32 v; asm volatile("ldrb %w0, [%1]" : "=r"(v) : "r"(a) : "memory"); return v; }
static inline u16 read16(u64 a) { u32 v; asm volatile("ldrh %w0, [%1]" : "=r"(v) : "r"(a) : "memory"); return v; }
static inline u32 read32(u64 a) { u32 v; asm volatile("ldr %w0, [%1]" : "=r"(v) : "r"(a) : "memory"); return v; }
static inline u64 read64(u64 a) { u64 v; asm volatile("ldr %0, [%1]" : "=r"(v) : "r"(a) : "memory"); return v; }

#define get(register) ({ u64 value_; asm volatile("mrs %0, " #register : "=r"(value_)::"memory"); value_; })
#define set(register, value) \
  ({ u64 value_ = (value); asm volatile("msr " #register ", %0\n isb" ::"r"(value_) : "memory"); })

struct frame { u64 x[31], elr, spsr, pad; };

// start.S
u64 call_hvc(u64, u64, u64, u64);
u64 call_smc(u64, u64, u64, u64);
u64 semihost(u64, void *);
void enter_el1(u64 entry, u64 stack, u64 spsr);
extern char _start[], stacks[];

// console.c
void print(const char *);
void print_number(u64);
void print_hex(u64);
void lock(volatile u32 *);
void unlock(volatile u32 *);
// Tells the recorder to save the machine's state now, and waits until it did.
void snapshot(const char *name);
void power_off(void);
// Resets the machine: the loader puts the program back, the rest of the memory stays.
void reset(void);
int start_cpu(u32 cpu);
u32 level(void);

#endif
