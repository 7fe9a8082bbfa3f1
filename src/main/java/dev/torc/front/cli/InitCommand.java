package dev.torc.front.cli;

import dev.torc.base.posix.GroupAccess;
import dev.torc.base.syntax.BadInput;
import dev.torc.base.text.Amount;
import dev.torc.base.text.SafeText;
import dev.torc.front.ask.Call;
import dev.torc.front.project.ProjectFolder;
import dev.torc.front.project.ProjectFolder.FilesForOthers;
import dev.torc.front.session.Exit;
import dev.torc.front.show.Console;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code torc init}: writes a first build file, or the files that a tutorial begins with. */
final class InitCommand {

  /** The files of each example. A jar lists no folders, so they are named here. */
  private static final Map<String, String> EXAMPLES =
      Map.of(
          "hello",
          "torc.yaml",
          "sweep",
          "torc.yaml model.py simulate.py plot.py",
          "samples",
          "torc.yaml reference.fa place.awk call.awk reads/ann.fq reads/bo.fq reads/cy.fq",
          "library",
          "torc.yaml include/text.h src/trim.c src/words.c tests/test.c");

  private InitCommand() {}

  static int run(Call call) throws IOException {
    Console console = call.console();
    refuseOver(call, "init");
    String given = call.has("--example") ? call.value("--example") : "";
    String example = given.isEmpty() ? "hello" : given;
    String files = EXAMPLES.get(example);
    if (files == null) {
      throw Call.usage(
          "--example " + SafeText.name(example) + ": write hello, sweep, samples or library");
    }
    Map<String, String> texts = new LinkedHashMap<>();
    for (String file : files.split(" ")) {
      texts.put(file, Resource.text("examples/" + example + "/" + file));
    }
    write(console.cwd(), texts, "init");
    FilesForOthers.write(console.cwd(), GroupAccess.of(console.cwd()));
    String more = texts.size() == 1 ? "" : " and " + Amount.count(texts.size() - 1, "more file");
    String wrote = SafeText.name(console.cwd().resolve("torc.yaml").toString());
    console.tell("wrote " + wrote + more + "; next: torc");
    return Exit.DONE;
  }

  /** Throws if a build file already applies to the current folder, or if {@code -f} is given. */
  static void refuseOver(Call call, String command) throws IOException {
    if (!call.options().files().isEmpty()) {
      throw Call.usage(
          "-f: torc %s writes torc.yaml in the current folder; use -C DIR".formatted(command));
    }
    Path there = ProjectFolder.buildFile(call.console().cwd());
    if (there != null) {
      throw there(command, there.getFileName());
    }
  }

  /** Writes new files into a folder: all of them, or none if one exists or an error occurs. */
  static void write(Path folder, Map<String, String> texts, String command) throws IOException {
    List<Path> begun = new ArrayList<>();
    try {
      for (Map.Entry<String, String> each : texts.entrySet()) {
        Path file = folder.resolve(each.getKey());
        Files.createDirectories(file.getParent());
        try (var out = Files.newOutputStream(file, StandardOpenOption.CREATE_NEW)) {
          begun.add(file);
          out.write(each.getValue().getBytes(StandardCharsets.UTF_8));
        }
      }
    } catch (IOException e) {
      for (Path file : begun) {
        Files.deleteIfExists(file);
      }
      if (e instanceof FileAlreadyExistsException there) {
        throw there(command, folder.relativize(Path.of(there.getFile())));
      }
      throw e;
    }
  }

  private static BadInput there(String command, Path file) {
    String name = SafeText.name(file.toString());
    return Call.usage("%s already exists; torc %s overwrites nothing".formatted(name, command));
  }
}
