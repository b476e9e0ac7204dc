extension BTF {
  /// The way from a structure to a value: `arch.vgic_cpu.vgic_v3.used_lrs`, or `dev->device_id` through a pointer.
  /// Members of structures and unions without a name count as those of what they are in.
  ///
  /// - Returns: the offset in bytes in each structure on the way, and the value's type; nil if there is no such way, or it
  ///   leads through a bit-field.
  public func way(_ path: String, from type: UInt32) -> Way? {
    var way = Way(offsets: [], type: type)
    var rest = path.utf8[...]
    while !rest.isEmpty {
      if !way.offsets.isEmpty {
        guard let pointer = resolved(way.type), pointer.kind == .pointer else { return nil }
        way.type = pointer.value
      }
      let end = Self.arrow(in: rest) ?? rest.endIndex
      var offset = 0
      for name in rest[..<end].split(separator: UInt8(ascii: ".")) {
        guard let inner = member(Array(name), in: way.type, depth: 0) else { return nil }
        offset += inner.offset
        way.type = inner.type
      }
      way.offsets.append(offset)
      rest = rest[end...].dropFirst(2)
    }
    return way
  }

  /// The same from a structure by its name. A kernel can have several of one name: those that have no such way do not
  /// count, and if others differ, none is taken.
  public func way(_ path: String, of structure: String) -> Way? {
    let ways = all(.structure, structure).compactMap { way(path, from: $0) }
    guard let first = ways.first, ways.allSatisfy({ $0.offsets == first.offsets }) else { return nil }
    return first
  }

  /// Where `->` is.
  private static func arrow(in path: Substring.UTF8View) -> Substring.UTF8View.Index? {
    path.indices.first { path[$0...].starts(with: "->".utf8) }
  }

  private func member(_ name: [UInt8], in type: UInt32, depth: Int) -> (offset: Int, type: UInt32)? {
    guard depth < Self.depthLimit, let record = resolved(type), [.structure, .union].contains(record.kind) else {
      return nil
    }
    for index in 0..<record.count {
      let place = record.details + index * 12
      let found = self.name(word(place))
      let bits = record.hasBitFields ? word(place + 8) & 0xFF_FFFF : word(place + 8)
      let isBitField = record.hasBitFields && word(place + 8) >> 24 != 0
      if found.elementsEqual(name) {
        guard !isBitField, bits % 8 == 0 else { return nil }
        return (Int(bits / 8), word(place + 4))
      }
      guard found.isEmpty, let inner = member(name, in: word(place + 4), depth: depth + 1) else { continue }
      return (Int(bits / 8) + inner.offset, inner.type)
    }
    return nil
  }

  /// How many elements an array has; nil for what is none.
  public func count(ofArray type: UInt32) -> Int? {
    guard let record = resolved(type), record.kind == .array else { return nil }
    return Int(word(record.details + 8))
  }

  /// A function's parameter: its number, from 0 on, and its type; nil if the function, or such a parameter, is not
  /// described: the descriptions leave out functions whose parameters the compiler moved.
  public func parameter(_ name: String, of function: String) -> (number: Int, type: UInt32)? {
    guard let type = all(.function, function).first, let record = record(type),
      let prototype = self.record(record.value), prototype.kind == .prototype
    else { return nil }
    for number in 0..<prototype.count where self.name(word(prototype.details + number * 8)).elementsEqual(name.utf8) {
      return (number, word(prototype.details + number * 8 + 4))
    }
    return nil
  }

  /// What a pointer points to; nil for what is none.
  public func target(ofPointer type: UInt32) -> UInt32? {
    guard let record = resolved(type), record.kind == .pointer else { return nil }
    return record.value
  }

  /// Whether a function is described.
  public func describes(function: String) -> Bool { !all(.function, function).isEmpty }
}
