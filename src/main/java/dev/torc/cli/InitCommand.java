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

  private static final String TEXT =
      """
      # yaml-language-server: $schema=%s
      #
      # torc check    reads this file and says what is wrong with it
      # torc          runs what is not up to date
      # torc why JOB  tells why a job runs, or ran

      shell: [bash, -e, -o, pipefail, -c]  # a failure anywhere in a pipe is a failure

      jobs:
        hello:
          command: echo "hello from {job}" > {produces}
          # needs: [hello.py, data.csv]    # runs again when the contents of these change
          produces: hello.txt

        # a group is one job for each of its values, and a gather waits for all of them:
        # fit:
        #   parameters: { lr: [0.1, 0.01], seed: { from: 1, to: 3 } }  # or match: "data/{sample}.csv"
        #   command: echo {lr} {seed} > {produces}
        #   produces: fits/{lr}-{seed}.txt
        # all:
        #   command: sort {needs} > {produces}
        #   needs: { job: fit }
        #   produces: all.txt
      """;

  private InitCommand() {}

  static int run(Call call) throws IOException {
    Console console = call.console();
    refuseOver(call, "init");
    Path file = console.cwd().resolve("torc.yaml");
    write(file, TEXT.formatted(FilesForOthers.SCHEMA), "init");
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
    String there = ProjectFolder.buildFile(call.console().cwd());
    if (there != null) {
      throw there(command, there);
    }
  }

  /** Writes a new build file. */
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
    return Call.usage(name + ": is there already, and torc " + command + " writes over nothing");
  }
}
