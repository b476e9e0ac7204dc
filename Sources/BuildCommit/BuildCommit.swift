import Foundation
import PackagePlugin

/// Writes the commit that is checked out into a Swift file, before each build.
///
/// Not `Context.gitInformation`: the manifest is evaluated again only when its text changes, and would name an old commit.
@main
struct BuildCommit: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: any Target) -> [Command] {
    let package = context.package.directoryURL
    let folder = context.pluginWorkDirectoryURL
    return [
      .prebuildCommand(
        displayName: "Asking git for the commit", executable: URL(filePath: "/bin/sh"),
        arguments: [package.appending(path: ".ci/commit").path(), package.path(), folder.path()],
        outputFilesDirectory: folder)
    ]
  }
}
