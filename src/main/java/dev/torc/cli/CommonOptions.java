package dev.torc.cli;

import dev.torc.buildfile.BuildFile;
import dev.torc.session.ProjectOptions;
import dev.torc.show.Palette;
import dev.torc.syntax.BadInput;
import dev.torc.syntax.Place;
import dev.torc.syntax.SourceFile;
import dev.torc.text.SafeText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** The options that every command takes. It reads no build file. */
final class CommonOptions {

  private static final String CONTAINER = "TORC_CONTAINER";

  private final List<String> files = new ArrayList<>();
  private final List<String> folders = new ArrayList<>();
  private final List<String> variables = new ArrayList<>();
  private String container;
  private String executor;
  private boolean restores = true;
  private boolean keepsFailed;
  private boolean json;
  private String color = "auto";

  /** Tells them to the parser. */
  void declare(Options options) {
    options.value(
        "-f --file",
        "FILE",
        "build file, - for standard input; later ones are laid over earlier ones",
        files::add);
    options.value("-C --directory", "DIR", "go to this folder first", folders::add);
    options.value("-D", "VAR=VALUE", "set a variable of the build file", variables::add);
    options.flag(
        "--no-containers",
        "run jobs with an image on the host",
        () -> container = ProjectOptions.HOST);
    options.value(
        "--container",
        "RUNTIME",
        "run all images with podman, docker or apptainer",
        given -> container = given,
        "podman",
        "docker",
        "apptainer",
        ProjectOptions.HOST);
    options.value(
        "--on --executor",
        "NAME",
        "executor of jobs that name none themselves; local runs all jobs here",
        n -> executor = n);
    options.flag(
        "--no-restore", "run jobs also where an earlier result is known", () -> restores = false);
    options.flag(
        "--keep-failed",
        "do not run again what failed and has not changed",
        () -> keepsFailed = true);
    options.flag(
        "--json", "data for programs instead of text, where there is data", () -> json = true);
    options.value(
        "--color",
        "WHEN",
        "auto, always or never",
        given -> color = given,
        "auto",
        "always",
        "never");
    options.help("-h --help", "show this and end");
    options.version("-V --version", "show the version and end");
  }

  /**
   * Which project the options and the current folder name; reads standard input, or a descriptor
   * that the shell has opened, if asked to.
   */
  ProjectOptions project(Console console) throws IOException {
    List<Path> named = new ArrayList<>();
    for (String file : files) {
      named.add(console.cwd().resolve(isInput(file) ? BuildFile.INPUT : file).normalize());
    }
    List<String> inputs = files.stream().filter(CommonOptions::isInput).distinct().toList();
    if (inputs.size() > 1) {
      throw usage(
          "-f %s, -f %s: only one build file can come from a pipe; write the other one to a file"
              .formatted(inputs.get(0), inputs.get(1)));
    }
    byte[] input = inputs.isEmpty() ? null : input(inputs.getFirst(), console);
    String site = console.env().getOrDefault(ProjectOptions.SITE, "");
    return new ProjectOptions(
        named,
        site.isEmpty() ? null : console.cwd().resolve(site).normalize(),
        input,
        variables(),
        container(console),
        executor,
        restores,
        keepsFailed);
  }

  /** The runtime that was ordered; null for none. */
  private String container(Console console) {
    if (container != null) {
      return ProjectOptions.runtime("--container ", container);
    }
    String given = console.env().getOrDefault(CONTAINER, "");
    return given.isEmpty() ? null : ProjectOptions.runtime(CONTAINER + "=", given);
  }

  /** Variables set by {@code -D}; the last one of a name wins. */
  private SortedMap<String, String> variables() {
    SortedMap<String, String> out = new TreeMap<>();
    for (String variable : variables) {
      int equals = variable.indexOf('=');
      if (equals < 1) {
        throw usage("-D " + SafeText.name(variable) + ": write -D NAME=VALUE");
      }
      out.put(variable.substring(0, equals), variable.substring(equals + 1));
    }
    return out;
  }

  /** Whether a build file comes from standard input or another descriptor. */
  boolean readsInput() {
    return files.stream().anyMatch(CommonOptions::isInput);
  }

  /** Whether a file can be read just once and stands in no folder: {@code <(…)} of a shell too. */
  private static boolean isInput(String file) {
    return file.equals(BuildFile.INPUT)
        || file.equals("/dev/stdin")
        || file.startsWith("/dev/fd/")
        || file.startsWith("/proc/self/fd/");
  }

  private static byte[] input(String file, Console console) throws IOException {
    if (file.equals(BuildFile.INPUT)) {
      return console.in().readNBytes(SourceFile.MAX_BYTES);
    }
    try (InputStream in = Files.newInputStream(Path.of(file))) {
      return in.readNBytes(SourceFile.MAX_BYTES);
    } catch (NoSuchFileException e) {
      throw usage("-f " + file + ": there is no such descriptor");
    }
  }

  boolean json() {
    return json;
  }

  Palette.When color() {
    return switch (color) {
      case "auto" -> Palette.When.AUTO;
      case "always" -> Palette.When.ALWAYS;
      case "never" -> Palette.When.NEVER;
      default -> throw usage("--color " + SafeText.name(color) + ": write auto, always or never");
    };
  }

  /** Checks all values and goes where {@code -C} says; several go one from the other. */
  Console enter(Console console) {
    color();
    variables();
    Path at = console.cwd();
    for (String folder : folders) {
      at = at.resolve(folder).normalize();
      if (!Files.isDirectory(at)) {
        throw usage("-C " + SafeText.name(folder) + ": there is no such folder");
      }
    }
    return console.at(at);
  }

  /** An error of the command line. */
  static BadInput usage(String message) {
    return new BadInput(Place.NONE, message);
  }
}
