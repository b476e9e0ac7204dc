// Start-up and exception vectors for the bare-metal recording programs. Runs at whatever exception level the machine
// enters, with the MMU off. x19 keeps the PE's number.

#define STACK_SHIFT 16

.section .text.start, "ax"
.global _start
_start:
  mrs x1, mpidr_el1
  ubfx x2, x1, #8, #8
  and x19, x1, #0xff
  add x19, x19, x2, lsl #CLUSTER_SHIFT
  adrp x1, stacks
  add x1, x1, :lo12:stacks
  add x2, x19, #1
  add x1, x1, x2, lsl #STACK_SHIFT
  mrs x3, CurrentEL
  msr spsel, #1
  mov sp, x1
  cmp x3, #8
  b.eq 2f
  b.gt 3f
  adr x4, vectors_el1
  msr vbar_el1, x4
  b 4f
2:
  adr x4, vectors_el2
  msr vbar_el2, x4
  b 4f
3:
  adr x4, vectors_el3
  msr vbar_el3, x4
4:
  isb
  cbnz x19, 6f
  adr x4, started
  ldr w5, [x4]
  cbnz w5, 6f
  mov w5, #1
  str w5, [x4]
  adrp x4, bss_start
  add x4, x4, :lo12:bss_start
  adrp x5, bss_end
  add x5, x5, :lo12:bss_end
5:
  cmp x4, x5
  b.hs 6f
  stp xzr, xzr, [x4], #16
  b 5b
6:
  mov x0, x19
  bl start
7:
  wfi
  b 7b

.balign 4
started:
  .word 0

// void enter_el1(entry, stack, spsr): leaves EL3 or EL2 for EL1, never to return but through an exception.
.global enter_el1
enter_el1:
  mrs x3, CurrentEL
  msr sp_el1, x1
  adr x4, vectors_el1
  msr vbar_el1, x4
  cmp x3, #8
  b.eq 1f
  msr elr_el3, x0
  msr spsr_el3, x2
  isb
  eret
1:
  msr elr_el2, x0
  msr spsr_el2, x2
  isb
  eret

// Frame: x0-x30, ELR, SPSR.
.macro entry el, number
.balign 128
  sub sp, sp, #272
  stp x0, x1, [sp, #0]
  mov x0, #\number
  b common_el\el
.endm

.macro table el
common_el\el:
  stp x2, x3, [sp, #16]
  stp x4, x5, [sp, #32]
  stp x6, x7, [sp, #48]
  stp x8, x9, [sp, #64]
  stp x10, x11, [sp, #80]
  stp x12, x13, [sp, #96]
  stp x14, x15, [sp, #112]
  stp x16, x17, [sp, #128]
  stp x18, x19, [sp, #144]
  stp x20, x21, [sp, #160]
  stp x22, x23, [sp, #176]
  stp x24, x25, [sp, #192]
  stp x26, x27, [sp, #208]
  stp x28, x29, [sp, #224]
  mrs x1, elr_el\el
  stp x30, x1, [sp, #240]
  mrs x1, spsr_el\el
  str x1, [sp, #256]
  mrs x2, esr_el\el
  mov x1, sp
  bl exception
  ldr x1, [sp, #256]
  msr spsr_el\el, x1
  ldp x30, x1, [sp, #240]
  msr elr_el\el, x1
  ldp x2, x3, [sp, #16]
  ldp x4, x5, [sp, #32]
  ldp x6, x7, [sp, #48]
  ldp x8, x9, [sp, #64]
  ldp x10, x11, [sp, #80]
  ldp x12, x13, [sp, #96]
  ldp x14, x15, [sp, #112]
  ldp x16, x17, [sp, #128]
  ldp x18, x19, [sp, #144]
  ldp x20, x21, [sp, #160]
  ldp x22, x23, [sp, #176]
  ldp x24, x25, [sp, #192]
  ldp x26, x27, [sp, #208]
  ldp x28, x29, [sp, #224]
  ldp x0, x1, [sp, #0]
  add sp, sp, #272
  eret
.balign 2048
vectors_el\el:
  entry \el, 0
  entry \el, 1
  entry \el, 2
  entry \el, 3
  entry \el, 4
  entry \el, 5
  entry \el, 6
  entry \el, 7
  entry \el, 8
  entry \el, 9
  entry \el, 10
  entry \el, 11
  entry \el, 12
  entry \el, 13
  entry \el, 14
  entry \el, 15
.endm

.text
table 1
table 2
table 3

// u64 call_hvc(x0, x1, x2, x3) and call_smc: PSCI, and the programs' own calls to EL3.
.global call_hvc
call_hvc:
  hvc #0
  ret
.global call_smc
call_smc:
  smc #0
  ret
// Semihosting: u64 semihost(operation, block).
.global semihost
semihost:
  hlt #0xf000
  ret
