package dev.torc.cli;

import dev.torc.session.ProjectFolder;
import dev.torc.syntax.BadInput;
import java.io.IOException;

/** What {@code init} and {@code import} share: they write a build file, and over none. */
final class NewBuildFile {

  private NewBuildFile() {}

  /** Refuses to write where a build file is, or elsewhere than in the current folder. */
  static void refuseOver(Call call, String command) throws IOException {
    if (!call.options().files().isEmpty()) {
      throw Call.usage(
          "-f: torc %s writes torc.yaml in the current folder; use -C DIR".formatted(command));
    }
    String there = ProjectFolder.buildFile(call.console.cwd());
    if (there != null) {
      throw there(command, there);
    }
  }

  static BadInput there(String command, String name) {
    return Call.usage(name + ": is there already, and torc " + command + " writes over nothing");
  }
}
