import CPackedStore
import Foundation

// instructions swift|c OPERATION PASSES
//
// Does an operation that often with every LPI of a population. What one pass costs is the difference between two
// numbers of passes, so that building, which is different in kind, does not count. Prints LPIs per pass and a number that
// must be the same for both.
let arguments = CommandLine.arguments
guard arguments.count == 4, let passes = Int(arguments[3]),
  let operation = CountedOperation(rawValue: arguments[2]), ["swift", "c"].contains(arguments[1])
else {
  let operations = CountedOperation.allCases.map(\.rawValue).joined(separator: "|")
  FileHandle.standardError.write(Data("instructions swift|c \(operations) PASSES\n".utf8))
  exit(2)
}
let lpis = operation.lpis
let check = arguments[1] == "c" ? operation.runC(lpis, passes: passes) : operation.runSwift(lpis, passes: passes)
print(lpis.count, check)
