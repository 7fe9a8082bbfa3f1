package dev.torc.cli;

import dev.torc.ask.Call;
import dev.torc.posix.GroupAccess;
import dev.torc.session.Exit;
import dev.torc.session.ProjectFolder;
import dev.torc.session.ProjectFolder.FilesForOthers;
import dev.torc.show.Console;
import dev.torc.syntax.BadInput;
import dev.torc.text.SafeText;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** {@code torc init}: a first build file. It never writes over one that is there. */
final class InitCommand {

  private InitCommand() {}

  static int run(Call call) throws IOException {
    Console console = call.console();
    refuseOver(call, "init");
    Path file = console.cwd().resolve("torc.yaml");
    write(file, Main.resource("init.yaml").formatted(FilesForOthers.SCHEMA), "init");
    FilesForOthers.keep(console.cwd(), GroupAccess.of(console.cwd()));
    console.tell("wrote " + SafeText.name(file.toString()) + "; next: torc");
    return Exit.DONE;
  }

  /** Refuses to write where a build file is, or elsewhere than in the current folder. */
  static void refuseOver(Call call, String command) throws IOException {
    if (!call.options().files().isEmpty()) {
      throw Call.usage(
          "-f: torc %s writes torc.yaml in the current folder; use -C DIR".formatted(command));
    }
    Path there = ProjectFolder.buildFile(call.console().cwd());
    if (there != null) {
      throw there(command, there.getFileName().toString());
    }
  }

  static void write(Path file, String text, String command) throws IOException {
    try {
      Files.writeString(file, text, StandardOpenOption.CREATE_NEW);
    } catch (FileAlreadyExistsException e) {
      throw there(command, "torc.yaml");
    } catch (IOException e) {
      // Half a file would be in the way of the next try.
      Files.deleteIfExists(file);
      throw e;
    }
  }

  private static BadInput there(String command, String name) {
    return Call.usage(name + " already exists; torc " + command + " overwrites nothing");
  }
}
