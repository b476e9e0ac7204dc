import NIOCore

/// All connections of the server. Used by its event loop only.
package final class Connections: @unchecked Sendable {
  private let limit: Int
  private var all: [ObjectIdentifier: Connection] = [:]
  private var turn: UInt64 = 0

  /// No connections yet, and room for so many.
  package init(limit: Int) { self.limit = limit }

  /// A connection was opened. If there are too many, the one that has waited longest for its client is closed: who opens
  /// connections and leaves them never locks others out.
  func add(_ connection: Connection) {
    touch(connection)
    all[ObjectIdentifier(connection)] = connection
    guard all.count > limit else { return }
    let others = all.values.filter { $0 !== connection }
    let oldest = others.min { ($0.isWorking ? 1 : 0, $0.lastTurn) < ($1.isWorking ? 1 : 0, $1.lastTurn) }
    if let oldest {
      remove(oldest)
      oldest.close()
    }
  }

  /// Something was completed on it: a request, an answer.
  func touch(_ connection: Connection) {
    turn += 1
    connection.lastTurn = turn
  }

  func remove(_ connection: Connection) { all[ObjectIdentifier(connection)] = nil }
}
