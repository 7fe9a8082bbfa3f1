package dev.torc.cli;

import dev.torc.machine.Shown;
import dev.torc.report.Palette;
import dev.torc.workflow.BadInput;
import dev.torc.workflow.Place;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import picocli.CommandLine.Option;

/** The options that every command takes. What is done with the build file is not its business. */
final class Common {

  @Option(
      names = {"-f", "--file"},
      paramLabel = "FILE",
      description = "build file; later ones are laid over earlier ones")
  private List<String> files = new ArrayList<>();

  @Option(
      names = {"-C", "--directory"},
      paramLabel = "DIR",
      description = "go to this folder first")
  private List<String> folders = new ArrayList<>();

  @Option(names = "-D", paramLabel = "VAR=VALUE", description = "set a variable of the build file")
  private List<String> variables = new ArrayList<>();

  @Option(names = "--no-containers", description = "run jobs with an image on the host")
  private boolean noContainers;

  @Option(names = "--json", description = "data for programs instead of text, where there is data")
  private boolean json;

  @Option(names = "--color", paramLabel = "WHEN", description = "auto, always or never")
  private String color = "auto";

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "show this and end")
  private boolean help;

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "show the version and end")
  private boolean version;

  /** Build files as given, in order; none where the nearest one is meant. */
  List<Path> files(Console console) {
    return files.stream().map(file -> console.cwd().resolve(file).normalize()).toList();
  }

  /** Variables set by {@code -D}; the last one of a name wins. */
  SortedMap<String, String> variables() {
    SortedMap<String, String> out = new TreeMap<>();
    for (String variable : variables) {
      int equals = variable.indexOf('=');
      if (equals < 1) {
        throw usage("-D " + Shown.name(variable) + ": write -D NAME=VALUE");
      }
      out.put(variable.substring(0, equals), variable.substring(equals + 1));
    }
    return out;
  }

  /** Whether jobs with an image run in it. */
  boolean containers() {
    return !noContainers;
  }

  boolean json() {
    return json;
  }

  Palette.When color() {
    return switch (color) {
      case "auto" -> Palette.When.AUTO;
      case "always" -> Palette.When.ALWAYS;
      case "never" -> Palette.When.NEVER;
      default -> throw usage("--color " + Shown.name(color) + ": write auto, always or never");
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
        throw usage("-C " + Shown.name(folder) + ": there is no such folder");
      }
    }
    return console.at(at);
  }

  /** An error of the command line. */
  static BadInput usage(String message) {
    return new BadInput(Place.NONE, message);
  }
}
