package dev.torc.cli;

import dev.torc.session.Exit;
import dev.torc.session.FilesForOthers;
import dev.torc.text.SafeText;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** {@code torc init}: a first build file. It never writes over one that is there. */
final class InitCommand extends Command {

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

  @Override
  int run(Console console) throws IOException {
    NewBuildFile.refuseOver(console, common, "init");
    Path file = console.cwd().resolve("torc.yaml");
    try {
      Files.writeString(file, TEXT.formatted(FilesForOthers.SCHEMA), StandardOpenOption.CREATE_NEW);
    } catch (FileAlreadyExistsException e) {
      throw NewBuildFile.there("init", "torc.yaml");
    } catch (IOException e) {
      // Half a file would be in the way of the next try.
      Files.deleteIfExists(file);
      throw e;
    }
    FilesForOthers.keep(console.cwd());
    console.tell("wrote " + SafeText.name(file.toString()) + "; next: torc");
    return Exit.DONE;
  }
}
