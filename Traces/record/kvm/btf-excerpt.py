#!/usr/bin/env python3
"""Cuts a kernel's BTF (/sys/kernel/btf/vmlinux) down to what plans of gicscope record need.

btf-excerpt.py VMLINUX EXCERPT FUNCTION,FUNCTION,...

It keeps the structures below with the members that ways lead through, and the parameters of the functions. All other
types become void; offsets stay. The layout is that of Documentation/bpf/btf.rst in Linux.
"""
import struct
import sys

# Structures, and the members whose types are kept. The member without a name is a union.
FOLLOWED = {
    "kvm_vcpu": {"vcpu_id", "arch"},
    "kvm_vcpu_arch": {"vgic_cpu"},
    "vgic_cpu": {""},
    "vgic_v3_cpu_if": {"vgic_lr", "used_lrs"},
    "vgic_v2_cpu_if": {"vgic_lr", "used_lrs"},
    "vgic_irq": {"intid"},
    "kvm_msi": {"devid", "data"},
    "its_device": {"device_id"},
    "its_collection": {"col_id", "collection_id"},
    "its_cmd_desc": None,
}
POINTER, ARRAY, STRUCT, UNION, TYPEDEF, CONST, RESTRICT, FUNCTION, PROTOTYPE, VARIABLE = 2, 3, 4, 5, 8, 10, 11, 12, 13, 14
VOLATILE, TYPE_TAG = 9, 18


class Types:
    def __init__(self, data):
        _, _, _, header, start, length, texts, texts_length = struct.unpack_from("<HBBIIIII", data)
        self.texts = data[header + texts : header + texts + texts_length]
        self.records = [None]
        at = header + start
        end = at + length
        fixed = {1: 4, ARRAY: 12, VARIABLE: 4, 17: 4}
        while at < end:
            name, info, value = struct.unpack_from("<III", data, at)
            kind, count = info >> 24 & 31, info & 0xFFFF
            each = 12 if kind in (STRUCT, UNION, 15, 19) else 8 if kind in (6, PROTOTYPE) else 0
            size = fixed.get(kind, count * each)
            self.records.append((name, info, value, data[at + 12 : at + 12 + size]))
            at += 12 + size

    def name(self, offset):
        return self.texts[offset : self.texts.index(b"\0", offset)].decode()

    def kind(self, number):
        return self.records[number][1] >> 24 & 31

    def is_followed(self, number):
        while number and self.kind(number) in (TYPEDEF, VOLATILE, CONST, RESTRICT, TYPE_TAG):
            number = self.records[number][2]
        return bool(number) and self.kind(number) == STRUCT and self.name(self.records[number][0]) in FOLLOWED


class Excerpt:
    def __init__(self, types):
        self.types = types
        self.numbers, self.records = {}, []
        self.texts, self.places = bytearray(b"\0"), {"": 0}

    def text(self, text):
        if text not in self.places:
            self.places[text] = len(self.texts)
            self.texts += text.encode() + b"\0"
        return self.places[text]

    def add(self, number):
        if number == 0:
            return 0
        if number not in self.numbers:
            self.records.append(b"")
            self.numbers[number] = len(self.records)
            self.records[self.numbers[number] - 1] = self.record(number)
        return self.numbers[number]

    def record(self, number):
        name, info, value, details = self.types.records[number]
        kind, name = info >> 24 & 31, self.types.name(name)
        if kind in (STRUCT, UNION):
            wanted = FOLLOWED.get(name) if name else None
            for at in range(0, len(details), 12):
                member, kept, place = struct.unpack_from("<III", details, at)
                member = self.types.name(member)
                kept = self.add(kept) if wanted is None or member in wanted else 0
                details = details[:at] + struct.pack("<III", self.text(member), kept, place) + details[at + 12 :]
        elif kind == POINTER:
            value = self.add(value) if self.types.is_followed(value) else 0
        elif kind in (TYPEDEF, VOLATILE, CONST, RESTRICT, TYPE_TAG, FUNCTION, PROTOTYPE):
            value = self.add(value)
        if kind == PROTOTYPE:
            pairs = struct.iter_unpack("<II", details)
            details = b"".join(struct.pack("<II", self.text(self.types.name(n)), self.add(t)) for n, t in pairs)
        elif kind == ARRAY:
            element, index, count = struct.unpack("<III", details)
            details = struct.pack("<III", self.add(element), self.add(index), count)
        return struct.pack("<III", self.text(name), info, value) + details

    def bytes(self):
        records = b"".join(self.records)
        head = struct.pack("<HBBIIIII", 0xEB9F, 1, 0, 24, 0, len(records), len(records), len(self.texts))
        return head + records + bytes(self.texts)


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    with open(sys.argv[1], "rb") as file:
        types = Types(file.read())
    functions = set(sys.argv[3].split(","))
    excerpt = Excerpt(types)
    for number in range(1, len(types.records)):
        name = types.name(types.records[number][0])
        if types.kind(number) == STRUCT and name in FOLLOWED or types.kind(number) == FUNCTION and name in functions:
            excerpt.add(number)
    with open(sys.argv[2], "wb") as file:
        file.write(excerpt.bytes())


main()
