// swift-format-ignore-file: the lines are as long as they are in the captures

/// Lines of real captures (QEMU 7.2.22), and a few of the other forms that a log can take.
let excerpt = #"""
  10819@1795335154.895898:gicv3_cpuif_update GICv3 CPU i/f 0x0 HPPI update: irq 8231 group 2 prio 255
  10819@1795335154.895900:gicv3_cpuif_set_irqs GICv3 CPU i/f 0x0 HPPI update: setting FIQ 0 IRQ 0
  10819@1795335154.895901:gicv3_cpuif_update GICv3 CPU i/f 0x1 HPPI update: irq 8214 group 2 prio 255
  10819@1795335154.895903:gicv3_cpuif_set_irqs GICv3 CPU i/f 0x1 HPPI update: setting FIQ 0 IRQ 0
  10819@1795335154.895907:gicv3_cpuif_update GICv3 CPU i/f 0x1 HPPI update: irq 8214 group 2 prio 255
  10819@1795335154.895909:gicv3_cpuif_set_irqs GICv3 CPU i/f 0x1 HPPI update: setting FIQ 0 IRQ 0
  10819@1795335154.895910:gicv3_cpuif_virt_update GICv3 CPU i/f 0x1 virt HPPI update LR index -1 HPPVLPI 0 grp 0 prio 255
  10819@1795335154.895912:gicv3_cpuif_virt_set_irqs GICv3 CPU i/f 0x1 virt HPPI update: setting FIQ 0 IRQ 0
  10818@1795335154.897354:gicv3_dist_read GICv3 distributor read: offset 0x4a3 data 0xa0 size 1 secure 0
  10818@1795335154.897689:gicv3_dist_read GICv3 distributor read: offset 0x4be data 0xa0 size 1 secure 0
  10818@1795335154.897992:gicv3_its_translation_write GICv3 ITS TRANSLATER write: offset 0x40 data 0x0 size 4 requester_id 0x0
  10818@1795335154.897996:gicv3_its_dte_read GICv3 ITS: Device Table read for DeviceID 0x0: valid 0 size 0x0 ITTaddr 0x0
  do_process_its_cmd: invalid command attributes: invalid dte for 0
  10818@1795335154.898001:gicv3_its_translation_write GICv3 ITS TRANSLATER write: offset 0x40 data 0x1 size 4 requester_id 0x0
  10818@1795335154.898003:gicv3_its_dte_read GICv3 ITS: Device Table read for DeviceID 0x0: valid 0 size 0x0 ITTaddr 0x0
  do_process_its_cmd: invalid command attributes: invalid dte for 0
  10818@1795335154.898007:gicv3_its_translation_write GICv3 ITS TRANSLATER write: offset 0x40 data 0x2 size 4 requester_id 0x0
  10818@1795335154.898009:gicv3_its_dte_read GICv3 ITS: Device Table read for DeviceID 0x0: valid 0 size 0x0 ITTaddr 0x0
  do_process_its_cmd: invalid command attributes: invalid dte for 0
  10818@1795335154.899024:gicv3_dist_read GICv3 distributor read: offset 0x4bf data 0xa0 size 1 secure 0
  10818@1795335154.899366:gicv3_its_process_command GICv3 ITS: processing command at offset 0x62: 0x8
  10818@1795335154.899369:gicv3_its_cmd_mapd GICv3 ITS: command MAPD DeviceID 0x0 Size 0x4 ITT_addr 0x411300 V 1
  Exception return from AArch64 EL3 to AArch64 EL1 PC 0x40000040
  1687@1795342090.685973:gicv3_cpuif_update GICv3 CPU i/f 0x0 HPPI update: irq 0 group 0 prio 255
  1687@1795342090.685979:gicv3_cpuif_set_irqs GICv3 CPU i/f 0x0 HPPI update: setting FIQ 0 IRQ 0
  1687@1795342090.685982:gicv3_cpuif_virt_update GICv3 CPU i/f 0x0 virt HPPI update LR index -1 HPPVLPI 0 grp 0 prio 255
  1687@1795342090.685984:gicv3_cpuif_virt_set_irqs GICv3 CPU i/f 0x0 virt HPPI update: setting FIQ 0 IRQ 0
  Taking exception 2 [SVC] on CPU 0
  ...from EL1 to EL1
  ...with ESR 0x15/0x56000001
  ...with ELR 0x4000005c
  ...to EL1 PC 0x40000a00 PSTATE 0x3c5
  1687@1795342090.686018:gicv3_cpuif_update GICv3 CPU i/f 0x0 HPPI update: irq 0 group 0 prio 255
  1687@1795342090.686020:gicv3_cpuif_set_irqs GICv3 CPU i/f 0x0 HPPI update: setting FIQ 0 IRQ 0
  1687@1795342090.686021:gicv3_cpuif_virt_update GICv3 CPU i/f 0x0 virt HPPI update LR index -1 HPPVLPI 0 grp 0 prio 255
  1687@1795342090.686022:gicv3_cpuif_virt_set_irqs GICv3 CPU i/f 0x0 virt HPPI update: setting FIQ 0 IRQ 0
  1687@1795342090.686046:gicv3_icc_iar1_read GICv3 ICC_IAR1 read cpu 0x0 value 0x3ff
  Exception return from AArch64 EL1 to AArch64 EL1 PC 0x4000005c
  1687@1795342090.686060:gicv3_cpuif_update GICv3 CPU i/f 0x0 HPPI update: irq 0 group 0 prio 255
  1687@1795342090.686061:gicv3_cpuif_set_irqs GICv3 CPU i/f 0x0 HPPI update: setting FIQ 0 IRQ 0
  1687@1795342090.686062:gicv3_cpuif_virt_update GICv3 CPU i/f 0x0 virt HPPI update LR index -1 HPPVLPI 0 grp 0 prio 255
  1687@1795342090.686063:gicv3_cpuif_virt_set_irqs GICv3 CPU i/f 0x0 virt HPPI update: setting FIQ 0 IRQ 0
  Invalid read at addr 0x0, size 8, region '(null)', reason: rejected
  Taking exception 4 [Data Abort] on CPU 0
  ...from EL1 to EL1
  ...with ESR 0x25/0x96000010
  ...with FAR 0x0
  ...with ELR 0x40000060
  10296@1795335110.425392:gic_hyp_write hyp write at 0x00000100: 0x00000000
  10296@1795335110.425395:gic_lr_entry cpu 0: new lr entry 0: 0x00000000
  10296@1795335110.425398:gic_update_maintenance_irq cpu 0: maintenance = 0
  10296@1795335110.425400:gic_update_maintenance_irq cpu 1: maintenance = 0
  10296@1795335110.425411:gic_hyp_write hyp write at 0x00000104: 0x00000000
  10296@1795335110.425413:gic_lr_entry cpu 0: new lr entry 1: 0x00000000
  10296@1795335110.425415:gic_update_maintenance_irq cpu 0: maintenance = 0
  10296@1795335110.425417:gic_update_maintenance_irq cpu 1: maintenance = 0
  10296@1795335110.425418:gic_hyp_write hyp write at 0x00000108: 0x00000000
  10296@1795335110.425420:gic_lr_entry cpu 0: new lr entry 2: 0x00000000
  10296@1795335110.425422:gic_update_maintenance_irq cpu 0: maintenance = 0
  10296@1795335110.425423:gic_update_maintenance_irq cpu 1: maintenance = 0
  10296@1795335110.425425:gic_hyp_write hyp write at 0x0000010c: 0x00000000
  10296@1795335113.996864:gic_hyp_write hyp write at 0x00000100: 0x9a006c1b
  10296@1795335113.996865:gic_lr_entry cpu 0: new lr entry 0: 0x9a006c1b
  10296@1795335113.996867:gic_update_bestirq vcpu 0 irq 27 priority 160 cpu priority mask 240 cpu running priority 256
  10296@1795335113.996869:gic_update_set_irq cpu[0]: virq = 1
  10296@1795335113.996871:gic_update_maintenance_irq cpu 0: maintenance = 0
  10296@1795335113.996872:gic_update_maintenance_irq cpu 1: maintenance = 0
  10296@1795335113.997208:gic_acknowledge_irq vcpu 0 acknowledged irq 27
  10296@1795335113.997212:gic_update_maintenance_irq cpu 0: maintenance = 0
  10296@1795335113.997213:gic_update_maintenance_irq cpu 1: maintenance = 0
  10296@1795335113.997215:gic_cpu_read vcpu 0 iface read at 0x0000000c: 0x0000001b
  8733@1795335021.160341:gicv3_its_read GICv3 ITS read: offset 0x90 data 0x6c0 size 4
  8733@1795335021.160348:gicv3_its_process_command GICv3 ITS: processing command at offset 0x36: 0x29
  8733@1795335021.160350:gicv3_its_cmd_vmapp GICv3 ITS: command VMAPP vPEID 0x0 RDbase 0x0 V 1 VPT_addr 0x4a89 VPT_size 0xf
  8733@1795335021.160353:gicv3_its_vte_write GICv3 ITS: vPE Table write for vPEID 0x0: valid 1 VPTsize 0xf VPTaddr 0x4a89 RDbase 0x0
  8733@1795335021.160356:gicv3_its_process_command GICv3 ITS: processing command at offset 0x37: 0x25
  8733@1795335021.160358:gicv3_its_cmd_vsync GICv3 ITS: command VSYNC
  8733@1795335021.160360:gicv3_its_write GICv3 ITS write: offset 0x88 data 0x700 size 4
  8733@1795335021.160367:gicv3_its_read GICv3 ITS read: offset 0x90 data 0x700 size 4
  8733@1795335021.160391:gicv3_its_read GICv3 ITS read: offset 0x90 data 0x700 size 4
  8733@1795335021.160414:gicv3_its_read GICv3 ITS read: offset 0x90 data 0x700 size 4
  8733@1795335021.160416:gicv3_its_read GICv3 ITS read: offset 0x90 data 0x700 size 4
  8733@1795335021.160418:gicv3_its_process_command GICv3 ITS: processing command at offset 0x38: 0x2d
  8733@1795335021.160420:gicv3_its_cmd_vinvall GICv3 ITS: command VINVALL vPEID 0x0
  8733@1795335021.160421:gicv3_its_vte_read GICv3 ITS: vPE Table read for vPEID 0x0: valid 1 VPTsize 0xf VPTaddr 0x4a89 RDbase 0x0
  8733@1795335021.160423:gicv3_its_process_command GICv3 ITS: processing command at offset 0x39: 0x25
  8733@1795335021.160425:gicv3_its_cmd_vsync GICv3 ITS: command VSYNC
  8733@1795335003.905697:gicv3_redist_write GICv3 redistributor 0x1 write: offset 0x10100 data 0x40 size 4 secure 0
  8733@1795335003.906135:gicv3_icc_generate_sgi GICv3 CPU i/f 0x1 generating SGI 1 IRM 0 target affinity 0x0xx targetlist 0x1
  8733@1795335003.906142:gicv3_redist_send_sgi GICv3 redistributor 0x0 pending SGI 1
  8733@1795335003.906144:gicv3_cpuif_update GICv3 CPU i/f 0x0 HPPI update: irq 1 group 2 prio 160
  8733@1795335003.906146:gicv3_cpuif_set_irqs GICv3 CPU i/f 0x0 HPPI update: setting FIQ 0 IRQ 1
  8732@1795335003.906169:gicv3_cpuif_update GICv3 CPU i/f 0x0 HPPI update: irq 1 group 2 prio 160
  8732@1795335003.638604:gicv3_dist_badread GICv3 distributor read: offset 0xc size 4 secure 0: error
  12894@1795335399.432221:gicv3_its_read GICv3 ITS read: offset 0x90 data 0x220 size 4
  12894@1795335399.432232:gicv3_its_read GICv3 ITS read: offset 0x90 data 0x220 size 4
  12894@1795335399.432237:gicv3_its_process_command GICv3 ITS: processing command at offset 0x11: 0xa
  12894@1795335399.432241:gicv3_its_cmd_mapti GICv3 ITS: command MAPTI DeviceID 0x8 EventID 0x0 ICID 0x0 pINTID 0x2000
  12894@1795335399.432245:gicv3_its_dte_read GICv3 ITS: Device Table read for DeviceID 0x8: valid 1 size 0x2 ITTaddr 0x4299ee00
  12894@1795335399.432247:gicv3_its_ite_write GICv3 ITS: Interrupt Table write for ITTaddr 0x4299ee00 EventID 0x0: valid 1 inttype 1 intid 0x2000 ICID 0x0 vPEID 0x0 doorbell 0x3ff
  12894@1795335399.432250:gicv3_its_process_command GICv3 ITS: processing command at offset 0x12: 0x5
  12894@1795335399.432262:gicv3_its_cmd_sync GICv3 ITS: command SYNC
  12894@1795335399.432264:gicv3_its_write GICv3 ITS write: offset 0x88 data 0x260 size 4
  12894@1795335399.432268:gicv3_its_read GICv3 ITS read: offset 0x90 data 0x260 size 4
  12894@1795335399.432969:gicv3_dist_read GICv3 distributor read: offset 0x4 data 0x37a0007 size 4 secure 0
  12894@1795335399.433111:gicv3_its_read GICv3 ITS read: offset 0x90 data 0x260 size 4
  12894@1795335399.433117:gicv3_its_read GICv3 ITS read: offset 0x90 data 0x260 size 4
  12894@1795335399.433119:gicv3_its_read GICv3 ITS read: offset 0x90 data 0x260 size 4
  12894@1795335399.433123:gicv3_its_process_command GICv3 ITS: processing command at offset 0x13: 0xa
  2026-01-22T10:11:12.345678Z gicv3_icc_nmiar1_read GICv3 ICC_NMIAR1 read cpu 0x1 value 0x3ff
  gicv3_dist_set_irq GICv3 distributor interrupt 33 level changed to 1
  500@1795336000.000001:virtio_notify vdev 0x55 vq 0x66
  500@1795336000.000002:gicv3_icc_pmr_read GICv3 ICC_PMR read cpu 0x1 value

  """#
