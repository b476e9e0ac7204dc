import CBabeltrace2

/// A field of a CTF event or of its context; it lives as long as the message.
struct CTFField {
  private let field: OpaquePointer

  init?(_ field: OpaquePointer?) {
    guard let field else { return nil }
    self.field = field
  }

  private func isOf(_ type: bt_field_class_type) -> Bool {
    bt_field_class_type_is(bt_field_get_class_type(field), type) != 0
  }

  /// A member of a structure by its place, which the structure has.
  subscript(index: UInt64) -> CTFField? {
    CTFField(bt_field_structure_borrow_member_field_by_index_const(field, index))
  }

  /// A member by its name; nil if this is no structure or has no such member.
  subscript(name: String) -> CTFField? {
    isOf(BT_FIELD_CLASS_TYPE_STRUCTURE)
      ? CTFField(bt_field_structure_borrow_member_field_by_name_const(field, name)) : nil
  }

  /// An integer; nil if this is none.
  var number: UInt64? {
    if isOf(BT_FIELD_CLASS_TYPE_UNSIGNED_INTEGER) { return bt_field_integer_unsigned_get_value(field) }
    if isOf(BT_FIELD_CLASS_TYPE_SIGNED_INTEGER) {
      return UInt64(bitPattern: bt_field_integer_signed_get_value(field))
    }
    return nil
  }

  /// A text; of anything else, none.
  var text: UnsafeRawBufferPointer {
    guard isOf(BT_FIELD_CLASS_TYPE_STRING), let text = bt_field_string_get_value(field) else { return Self.noText }
    return UnsafeRawBufferPointer(start: text, count: Int(bt_field_string_get_length(field)))
  }

  static var noText: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: nil, count: 0) }

  /// Puts an array of words into the record's mask.
  func readMask(into record: inout KernelRecord) {
    guard isOf(BT_FIELD_CLASS_TYPE_ARRAY) else { return }
    let words = min(bt_field_array_get_length(field), UInt64(KernelRecord.maskLimit))
    for word in 0..<words {
      record.mask[Int(word)] = CTFField(bt_field_array_borrow_element_field_by_index_const(field, word))?.number ?? 0
    }
    record.maskCount = Int(words)
  }
}
